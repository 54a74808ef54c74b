"""Asterisk cdr_csv `Master.csv`: no header, 16 to 21 columns, local times of the server.

Columns and order: Asterisk's cdr/cdr_csv.c. The number of columns depends on the switch's options.
"""

from telebill_assets.mediation.layouts.asterisk import CALL, DIALLED, STAMPED
from telebill_assets.mediation.layouts.layout import STAMP_LIKE, Layout
from telebill_assets.mediation.layouts.stamps import Stamp

ASTERISK_MASTER = Layout(
    name="asterisk_master",
    title="Asterisk Master.csv",
    positions=(
        "accountcode",
        "src",
        "dst",
        "dcontext",
        "clid",
        *DIALLED,
        *STAMPED,
        "uniqueid",
        "userfield",
        "peeraccount",
        "linkedid",
        "sequence",
    ),
    widths=(16, 17, 18, 19, 20, 21),
    looks={"start": STAMP_LIKE, "billsec": r"^\s*[0-9.]*\s*$", "disposition": "^[A-Z]"},
    columns={**CALL, "start_at": Stamp("start"), "answer_at": Stamp("answer"), "end_at": Stamp("end")},
    one_call_per_key=True,
)
