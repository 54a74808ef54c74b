"""Cisco Unified CM flat-file CDR: a line of names, a line of types, then records with UTC epoch stamps.

Columns are mapped by name, because each release appends some: 118, 129 and 133 are in use.
"""

from telebill_assets.mediation.layouts.layout import Choice, EpochSeconds, Layout, Seconds, Text

CISCO_CUCM = Layout(
    name="cisco_cucm",
    title="Cisco Unified CM",
    names=(
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
    header_lines=2,
    columns={
        "call_id": Text("pkid"),
        "service_key": Text("origDeviceName"),
        "caller": Text("callingPartyNumber"),
        "callee": Text("finalCalledPartyNumber"),
        "start_at": EpochSeconds("dateTimeOrigination"),
        "answer_at": EpochSeconds("dateTimeConnect"),
        "end_at": EpochSeconds("dateTimeDisconnect"),
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
)
