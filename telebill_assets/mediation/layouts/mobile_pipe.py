"""Mobile usage records between pipes: no header, 32 fields, calls and messages in one file.

Columns: the file itself. There is no id, so a record is known by its content.
"""

from telebill_assets.mediation.layouts.columns import ByDirection, Choice, Text
from telebill_assets.mediation.layouts.dialect import Delimited
from telebill_assets.mediation.layouts.durations import Seconds
from telebill_assets.mediation.layouts.layout import Layout
from telebill_assets.mediation.layouts.stamps import Stamp

DIRECTION = Choice([({"type": "(?i)^(MTC|SMS-MT)$"}, "inbound")], "outbound")
NAMES = {
    8: "imsi",
    9: "msisdn",
    10: "imei",
    12: "type",
    13: "service",
    14: "start",
    16: "duration",
    17: "clock",
    21: "other",
}

MOBILE_PIPE = Layout(
    name="mobile_pipe",
    title="Mobile records between pipes",
    positions=tuple(NAMES.get(i, f"column {i + 1}") for i in range(32)),
    widths=(30, 31, 32, 33),
    looks={"imsi": r"^\d{12,15}$", "type": "^[A-Z-]+$", "duration": r"^\d*$"},
    dialect=Delimited("|", quote=""),
    columns={
        "service_key": Text("msisdn"),
        "caller": ByDirection(DIRECTION, inbound=Text("other"), otherwise=Text("msisdn")),
        "callee": ByDirection(DIRECTION, inbound=Text("msisdn"), otherwise=Text("other")),
        "start_at": Stamp("start", ("%Y/%m/%d %H:%M:%S",)),
        "talk_s": Seconds("duration"),
        "direction": DIRECTION,
        "disposition": Choice([({"duration": "[1-9]"}, "answered")], "unanswered"),
        "leg_kind": Choice([({"service": "(?i)^voice"}, "call")], "not_voice"),
    },
)
