"""Every table model, by the name of its table."""

from telebill_assets.tables.adjustment_lines import AdjustmentLines
from telebill_assets.tables.allowance_balances import AllowanceBalances
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.excluded_usage import ExcludedUsage
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.held_partitions import HeldPartitions
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.priced_calls import PricedCalls
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.charges import Charges
from telebill_assets.tables.reference.controls import Controls
from telebill_assets.tables.reference.destinations import Destinations
from telebill_assets.tables.reference.month_rules import (
    PlanAllowances,
    PlanDiscounts,
    PlanFees,
    PlanMaximums,
    PlanMinimums,
    PlanTiers,
)
from telebill_assets.tables.reference.plans import PlanBands, PlanDecks, Plans
from telebill_assets.tables.reference.products import Products
from telebill_assets.tables.reference.rates import Rates
from telebill_assets.tables.reference.sellers import Sellers
from telebill_assets.tables.reference.services import Services
from telebill_assets.tables.reference.sources import Sources
from telebill_assets.tables.reference.subscriptions import Subscriptions
from telebill_assets.tables.rerate_differences import RerateDifferences
from telebill_assets.tables.rerate_register import RerateRegister
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import TableModel, table_name
from telebill_assets.tables.taxed_charges import TaxedCharges, TaxLines
from telebill_assets.tables.usage_adjustments import UsageAdjustments
from telebill_assets.tables.validated_usage import ValidatedUsage

USAGE_TABLES: tuple[TableModel, ...] = (
    FileRegister,
    RawCdr,
    ValidatedUsage,
    SuspendedUsage,
    ExcludedUsage,
    DailyAggregates,
    PricedCalls,
    RatedUsage,
    AllowanceBalances,
    TaxedCharges,
    TaxLines,
    Ledger,
)
"""Tables that the stages write, partitioned by day or month, in the order of the road."""

RERATING_TABLES: tuple[TableModel, ...] = (RerateRegister, RerateDifferences, UsageAdjustments, AdjustmentLines)
"""Tables that re-rating writes, one partition per re-rating."""

AUDIT_TABLES: tuple[TableModel, ...] = (HeldPartitions,)
"""Tables that the audit itself keeps."""

PLAN_TABLES: tuple[TableModel, ...] = (
    Plans,
    PlanDecks,
    PlanBands,
    PlanAllowances,
    PlanTiers,
    PlanFees,
    PlanDiscounts,
    PlanMaximums,
    PlanMinimums,
)
"""Tables that plans.yaml is taken apart into."""

REFERENCE_TABLES: tuple[TableModel, ...] = (
    Sellers,
    Sources,
    Accounts,
    Services,
    *PLAN_TABLES,
    Subscriptions,
    Destinations,
    Rates,
    Products,
    Charges,
    Controls,
)
"""Tables read from the operator's reference files, each replaced as a whole."""

TABLES: dict[str, TableModel] = {
    table_name(model): model for model in (*USAGE_TABLES, *RERATING_TABLES, *AUDIT_TABLES, *REFERENCE_TABLES)
}
"""All of them."""
