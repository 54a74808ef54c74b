"""TelcoBridges TMG and ProSBC text CDR: `time,BEG|UPD|END,key='value',…`, two legs to a call.

Keys: the product's CDR variables and its default formats. Only END records are billed: BEG and UPD report a call that
still goes on. Both legs of a call share the session; the longest is billed.
"""

from telebill_assets.mediation.layouts.columns import Choice, ColumnSource, FirstOf, Text
from telebill_assets.mediation.layouts.dialect import KeyValues
from telebill_assets.mediation.layouts.durations import Seconds
from telebill_assets.mediation.layouts.layout import Layout
from telebill_assets.mediation.layouts.stamps import Epoch, OffsetStamp, Stamp


def _time(key: str) -> ColumnSource:
    return FirstOf([Epoch(key), OffsetStamp(key, "%Y-%m-%d %H:%M:%S"), Stamp(key)])


TELCOBRIDGES = Layout(
    name="telcobridges",
    title="TelcoBridges TMG and ProSBC",
    positions=("time", "type"),
    widths=range(5, 80),
    looks={"time": r"^\s*\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "type": "^ *(BEG|UPD|END) *$"},
    dialect=KeyValues(
        head=("time", "type"),
        keys=(
            "SessionId",
            "LegId",
            "StartTime",
            "ConnectedTime",
            "EndTime",
            "Duration",
            "TerminationCause",
            "Calling",
            "Called",
            "NAP",
            "Direction",
        ),
        required="SessionId",
    ),
    columns={
        "call_id": Text("SessionId"),
        "leg": Text("LegId"),
        "call_key": Text("SessionId"),
        "service_key": Text("NAP"),
        "caller": Text("Calling"),
        "callee": Text("Called"),
        "start_at": _time("StartTime"),
        "answer_at": _time("ConnectedTime"),
        "end_at": _time("EndTime"),
        "talk_s": Seconds("Duration"),
        "direction": Choice([], "outbound"),
        "disposition": Choice(
            [({"Duration": "[1-9]"}, "answered"), ({"ConnectedTime": "[1-9]"}, "answered")], "unanswered"
        ),
        "leg_kind": Choice([({"type": "^END$"}, "call")], "accompanying"),
    },
    one_call_per_key=True,
)
