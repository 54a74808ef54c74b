"""FreePBX's table `cdr`, exported without header: 25 or 26 columns, D/M/YYYY or ISO stamps.

Columns and order: the table of FreePBX's cdr module. amaflags and disposition are words or numbers by version.
"""

from telebill_assets.mediation.layouts.asterisk import CALL, DIALLED
from telebill_assets.mediation.layouts.layout import STAMP_LIKE, Layout
from telebill_assets.mediation.layouts.stamps import Stamp

FREEPBX_TABLE = Layout(
    name="freepbx_table",
    title="FreePBX table export",
    positions=(
        "calldate",
        "clid",
        "src",
        "dst",
        "dcontext",
        *DIALLED,
        "duration",
        "billsec",
        "disposition",
        "amaflags",
        "accountcode",
        "uniqueid",
        "userfield",
        "did",
        "recordingfile",
        "cnum",
        "cnam",
        "outbound_cnum",
        "outbound_cnam",
        "dst_cnam",
        "linkedid",
        "peeraccount",
        "sequence",
    ),
    widths=(14, 15, 16, 17, 18, 22, 23, 24, 25, 26),
    looks={"calldate": STAMP_LIKE, "billsec": r"^\s*\d+\s*$", "disposition": "^[A-Z]"},
    columns={**CALL, "start_at": Stamp("calldate", ("%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S"))},
    one_call_per_key=True,
)
