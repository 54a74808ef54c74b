"""Import files of CDR-Stats: a CSV with header, and a text without, with a space after every comma.

Columns: CDR-Stats' samples of its two import formats.
"""

from telebill_assets.mediation.layouts.columns import Choice, Text
from telebill_assets.mediation.layouts.durations import Seconds
from telebill_assets.mediation.layouts.layout import Layout
from telebill_assets.mediation.layouts.stamps import Epoch, Stamp

ANSWERED = Choice([({"billsec": "[1-9]"}, "answered"), ({"hangup_cause_id": "^17$"}, "busy")], "unanswered")

CDR_STATS_CSV = Layout(
    name="cdr_stats_csv",
    title="CDR-Stats CSV import",
    header=("callid", "caller_id_number", "destination_number", "starting_date", "duration", "billsec"),
    columns={
        "call_id": Text("callid"),
        "service_key": Text("accountcode", ("caller_id_number",)),
        "caller": Text("caller_id_number"),
        "callee": Text("destination_number"),
        "start_at": Stamp("starting_date"),
        "talk_s": Seconds("billsec"),
        "total_s": Seconds("duration"),
        "direction": Choice([], "outbound"),
        "disposition": ANSWERED,
    },
)
CDR_STATS_TEXT = Layout(
    name="cdr_stats_text",
    title="CDR-Stats text import",
    positions=(
        "caller_id_number",
        "caller_id_name",
        "destination_number",
        "duration",
        "billsec",
        "hangup_cause_id",
        "direction",
        "uuid",
        "remote_media_ip",
        "start_epoch",
    ),
    widths=(16,),
    looks={"direction": "^ *(inbound|outbound|internal) *$", "start_epoch": r"^ *\d{9,17} *$"},
    columns={
        "call_id": Text("uuid"),
        "service_key": Text("caller_id_number"),
        "caller": Text("caller_id_number"),
        "callee": Text("destination_number"),
        "start_at": Epoch("start_epoch"),
        "talk_s": Seconds("billsec"),
        "total_s": Seconds("duration"),
        "direction": Choice(
            [({"direction": "^inbound"}, "inbound"), ({"direction": "^internal"}, "internal")], "outbound"
        ),
        "disposition": ANSWERED,
    },
)
