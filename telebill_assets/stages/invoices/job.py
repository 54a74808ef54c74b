"""The job of invoices: assembled, audited, then numbered and frozen in the database in one transaction.

Each task assembles the invoices of a range of accounts, counts what the checks ask for, and copies its rows into the
staging tables of the database. They become invoices only when every check has passed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import polars as pl

from telebill_assets.audit.balance import Totals
from telebill_assets.audit.controls.agreement import differences
from telebill_assets.audit.controls.billing_run import NO_INVOICES, Fingerprint, billing_states, fingerprint
from telebill_assets.audit.ledger import ledger_rows
from telebill_assets.audit.publication import Publication
from telebill_assets.audit.tally import Tally, add_up
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.request import JobReport
from telebill_assets.database.migrate import migrate
from telebill_assets.database.server import database_url
from telebill_assets.errors import OperatorError
from telebill_assets.invoicing.assembly import assemble
from telebill_assets.invoicing.billing_run import Load, bill, stage, unstage
from telebill_assets.invoicing.footing import not_footing
from telebill_assets.lake.data_files import scan_files
from telebill_assets.stages.account_ranges import AccountRange, account_ranges
from telebill_assets.stages.invoices import checks, counted
from telebill_assets.tables.adjustment_lines import AdjustmentLines
from telebill_assets.tables.allowance_balances import AllowanceBalances
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.sellers import Sellers
from telebill_assets.tables.table import TableModel
from telebill_assets.tables.taxed_charges import TaxedCharges, TaxLines

STAGE = "invoices"
READS: tuple[TableModel, ...] = (
    *(RatedUsage, TaxedCharges, TaxLines, AllowanceBalances, AdjustmentLines, Ledger),
    *(Accounts, Sellers),
)
WRITES: tuple[TableModel, ...] = (Ledger,)


class MonthChangedError(OperatorError):
    """A re-rating was approved while the month was being invoiced."""


@dataclass(frozen=True)
class Month:
    """What every task needs."""

    first: date
    rated: Sequence[str]
    """Data files of rated_usage; so of taxed_charges and tax_lines."""
    taxed: Sequence[str]
    tax_lines: Sequence[str]
    accounts: pl.DataFrame
    sellers: pl.DataFrame
    run_id: str
    database_url: str


@dataclass(frozen=True)
class Assembled:
    """What a task staged and counted."""

    load: Load
    outcomes: pl.DataFrame
    """Invoices, lines and taxes by currency, outcome and reason."""
    posted: pl.DataFrame
    """Lines and taxes by what they are posted as."""
    lines: dict[str, Totals]
    """Lines and amounts of all charge lines, of those on invoices, of those held."""
    accounts: dict[str, Totals]
    """Accounts with charges, invoiced, held."""
    not_footing: Tally
    taxed_apart: Tally
    """Charge lines that were taxed as others."""
    taxes_apart: Tally
    """Charge lines whose tax is not the sum of their tax lines."""
    states: Tally
    fingerprint: Fingerprint


def run(context: JobContext) -> JobReport:
    """Invoice one billing month. There are no invoices unless every check has passed."""
    first, publication, request = context.partition, Publication(context), context.request
    month = _month(context)
    rated, taxed = scan_files(month.rated, RatedUsage), scan_files(month.taxed, TaxedCharges)
    try:
        parts = context.cluster.each(_ranges(rated, context.cluster.cores), assemble_accounts, month)
        counts = add_up([part.outcomes for part in parts])
        ledger = publication.write(Ledger, ledger_rows(counts, STAGE, first), period=first, stage=STAGE)
        publication.check(checks.charges_current(context, rated, taxed), *checks.before_billing(parts))
        if not publication.held:
            loads, still_current = [part.load for part in parts], partial(_require_current, context, rated, taxed)
            bill(loads, month.database_url, first, request.run_id, request.code_version, still_current)
            assembled = sum((part.fingerprint for part in parts), start=NO_INVOICES)
            to_post = dict(add_up([part.posted for part in parts]).iter_rows())
            publication.check(*checks.after_billing(month.database_url, first, assembled, to_post))
    finally:
        unstage(month.database_url, request.run_id)
    return publication.finish(*checks.figures(ledger))


def _month(context: JobContext) -> Month:
    first, lake = context.partition, context.lake
    url = database_url(context.settings)
    migrate(url)
    return Month(
        first=first,
        rated=lake.paths(RatedUsage, billing_month=first),
        taxed=lake.paths(TaxedCharges, billing_month=first),
        tax_lines=lake.paths(TaxLines, billing_month=first),
        accounts=lake.frame(Accounts),
        sellers=lake.frame(Sellers),
        run_id=context.request.run_id,
        database_url=url,
    )


def _ranges(rated: pl.LazyFrame, cores: int) -> list[AccountRange]:
    per_account = rated.group_by("account_id").agg(lines=pl.len().cast(pl.Int64)).sort("account_id")
    return account_ranges(per_account.with_row_index("batch").collect(), cores)


def assemble_accounts(accounts: AccountRange, month: Month) -> Assembled:
    """Assemble, count and stage the invoices of some accounts."""
    rated = scan_files(month.rated, RatedUsage).filter(accounts.rows).collect()
    taxed = scan_files(month.taxed, TaxedCharges).filter(accounts.rows).collect()
    taxes = scan_files(month.tax_lines, TaxLines).filter(accounts.rows).collect()
    assembly = assemble(rated, taxed, taxes, month.accounts, month.sellers, month=month.first)
    return Assembled(
        load=stage(assembly, month.database_url, month.run_id),
        outcomes=counted.outcomes(assembly, rated),
        posted=counted.posted(assembly),
        lines=counted.lines(assembly, rated),
        accounts=counted.accounts(assembly, rated),
        not_footing=not_footing(assembly),
        taxed_apart=differences(counted.as_lines(rated), counted.as_lines(taxed), checks.LINE, checks.COUNTED),
        taxes_apart=differences(taxed, taxes, checks.TAXED_LINE, checks.TAX),
        states=billing_states(month.accounts.filter(accounts.rows), rated, assembly.invoices, assembly.holds),
        fingerprint=fingerprint(assembly.invoices),
    )


def _require_current(context: JobContext, rated: pl.LazyFrame, taxed: pl.LazyFrame) -> None:
    verdict = checks.charges_current(context, rated, taxed)
    if not verdict.passed:
        raise MonthChangedError(f"{context.partition:%Y-%m} is not finalised, it changed meanwhile: {verdict.figure}")
