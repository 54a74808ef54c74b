"""telebill's own CSV: one header line, UTC times, E.164 numbers. For senders that can choose their format.

A last line `TRAILER,<records>,<seconds>` may close the file; its totals must be those of the records.
"""

from telebill_assets.mediation.layouts.columns import Choice, Text, Units
from telebill_assets.mediation.layouts.durations import Seconds
from telebill_assets.mediation.layouts.layout import Layout, Trailer
from telebill_assets.mediation.layouts.stamps import UtcStamp

TELEBILL_CSV = Layout(
    name="telebill_csv",
    title="telebill CSV",
    header=(
        "record_id",
        "leg",
        "service_key",
        "direction",
        "caller",
        "callee",
        "start_time",
        "answer_time",
        "end_time",
        "billable_seconds",
        "disposition",
    ),
    trailer=Trailer(r"^TRAILER,(?P<records>[0-9]{1,12}),(?P<seconds>[0-9]{1,15})\s*$"),
    columns={
        "call_id": Text("record_id"),
        "leg": Text("leg"),
        "service_key": Text("service_key"),
        "caller": Text("caller"),
        "callee": Text("callee"),
        "start_at": UtcStamp("start_time"),
        "answer_at": UtcStamp("answer_time"),
        "end_at": UtcStamp("end_time"),
        "talk_s": Seconds("billable_seconds", whole=True, expected="a whole number of seconds"),
        "direction": Choice(
            [({"direction": "^inbound$"}, "inbound"), ({"direction": "^internal$"}, "internal")], "outbound"
        ),
        "disposition": Choice(
            [
                ({"disposition": "^answered$"}, "answered"),
                ({"disposition": "^busy$"}, "busy"),
                ({"disposition": "^failed$"}, "failed"),
            ],
            "unanswered",
        ),
        "usage_type": Choice(
            [({"usage_type": "^sms$"}, "sms"), ({"usage_type": "^conference$"}, "conference")], "voice"
        ),
        "units": Units("units"),
    },
)
