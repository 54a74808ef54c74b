"""Asterisk cdr_custom in the order of the configuration that comes with it: no header, caller id first.

Columns and order: Asterisk's configs/samples/cdr_custom.conf.sample. A switch whose configuration differs needs a
layout of its own.
"""

from telebill_assets.mediation.layouts.asterisk import CALL, DIALLED, STAMPED
from telebill_assets.mediation.layouts.layout import STAMP_LIKE, Layout
from telebill_assets.mediation.layouts.stamps import Stamp

ASTERISK_CUSTOM = Layout(
    name="asterisk_custom",
    title="Asterisk cdr_custom",
    positions=(
        "clid",
        "src",
        "dst",
        "dcontext",
        *DIALLED,
        *STAMPED,
        "accountcode",
        "uniqueid",
        "userfield",
        "sequence",
    ),
    widths=(17, 18, 19),
    looks={"start": STAMP_LIKE, "billsec": r"^\s*[0-9.]*\s*$", "disposition": "^[A-Z]"},
    columns={**CALL, "start_at": Stamp("start"), "answer_at": Stamp("answer"), "end_at": Stamp("end")},
    one_call_per_key=True,
)
