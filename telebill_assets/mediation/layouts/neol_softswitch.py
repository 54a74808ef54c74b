"""NEOL softswitch (Brazilian SIP dialler): no header, 12 fields, milliseconds of setup and seconds of talk.

Columns: the file itself. Records bear no time, so their calls are dated to the beginning of their landing day: give
such a source rates that do not depend on the hour.
"""

from telebill_assets.mediation.layouts.columns import Choice, Text
from telebill_assets.mediation.layouts.durations import Seconds
from telebill_assets.mediation.layouts.layout import Layout
from telebill_assets.mediation.layouts.stamps import LandingDay

NEOL_SOFTSWITCH = Layout(
    name="neol_softswitch",
    title="NEOL softswitch",
    positions=(
        "record",
        "index",
        "dialled",
        "number",
        "to",
        "peer",
        "setup_ms",
        "talk_s",
        "code",
        "cause",
        "id",
        "system",
    ),
    widths=(12, 13),
    looks={"record": "^ *CDR *$", "setup_ms": r"^\s*\d+\s*$", "talk_s": r"^\s*\d+\s*$", "id": r"^\s*\["},
    columns={
        "call_id": Text("id"),
        "service_key": Text("number"),
        "caller": Text("number"),
        "callee": Text("dialled"),
        "start_at": LandingDay(),
        "talk_s": Seconds("talk_s"),
        "direction": Choice([], "outbound"),
        "disposition": Choice([({"talk_s": "[1-9]"}, "answered"), ({"cause": "^Busy"}, "busy")], "unanswered"),
    },
)
