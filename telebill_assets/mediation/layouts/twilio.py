"""Twilio calls: the columns of its Call resource with a header. Times are GMT, numbers E.164.

Columns: Twilio's API reference. A dialled party is a child call with a row of its own, and both are billed.
"""

from telebill_assets.mediation.layouts.columns import ByDirection, Choice, FirstOf, Text
from telebill_assets.mediation.layouts.durations import Seconds
from telebill_assets.mediation.layouts.layout import Layout
from telebill_assets.mediation.layouts.stamps import OffsetStamp, Stamp, UtcStamp

DIRECTION = Choice([({"direction": "(?i)^inbound"}, "inbound")], "outbound")


def _gmt(column: str) -> FirstOf:
    return FirstOf(
        [
            UtcStamp(column, "%Y-%m-%dT%H:%M:%SZ"),
            OffsetStamp(column, "%a, %d %b %Y %H:%M:%S"),
            OffsetStamp(column, "%Y-%m-%dT%H:%M:%S"),
            Stamp(column, zone="UTC"),
        ]
    )


TWILIO = Layout(
    name="twilio",
    title="Twilio calls",
    header=("sid", "to", "from", "status", "start_time", "end_time", "duration", "direction"),
    columns={
        "call_id": Text("sid"),
        "service_key": FirstOf(
            [Text("phone_number_sid"), ByDirection(DIRECTION, inbound=Text("to"), otherwise=Text("from"))]
        ),
        "caller": Text("from"),
        "callee": Text("to"),
        "start_at": _gmt("start_time"),
        "end_at": _gmt("end_time"),
        "talk_s": Seconds("duration"),
        "direction": DIRECTION,
        "disposition": Choice(
            [
                ({"status": "(?i)^completed$"}, "answered"),
                ({"status": "(?i)^busy$"}, "busy"),
                ({"status": "(?i)^failed$"}, "failed"),
            ],
            "unanswered",
        ),
    },
)
