"""Reports and table exports of Asterisk systems with a header line, such as FreePBX's CDR report.

Columns are found by name; the shortest reports have only six. Caller ids are written without doubling their quotes.
"""

from telebill_assets.mediation.layouts.asterisk import CALL
from telebill_assets.mediation.layouts.columns import FirstOf
from telebill_assets.mediation.layouts.layout import Layout
from telebill_assets.mediation.layouts.stamps import Stamp

ISO = "%Y-%m-%d %H:%M:%S"

ASTERISK_REPORT = Layout(
    name="asterisk_report",
    title="Asterisk and FreePBX reports with header",
    header=("src", "dst", "duration", "billsec", "disposition"),
    columns={
        **CALL,
        "start_at": FirstOf(
            [
                Stamp("calldate", (ISO, "%d/%m/%y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M")),
                Stamp("start", (ISO,)),
            ]
        ),
    },
    one_call_per_key=True,
)
