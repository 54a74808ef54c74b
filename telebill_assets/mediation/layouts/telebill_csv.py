"""telebill's own CSV: one header line, UTC times, E.164 numbers. For senders that can choose their format."""

from telebill_assets.mediation.layouts.layout import Choice, Layout, Seconds, Text, UtcStamp

TELEBILL_CSV = Layout(
    name="telebill_csv",
    title="telebill CSV",
    names=(
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
    header_lines=1,
    columns={
        "call_id": Text("record_id"),
        "leg": Text("leg"),
        "service_key": Text("service_key"),
        "caller": Text("caller"),
        "callee": Text("callee"),
        "start_at": UtcStamp("start_time"),
        "answer_at": UtcStamp("answer_time"),
        "end_at": UtcStamp("end_time"),
        "talk_s": Seconds("billable_seconds"),
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
        "leg_kind": Choice([], "call"),
    },
)
