"""Which months are billed: their invoices are final, so running a day of them again bills nothing more."""

from datetime import date

from telebill_assets.lake.lake import Lake
from telebill_assets.tables.ledger import Ledger


def billed_months(lake: Lake) -> set[date]:
    """First days of the months whose invoices are in the ledger; the billing database is not asked."""
    return {
        partition["period"]
        for partition in lake.published_partitions(Ledger)
        if partition["stage"] == "invoices" and isinstance(partition["period"], date)
    }
