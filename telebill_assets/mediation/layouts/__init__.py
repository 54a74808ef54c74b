"""The CDR layouts telebill reads, one declaration per file."""

from telebill_assets.mediation.layouts.asterisk_master import ASTERISK_MASTER
from telebill_assets.mediation.layouts.cisco_cucm import CISCO_CUCM
from telebill_assets.mediation.layouts.layout import Layout
from telebill_assets.mediation.layouts.telebill_csv import TELEBILL_CSV

LAYOUTS: dict[str, Layout] = {layout.name: layout for layout in (TELEBILL_CSV, ASTERISK_MASTER, CISCO_CUCM)}
