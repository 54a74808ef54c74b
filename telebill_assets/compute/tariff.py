"""The tariff as published in the lake."""

from telebill_assets.compute.context import JobContext
from telebill_assets.lake.lake import Lake
from telebill_assets.rating.tariff import Tariff
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.charges import Charges
from telebill_assets.tables.reference.destinations import Destinations
from telebill_assets.tables.reference.products import Products
from telebill_assets.tables.reference.rates import Rates
from telebill_assets.tables.reference.services import Services
from telebill_assets.tables.reference.subscriptions import Subscriptions
from telebill_assets.tables.registry import PLAN_TABLES
from telebill_assets.tables.table import TableModel, table_name

TARIFF_TABLES: tuple[TableModel, ...] = (
    Accounts,
    Services,
    *PLAN_TABLES,
    Subscriptions,
    Destinations,
    Rates,
    Charges,
    Products,
)


def published_tariff(context: JobContext) -> Tariff:
    """Build the tariff from the reference tables that are visible now."""
    return lake_tariff(context.lake)


def lake_tariff(lake: Lake) -> Tariff:
    """The tariff that a lake holds now."""
    return Tariff.build({table_name(model): lake.frame(model) for model in TARIFF_TABLES})
