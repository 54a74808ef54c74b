"""Five9 Call Log report: header, times of the domain's zone without offset, durations HH:MM:SS.

Columns: the report itself. CALL TIME is billed; BILL TIME is the vendor's own rounding to six seconds. A transfer
repeats the CALL ID on a second row.
"""

from telebill_assets.mediation.layouts.columns import ByDirection, Choice, Text
from telebill_assets.mediation.layouts.durations import Seconds
from telebill_assets.mediation.layouts.layout import Layout
from telebill_assets.mediation.layouts.stamps import Stamp

DIRECTION = Choice([({"CALL TYPE": "(?i)^(inbound|queue callback)"}, "inbound")], "outbound")
LONG, SHORT = "%a, %d %b %Y %H:%M:%S", "%m/%d/%Y %H:%M:%S"

FIVE9 = Layout(
    name="five9",
    title="Five9 Call Log",
    header=("CALL ID", "TIMESTAMP", "CALL TYPE", "ANI", "DNIS", "CALL TIME"),
    columns={
        "call_id": Text("CALL ID"),
        "call_key": Text("CALL ID"),
        "service_key": ByDirection(DIRECTION, inbound=Text("DNIS"), otherwise=Text("CAMPAIGN", ("ANI",))),
        "caller": Text("ANI"),
        "callee": Text("DNIS"),
        "start_at": Stamp("TIMESTAMP", (LONG, SHORT)),
        "talk_s": Seconds("CALL TIME"),
        "direction": DIRECTION,
        "disposition": Choice(
            [({"CALL TIME": "[1-9]"}, "answered"), ({"DISPOSITION": "(?i)busy"}, "busy")], "unanswered"
        ),
    },
    one_call_per_key=True,
)
