"""Genesys Cloud interactions view: header, columns as the user chose them, durations in milliseconds.

Columns: the export itself. Times are M/D/YYYY without seconds in the exporter's zone. An export that says it is not
full is held. Only voice interactions are calls; the platform answers them, so waiting in a queue is time too.
"""

from decimal import Decimal

from telebill_assets.mediation.layouts.columns import ByDirection, Choice, Text
from telebill_assets.mediation.layouts.durations import Seconds
from telebill_assets.mediation.layouts.layout import Layout
from telebill_assets.mediation.layouts.stamps import Stamp

DIRECTION = Choice(
    [({"Direction": "(?i)outbound"}, "outbound"), ({"Initial Direction": "(?i)outbound"}, "outbound")], "inbound"
)
DATES = ("%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%y %H:%M", "%m/%d/%Y %I:%M %p", "%m/%d/%y %I:%M %p")
MILLISECONDS = Decimal("0.001")

GENESYS_CLOUD = Layout(
    name="genesys_cloud",
    title="Genesys Cloud interactions",
    header=("Conversation ID", "Date", "Duration", "Remote"),
    complete=("Full Export Completed", "(?i)^ *(yes|true) *$"),
    columns={
        "call_id": Text("Conversation ID"),
        "call_key": Text("Conversation ID"),
        "service_key": ByDirection(
            DIRECTION, inbound=Text("DNIS", ("Queue", "First Queue")), otherwise=Text("ANI", ("Users",))
        ),
        "caller": ByDirection(DIRECTION, inbound=Text("ANI", ("Remote",)), otherwise=Text("ANI")),
        "callee": ByDirection(
            DIRECTION, inbound=Text("DNIS", ("Queue", "First Queue")), otherwise=Text("DNIS", ("Remote",))
        ),
        "start_at": Stamp("Date", DATES, expected="a time such as 4/3/2020 14:02"),
        "talk_s": Seconds("Duration", MILLISECONDS, expected="a number of milliseconds"),
        "direction": DIRECTION,
        "disposition": Choice([({"Duration": "[1-9]"}, "answered")], "unanswered"),
        "leg_kind": Choice([({"Media Type": "(?i)^ *(voice|call|callback|)s? *$"}, "call")], "not_voice"),
    },
    one_call_per_key=True,
)
