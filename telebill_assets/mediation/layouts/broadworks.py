"""BroadWorks CSV: a version line, a Start record, Normal records and an End record; times in GMT.

Columns: BroadWorks' accounting CDR interface specification, releases 14 to 23 (196 to 448 columns, appended). Fields
are escaped with backslashes, not quoted. A file without End record is cut off. There is no duration column: seconds
count from answer to release. An on-net call has an originating and a terminating record; one is billed.
"""

from telebill_assets.mediation.layouts.columns import ByDirection, Choice, Text
from telebill_assets.mediation.layouts.dialect import Delimited
from telebill_assets.mediation.layouts.layout import Layout, Trailer
from telebill_assets.mediation.layouts.stamps import Stamp

DIRECTION = Choice([({"direction": "(?i)^terminating"}, "inbound")], "outbound")
RECORD_ID = r"[0-9a-zA-Z]+\.[0-9]+[-+][0-9]+"


def _gmt(column: str) -> Stamp:
    return Stamp(column, ("%Y%m%d%H%M%S",), zone="UTC", expected="a time such as 20090126202952.193")


BROADWORKS = Layout(
    name="broadworks",
    title="BroadWorks",
    positions=(
        "recordId",
        "serviceProvider",
        "type",
        "userNumber",
        "groupNumber",
        "direction",
        "callingNumber",
        "callingPresentationIndicator",
        "calledNumber",
        "startTime",
        "userTimeZone",
        "answerIndicator",
        "answerTime",
        "releaseTime",
        "terminationCause",
        "networkType",
        "carrierIdentificationCode",
        "dialedDigits",
        "callCategory",
        "networkCallType",
        "networkTranslatedNumber",
        "networkTranslatedGroup",
        "releasingParty",
        "route",
        "networkCallID",
        *(f"column {i}" for i in range(26, 34)),
        "accountCode",
    ),
    widths=range(30, 500),
    looks={"recordId": f"^{RECORD_ID}$", "type": "^[A-Z]"},
    dialect=Delimited(quote="", escape="\\"),
    encoding="latin-1",
    skip=rf"^version=|^{RECORD_ID},[^,]*,Start *(,|$)",
    trailer=Trailer(rf"^{RECORD_ID},[^,]*,End *(,|$)", required=True),
    columns={
        "call_id": Text("recordId"),
        "call_key": Text("networkCallID", ("recordId",)),
        "service_key": Text("userNumber", ("groupNumber",)),
        "caller": Text("callingNumber"),
        "callee": ByDirection(
            DIRECTION,
            inbound=Text("calledNumber", ("userNumber",)),
            otherwise=Text("networkTranslatedNumber", ("calledNumber",)),
        ),
        "start_at": _gmt("startTime"),
        "answer_at": _gmt("answerTime"),
        "end_at": _gmt("releaseTime"),
        "direction": DIRECTION,
        "disposition": Choice(
            [({"answerIndicator": "(?i)^yes"}, "answered"), ({"terminationCause": "^0*17$"}, "busy")], "unanswered"
        ),
        "leg_kind": Choice([({"type": "^(Normal|Long Duration)$"}, "call")], "accompanying"),
    },
    one_call_per_key=True,
)
