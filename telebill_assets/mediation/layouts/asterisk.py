"""What all Asterisk layouts share: the words of its CDR, and how its calls are billed.

Words and meanings: Asterisk's cdr.c and cdr.conf.sample. A row without disposition ANSWERED is not answered; billsec
counts from the answer, truncated. Rows of one call share linkedid where the switch writes it, else uniqueid. Calls
without account code belong to the number that called, or was called from outside.
"""

from telebill_assets.mediation.layouts.columns import ByDirection, Choice, ColumnSource, FirstOf, Text
from telebill_assets.mediation.layouts.durations import Seconds

DIALLED = ("channel", "dstchannel", "lastapp", "lastdata")
STAMPED = ("start", "answer", "end", "duration", "billsec", "disposition", "amaflags")
"""Columns that stand together in every order of an Asterisk CDR."""

DIRECTION = Choice(
    [
        ({"dcontext": "^(from-(pstn|trunk|did)|ext-did)"}, "inbound"),
        ({"dcontext": "^(from-internal|ext-local)", "dst": r"^([0-9]{2,5}|\*[0-9]+|[a-z])$"}, "internal"),
    ],
    "outbound",
)
DISPOSITION = Choice(
    [
        ({"disposition": "^ANSWERED$"}, "answered"),
        ({"disposition": "^BUSY$"}, "busy"),
        ({"disposition": "^(FAILED|CONGESTION)$"}, "failed"),
    ],
    "unanswered",
)
CALL: dict[str, ColumnSource] = {
    "call_id": Text("uniqueid"),
    "leg": Text("sequence"),
    "call_key": FirstOf([Text("linkedid", like=r"[0-9]\.[0-9]+$"), Text("uniqueid")]),
    "service_key": FirstOf([Text("accountcode"), ByDirection(DIRECTION, inbound=Text("dst"), otherwise=Text("src"))]),
    "caller": Text("src"),
    "callee": Text("dst"),
    "talk_s": Seconds("billsec"),
    "total_s": Seconds("duration"),
    "direction": DIRECTION,
    "disposition": DISPOSITION,
}
