"""The job of taxed_charges: the month's charge lines are taxed by SureTax, whole invoices at a time.

Each task takes a range of accounts, asks SureTax about its batches one after the other and writes its rows. So there
are never more requests on their way than tasks that run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from telebill_assets.audit.controls import tax_coverage
from telebill_assets.audit.ledger import ledger_rows
from telebill_assets.audit.publication import Publication
from telebill_assets.audit.tally import Tally, add_up
from telebill_assets.audit.written import Written, write_examined
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.request import JobReport
from telebill_assets.database.migrate import migrate
from telebill_assets.database.server import database_url
from telebill_assets.lake.data_files import scan_files
from telebill_assets.stages.account_ranges import AccountRange, account_ranges
from telebill_assets.stages.taxed_charges import checks
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.products import Products
from telebill_assets.tables.table import TableModel
from telebill_assets.tables.taxed_charges import TaxedCharges, TaxLines
from telebill_assets.taxation.batches import batches, sent
from telebill_assets.taxation.tax_charges import SureTax, tax_charges, tax_lines, taxed_charges

STAGE = "taxed_charges"
READS: tuple[TableModel, ...] = (RatedUsage, Ledger, Accounts, Products)
WRITES: tuple[TableModel, ...] = (TaxedCharges, TaxLines, Ledger)


@dataclass(frozen=True)
class Month:
    """What every task needs."""

    first: date
    lines: Sequence[str]
    """Data files of rated_usage."""
    accounts: pl.DataFrame
    products: pl.DataFrame
    engine: SureTax
    database_url: str
    folders: Mapping[TableModel, str]


@dataclass(frozen=True)
class Taxed:
    """What a task wrote and counted."""

    charges: Written
    taxes: Written
    outcomes: pl.DataFrame
    """Lines and taxes by currency, outcome and reason."""
    read: pl.DataFrame
    """The charge lines that it read, by currency and kind."""
    lacking: Tally


def run(context: JobContext) -> JobReport:
    """Tax the charge lines of one billing month."""
    first, publication = context.partition, Publication(context)
    month = _month(context, publication)
    lines = scan_files(month.lines, RatedUsage).select("account_id", "line_kind", "product")
    batched = batches(sent(lines, month.accounts, month.products), month.engine.batch_lines)
    parts = context.cluster.each(account_ranges(batched, context.cluster.cores), tax_accounts, month)
    publication.adopt(TaxedCharges, [part.charges for part in parts], billing_month=first)
    publication.adopt(TaxLines, [part.taxes for part in parts], billing_month=first)
    counted = add_up([part.outcomes for part in parts])
    ledger = publication.write(Ledger, ledger_rows(counted, STAGE, first), period=first, stage=STAGE)
    publication.check(*checks.check(context, publication, ledger, parts))
    return publication.finish(checks.figures(publication, ledger))


def _month(context: JobContext, publication: Publication) -> Month:
    first, lake = context.partition, context.lake
    url = database_url(context.settings)
    migrate(url)
    return Month(
        first=first,
        lines=lake.paths(RatedUsage, billing_month=first),
        accounts=lake.frame(Accounts),
        products=lake.frame(Products),
        engine=SureTax.from_settings(context.settings),
        database_url=url,
        folders={model: publication.folder(model, billing_month=first) for model in (TaxedCharges, TaxLines)},
    )


def tax_accounts(accounts: AccountRange, month: Month) -> Taxed:
    """Tax all lines of some accounts and write them."""
    lines = scan_files(month.lines, RatedUsage).filter(accounts.rows).collect()
    answered = tax_charges(
        lines,
        month.accounts,
        month.products,
        month=month.first,
        engine=month.engine,
        database_url=month.database_url,
        lines_before=accounts.lines_before,
    )
    charges = taxed_charges(answered, lines, month.first).sort("account_id", "line_id")
    taxes = tax_lines(answered, month.first).sort("account_id", "line_id", "tax_seq")
    return Taxed(
        charges=write_examined(charges, TaxedCharges, month.folders[TaxedCharges]),
        taxes=write_examined(taxes, TaxLines, month.folders[TaxLines]),
        outcomes=outcomes(charges, taxes),
        read=_by_kind(lines),
        lacking=tax_coverage.lacking(lines, charges, month.accounts, month.products),
    )


def outcomes(charges: pl.DataFrame, taxes: pl.DataFrame) -> pl.DataFrame:
    """Lines by status and taxes by level, as the ledger counts them."""
    by_status = charges.group_by("currency", outcome="status").agg(
        reason=pl.lit(None, pl.String), records=pl.len().cast(pl.Int64), amount=pl.col("amount").sum()
    )
    by_level = (
        taxes.join(charges.select("line_id", "currency"), on="line_id")
        .group_by("currency", outcome=pl.lit("tax"), reason="tax_level")
        .agg(records=pl.len().cast(pl.Int64), amount=pl.col("tax_amount").sum())
    )
    return pl.concat([by_status, by_level.select(by_status.columns)], how="vertical_relaxed")


def _by_kind(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.group_by("currency", "line_kind").agg(
        records=pl.len().cast(pl.Int64), amount=pl.col("exact_amount").sum(), charged=pl.col("amount").sum()
    )
