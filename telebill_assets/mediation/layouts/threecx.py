"""3CX CDR: no header, 27 fields in the usual order, local times of the server.

Columns: 3CX's documentation of call data records. The duration counts from the answer and is empty if there was none.
The call id repeats, so a record is known by history id and call id together. Each record is one call.
"""

from telebill_assets.mediation.layouts.columns import ByDirection, Choice, Joined, Text
from telebill_assets.mediation.layouts.durations import Seconds
from telebill_assets.mediation.layouts.layout import Layout
from telebill_assets.mediation.layouts.stamps import Stamp

DIRECTION = Choice(
    [
        ({"from-type": "(?i)^external$"}, "inbound"),
        ({"to-type": "(?i)^external$"}, "outbound"),
        ({"final-type": "(?i)^external$"}, "outbound"),
        ({"from-type": "(?i)^internal$", "to-type": "(?i)^internal$"}, "internal"),
    ],
    "outbound",
)
SLASHED = ("%Y/%m/%d %H:%M:%S",)

THREECX = Layout(
    name="3cx",
    title="3CX",
    positions=(
        "historyid",
        "callid",
        "duration",
        "time-start",
        "time-answered",
        "time-end",
        "reason-terminated",
        "from-no",
        "to-no",
        "from-dn",
        "to-dn",
        "dial-no",
        "reason-changed",
        "final-number",
        "final-dn",
        "bill-code",
        "bill-rate",
        "bill-cost",
        "bill-name",
        "chain",
        "from-type",
        "to-type",
        "final-type",
    ),
    widths=range(20, 31),
    looks={"historyid": r"^Call \d+$", "time-start": r"^(\d{4}/\d\d/\d\d |$)"},
    columns={
        "call_id": Joined(("historyid", "callid")),
        "service_key": ByDirection(
            DIRECTION, inbound=Text("dial-no", ("to-no",)), otherwise=Text("from-dn", ("from-no",))
        ),
        "caller": Text("from-no"),
        "callee": ByDirection(DIRECTION, inbound=Text("to-no"), otherwise=Text("final-number", ("dial-no", "to-no"))),
        "start_at": Stamp("time-start", SLASHED),
        "answer_at": Stamp("time-answered", SLASHED),
        "end_at": Stamp("time-end", SLASHED),
        "talk_s": Seconds("duration"),
        "direction": DIRECTION,
        "disposition": Choice(
            [
                ({"time-answered": "[1-9]"}, "answered"),
                ({"reason-terminated": "^RouteBusy$"}, "busy"),
                ({"reason-terminated": "^(Failed|NoRouteExists|NotAvailable)$"}, "failed"),
            ],
            "unanswered",
        ),
    },
)
