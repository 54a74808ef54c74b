"""Cisco Unified CM flat-file CDR: a line of names, a line of types, then records with UTC epoch stamps.

Columns are mapped by name, because each release appends some: 118, 129 and 133 are in use. Files whose header was cut
off are read by the positions that no release has changed. Positions: Cisco's CDR field descriptions.
"""

from telebill_assets.mediation.layouts.columns import Choice, Joined, Text
from telebill_assets.mediation.layouts.durations import Seconds
from telebill_assets.mediation.layouts.layout import Layout
from telebill_assets.mediation.layouts.stamps import Epoch

AT = {
    0: "cdrRecordType",
    1: "globalCallID_callManagerId",
    2: "globalCallID_callId",
    4: "dateTimeOrigination",
    8: "callingPartyNumber",
    29: "originalCalledPartyNumber",
    30: "finalCalledPartyNumber",
    47: "dateTimeConnect",
    48: "dateTimeDisconnect",
    50: "pkid",
    55: "duration",
    56: "origDeviceName",
    57: "destDeviceName",
    65: "globalCallId_ClusterID",
}

CISCO_CUCM = Layout(
    name="cisco_cucm",
    title="Cisco Unified CM",
    header=(
        "cdrRecordType",
        "callingPartyNumber",
        "finalCalledPartyNumber",
        "dateTimeOrigination",
        "dateTimeConnect",
        "dateTimeDisconnect",
        "duration",
        "pkid",
        "origDeviceName",
        "destDeviceName",
    ),
    positions=tuple(AT.get(i, f"column {i + 1}") for i in range(66)),
    widths=range(90, 160),
    looks={
        "cdrRecordType": "^1$",
        "dateTimeOrigination": r"^\d{9,10}$",
        "dateTimeDisconnect": r"^\d{9,10}$",
        "duration": r"^\d{1,7}$",
    },
    skip=r'^"?INTEGER"?,',
    columns={
        "call_id": Text("pkid"),
        "call_key": Joined(("globalCallId_ClusterID", "globalCallID_callManagerId", "globalCallID_callId")),
        "service_key": Text("origDeviceName"),
        "caller": Text("callingPartyNumber"),
        "callee": Text("finalCalledPartyNumber", ("originalCalledPartyNumber",)),
        "start_at": Epoch("dateTimeOrigination"),
        "answer_at": Epoch("dateTimeConnect"),
        "end_at": Epoch("dateTimeDisconnect"),
        "talk_s": Seconds("duration"),
        "direction": Choice(
            [
                ({"origDeviceName": "^SEP", "destDeviceName": "^SEP"}, "internal"),
                ({"origDeviceName": "^SEP"}, "outbound"),
                ({"destDeviceName": "^SEP"}, "inbound"),
            ],
            "outbound",
        ),
        "disposition": Choice([({"dateTimeConnect": "^0*$"}, "unanswered")], "answered"),
        "leg_kind": Choice([({"callingPartyNumber": "^b00[0-9]+$"}, "accompanying")], "call"),
    },
    one_call_per_key=True,
)
