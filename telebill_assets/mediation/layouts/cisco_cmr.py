"""Cisco Unified CM CMR files: quality data of calls that are billed from CDR files. Recognised and set aside."""

from telebill_assets.mediation.layouts.layout import Layout

CISCO_CMR = Layout(
    name="cisco_cmr",
    title="Cisco Unified CM quality records",
    header=("cdrRecordType", "directoryNum", "numberPacketsSent", "numberPacketsLost"),
    positions=("cdrRecordType", "globalCallID_callManagerId", "globalCallID_callId", "nodeId"),
    widths=range(16, 24),
    looks={"cdrRecordType": "^2$", "globalCallID_callManagerId": r"^\d+$", "globalCallID_callId": r"^\d+$"},
    skip=r'^"?INTEGER"?,',
    set_aside="quality_records",
)
