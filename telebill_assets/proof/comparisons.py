"""Comparisons between tables: every pair that must agree, key by key, from files to invoices."""

from dataclasses import dataclass

import polars as pl

from telebill_assets.audit.identities import unequal
from telebill_assets.proof.month_tables import DayTables, MonthTables
from telebill_assets.proof.recount import GRAIN, MEASURES, at_grain, held_accounts
from telebill_assets.proof.repeated_keys import with_repeated_keys
from telebill_assets.tables.line_kinds import bears_tax

PER_CALLS = ("account_id", "currency", "direction", "destination", "jurisdiction")
PER_LINE = (*PER_CALLS, "plan_id", "usage_type")
"""What tells the usage lines of a month apart."""
TAX_KEYS = ("level", "tax_type", "description", "authority", "region", "rate", "fee_rate")
AMOUNTS = ("net", "tax", "pass_through", "payable")


@dataclass(frozen=True)
class Comparison:
    """Two tables that must have the same sums of `measures` at every key of `by`."""

    name: str
    stage: str
    meaning: str
    left_title: str
    right_title: str
    by: tuple[str, ...]
    measures: tuple[str, ...]

    def differing(self, left: pl.LazyFrame, right: pl.LazyFrame) -> pl.LazyFrame:
        """Keys that differ, with `<measure>_left` and `<measure>_right`; what one side lacks is zero."""
        sides = [
            frame.select(*self.by, *(pl.col(measure).alias(f"{measure}_{side}") for measure in self.measures))
            for side, frame in (("left", left), ("right", right))
        ]
        sums = [pl.col(f"{measure}_{side}").sum() for measure in self.measures for side in ("left", "right")]
        return pl.concat(sides, how="diagonal").group_by(*self.by).agg(*sums).filter(unequal(self.measures))


FILES = Comparison(
    name="files",
    stage="raw_cdr",
    meaning="records read from each file = rows of raw_cdr",
    left_title="read from the file",
    right_title="rows of raw_cdr",
    by=("period", "path"),
    measures=("records",),
)
TABLES = Comparison(
    name="tables",
    stage="ledger",
    meaning="what the ledger says = what the tables and invoices hold, per file, stage and outcome",
    left_title="ledger",
    right_title="recounted",
    by=GRAIN,
    measures=MEASURES,
)
UNIQUE_CALLS = Comparison(
    name="unique_calls",
    stage="validated_usage",
    meaning="every record key is validated once in the month",
    left_title="validated",
    right_title="allowed",
    by=("record_key",),
    measures=("records",),
)
CALLS_OF_ACCOUNTS = Comparison(
    name="calls_of_accounts",
    stage="daily_aggregates",
    meaning="validated calls of each account and day = aggregated + suspended for want of a plan or rate",
    left_title="validated",
    right_title="aggregated + suspended",
    by=("period", "account_id"),
    measures=("records", "talk_s"),
)
USAGE_OF_ACCOUNTS = Comparison(
    name="usage_of_accounts",
    stage="rated_usage",
    meaning="calls, seconds and charges of each account and destination = its usage lines",
    left_title="aggregated",
    right_title="usage lines",
    by=PER_CALLS,
    measures=("calls", "talk_s", "billed_s", "amount"),
)
LINES_TAXED = Comparison(
    name="lines_taxed",
    stage="taxed_charges",
    meaning="every charge line is answered once, with its account and amount",
    left_title="charge lines",
    right_title="taxed charges",
    by=("line_id", "account_id", "currency"),
    measures=("lines", "amount"),
)
TAXES_OF_LINES = Comparison(
    name="taxes_of_lines",
    stage="taxed_charges",
    meaning="the tax of every charge line = the sum of its tax lines",
    left_title="on the charge",
    right_title="tax lines",
    by=("line_id", "account_id"),
    measures=("tax",),
)
LINES_INVOICED = Comparison(
    name="lines_invoiced",
    stage="invoices",
    meaning="every charge line that is not held is on one invoice, of its account, unchanged",
    left_title="charge lines",
    right_title="invoice lines",
    by=("line_id", "account_id", "currency", "line_kind", "product"),
    measures=("lines", "calls", "billed_s", "amount"),
)
TAXES_INVOICED = Comparison(
    name="taxes_invoiced",
    stage="invoices",
    meaning="every tax of an invoice = the sum of its tax lines, rounded once",
    left_title="tax lines, rounded",
    right_title="on the invoice",
    by=("account_id", *TAX_KEYS),
    measures=("amount",),
)
INVOICES_FOOT = Comparison(
    name="invoices_foot",
    stage="invoices",
    meaning="the totals of every invoice are the sums of its lines and taxes",
    left_title="printed",
    right_title="summed",
    by=("invoice_id",),
    measures=AMOUNTS,
)
COMPARISONS = (
    *(FILES, TABLES, UNIQUE_CALLS, CALLS_OF_ACCOUNTS, USAGE_OF_ACCOUNTS),
    *(LINES_TAXED, TAXES_OF_LINES, LINES_INVOICED, TAXES_INVOICED, INVOICES_FOOT),
)
"""All of them, in the order of the road."""

Sides = tuple[pl.LazyFrame, pl.LazyFrame]
MONEY = pl.Decimal(28, 10)
ONE = pl.lit(1, pl.Int64)


def sides_of_day(day: DayTables, recounted: pl.DataFrame) -> dict[Comparison, Sides]:
    """What is compared day by day. `recounted` is the day's recount."""
    return {
        FILES: _files(day),
        TABLES: (at_grain(day.ledger), recounted.lazy()),
        CALLS_OF_ACCOUNTS: _calls_of_accounts(day),
    }


def sides_of_month(month: MonthTables, recounted: pl.DataFrame) -> dict[Comparison, Sides]:
    """What is compared over the whole month. `recounted` is the recount of the monthly stages."""
    return {
        TABLES: (at_grain(month.ledger), recounted.lazy()),
        UNIQUE_CALLS: _unique_calls(month),
        USAGE_OF_ACCOUNTS: _usage_of_accounts(month),
        LINES_TAXED: _lines_taxed(month),
        TAXES_OF_LINES: _taxes_of_lines(month),
        LINES_INVOICED: _lines_invoiced(month),
        TAXES_INVOICED: _taxes_invoiced(month),
        INVOICES_FOOT: _invoices_foot(month),
    }


def _files(day: DayTables) -> Sides:
    keys = {"period": pl.col("landing_day"), "path": pl.col("path")}
    usable = day.register.filter(pl.col("status").is_in(["landed", "duplicate", "held"]))
    return usable.select(**keys, records="records"), day.raw.select(**keys, records=ONE)


def _unique_calls(month: MonthTables) -> Sides:
    suspects = with_repeated_keys(month.validated.select("record_key"))
    return suspects.with_columns(records=ONE), suspects.unique().with_columns(records=ONE)


def _calls_of_accounts(day: DayTables) -> Sides:
    keys = {"period": pl.col("landing_day"), "account_id": pl.col("account_id")}
    counted = keys | {"records": ONE, "talk_s": pl.col("talk_s")}
    unpriced = day.suspended.filter(pl.col("stage") == "daily_aggregates").select(**counted)
    aggregated = day.aggregates.select(**keys, records="calls", talk_s="talk_s")
    return day.validated.select(**counted), pl.concat([aggregated, unpriced])


def _usage_of_accounts(month: MonthTables) -> Sides:
    columns = [*PER_CALLS, "calls", "talk_s", "billed_s"]
    usage = month.rated.filter(pl.col("line_kind") == "usage")
    return (
        month.aggregates.select(*columns, amount=pl.col("charge").cast(MONEY)),
        usage.select(*columns, amount=pl.col("exact_amount").cast(MONEY)),
    )


def _lines_taxed(month: MonthTables) -> Sides:
    rated, taxed = (frame.select(*LINES_TAXED.by, "amount", lines=ONE) for frame in (month.rated, month.taxed))
    return rated, taxed


def _taxes_of_lines(month: MonthTables) -> Sides:
    charges, taxes = (frame.select(*TAXES_OF_LINES.by, tax="tax_amount") for frame in (month.taxed, month.tax_lines))
    return charges, taxes


def _lines_invoiced(month: MonthTables) -> Sides:
    due = month.rated.join(held_accounts(month), on="account_id", how="anti")
    charged, invoiced = (
        frame.select(*LINES_INVOICED.by, "calls", "billed_s", "amount", lines=ONE)
        for frame in (due, month.final.lines.lazy())
    )
    return charged, invoiced


def _taxes_invoiced(month: MonthTables) -> Sides:
    """An invoice shows each of its taxes rounded once."""
    answered = month.tax_lines.rename({"tax_level": "level", "tax_rate": "rate"})
    rounded = pl.col("tax_amount").sum().round(2, mode="half_away_from_zero").cast(MONEY)
    return (
        answered.group_by(*TAXES_INVOICED.by).agg(amount=rounded),
        month.final.taxes.lazy().select(*TAXES_INVOICED.by, amount=pl.col("amount").cast(MONEY)),
    )


def _invoices_foot(month: MonthTables) -> Sides:
    amount, passed = pl.col("amount"), ~bears_tax(pl.col("line_kind"))
    lines = month.final.lines.lazy().select(
        "invoice_id",
        net=pl.when(~passed).then(amount),
        pass_through=pl.when(passed).then(amount),
        payable=amount,
    )
    taxes = month.final.taxes.lazy().select("invoice_id", tax=amount, payable=amount)
    return month.final.invoices.lazy(), pl.concat([lines, taxes], how="diagonal")
