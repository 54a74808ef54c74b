"""The CDR layouts that telebill reads: one declaration per file, listed in the order in which a file is compared.

Here belongs what is particular to a system's files: how they are recognised and cut, and from which fields the columns
of raw_cdr come. What is done with any record, whoever sent it, belongs in `mediation`.
"""

from telebill_assets.mediation.layouts.asterisk_custom import ASTERISK_CUSTOM
from telebill_assets.mediation.layouts.asterisk_master import ASTERISK_MASTER
from telebill_assets.mediation.layouts.asterisk_report import ASTERISK_REPORT
from telebill_assets.mediation.layouts.avaya_cm import AVAYA_CM
from telebill_assets.mediation.layouts.avaya_ip_office import AVAYA_IP_OFFICE
from telebill_assets.mediation.layouts.broadworks import BROADWORKS
from telebill_assets.mediation.layouts.callcentre_report import AGENT_REPORT, QUEUE_REPORT
from telebill_assets.mediation.layouts.cdr_stats import CDR_STATS_CSV, CDR_STATS_TEXT
from telebill_assets.mediation.layouts.cisco_cmr import CISCO_CMR
from telebill_assets.mediation.layouts.cisco_cucm import CISCO_CUCM
from telebill_assets.mediation.layouts.five9 import FIVE9
from telebill_assets.mediation.layouts.freepbx_table import FREEPBX_TABLE
from telebill_assets.mediation.layouts.freeswitch import FREESWITCH
from telebill_assets.mediation.layouts.gamma_wholesale import GAMMA_WHOLESALE
from telebill_assets.mediation.layouts.genesys_cloud import GENESYS_CLOUD
from telebill_assets.mediation.layouts.grandstream_ucm import GRANDSTREAM_UCM
from telebill_assets.mediation.layouts.layout import Layout
from telebill_assets.mediation.layouts.mobile_pipe import MOBILE_PIPE
from telebill_assets.mediation.layouts.neol_softswitch import NEOL_SOFTSWITCH
from telebill_assets.mediation.layouts.telcobridges import TELCOBRIDGES
from telebill_assets.mediation.layouts.telebill_csv import TELEBILL_CSV
from telebill_assets.mediation.layouts.threecx import THREECX
from telebill_assets.mediation.layouts.twilio import TWILIO

LAYOUTS: dict[str, Layout] = {
    layout.name: layout
    for layout in (
        TELEBILL_CSV,
        TWILIO,
        FIVE9,
        GENESYS_CLOUD,
        GRANDSTREAM_UCM,
        GAMMA_WHOLESALE,
        CDR_STATS_CSV,
        CISCO_CMR,
        CISCO_CUCM,
        ASTERISK_REPORT,
        AGENT_REPORT,
        QUEUE_REPORT,
        TELCOBRIDGES,
        BROADWORKS,
        NEOL_SOFTSWITCH,
        MOBILE_PIPE,
        THREECX,
        AVAYA_IP_OFFICE,
        FREESWITCH,
        ASTERISK_MASTER,
        ASTERISK_CUSTOM,
        FREEPBX_TABLE,
        CDR_STATS_TEXT,
        AVAYA_CM,
    )
}
SET_ASIDE = tuple(layout for layout in LAYOUTS.values() if layout.set_aside)
