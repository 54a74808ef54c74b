"""The recount: the ledger of a month made anew from the tables and the billing database, without trusting it."""

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from telebill_assets.audit.ledger import NOTHING
from telebill_assets.proof.month_tables import DayTables, MonthTables
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.table import conform

GRAIN = ("stage", "period", "path", "currency", "outcome", "reason")
MEASURES = tuple(NOTHING)


def recount_day(day: DayTables) -> pl.DataFrame:
    """Rows of the daily stages with the keys and measures of the ledger: GRAIN, records, talk_s, billed_s, amount.

    Priced calls are not kept one by one, so they are recounted per currency, from the aggregates.
    """
    return _collected([*_received(day), *_settled(day), *_priced(day)])


def recount_month(month: MonthTables) -> pl.DataFrame:
    """Count the charge lines, taxes and invoices of a month again, as rows like those of the ledger."""
    return _collected([_charged(month), *_taxed(month), *_invoiced(month), *_invoice_lines(month)])


def at_grain(ledger: pl.LazyFrame) -> pl.LazyFrame:
    """The ledger at the grain of the recount: no file for priced calls, no currency for what has no price, and no
    reason for records received, which only a file has.
    """
    unknown = {"path": "priced", "currency": "suspended", "reason": "received"}
    keys = [
        pl.when(pl.col("outcome") != unknown[name]).then(pl.col(name)).alias(name) if name in unknown else pl.col(name)
        for name in GRAIN
    ]
    return ledger.select(*keys, *(pl.col(name).fill_null(0) for name in MEASURES))


def held_accounts(month: MonthTables) -> pl.LazyFrame:
    """Accounts that get no invoice, because the tax engine refused one of their lines."""
    return month.taxed.filter(pl.col("status") == "held").select("account_id").unique()


def _collected(parts: Iterable[pl.LazyFrame]) -> pl.DataFrame:
    """One after the other: each reads a table, and none needs the rows of another."""
    return pl.concat([part.collect() for part in parts])


def _received(day: DayTables) -> Iterable[pl.LazyFrame]:
    keys = {"period": "landing_day", "path": "path"}
    unusable = day.register.filter(pl.col("status").is_in(["suspended", "set_aside"])).with_columns(
        outcome=pl.concat_str(pl.lit("file_"), "status")
    )
    return (
        _counted(day.raw, "raw_cdr", "received", keys, talk_s="talk_s"),
        _counted(unusable, "raw_cdr", None, keys | {"reason": "reason"}, records="records"),
    )


def _settled(day: DayTables) -> Iterable[pl.LazyFrame]:
    stage, keys = "validated_usage", {"period": "landing_day", "path": "path"}
    suspended, excluded = day.suspended.filter(pl.col("stage") == stage), day.excluded
    return (
        _counted(day.validated, stage, "validated", keys, talk_s="talk_s"),
        _counted(suspended, stage, "suspended", keys | {"reason": "reason"}, talk_s="talk_s"),
        _counted(excluded, stage, None, keys | {"reason": "reason"}, talk_s="talk_s"),
    )


def _priced(day: DayTables) -> Iterable[pl.LazyFrame]:
    stage = "daily_aggregates"
    suspended = day.suspended.filter(pl.col("stage") == stage)
    priced = {"records": "calls", "talk_s": "talk_s", "billed_s": "billed_s", "amount": "charge"}
    keys = {"period": "landing_day", "path": "path", "reason": "reason"}
    return (
        _counted(day.aggregates, stage, "priced", {"period": "landing_day", "currency": "currency"}, **priced),
        _counted(suspended, stage, "suspended", keys, talk_s="talk_s"),
    )


def _charged(month: MonthTables) -> pl.LazyFrame:
    keys = {"period": "billing_month", "currency": "currency", "outcome": "line_kind"}
    measures = {"talk_s": "talk_s", "billed_s": "billed_s", "amount": "exact_amount"}
    return _counted(month.rated, "rated_usage", None, keys, **measures)


def _taxed(month: MonthTables) -> Iterable[pl.LazyFrame]:
    stage, keys = "taxed_charges", {"period": "billing_month", "currency": "currency"}
    taxes = month.tax_lines.join(month.taxed.select("line_id", "currency"), on="line_id")
    return (
        _counted(month.taxed, stage, None, keys | {"outcome": "status"}, amount="amount"),
        _counted(taxes, stage, "tax", keys | {"reason": "tax_level"}, amount="tax_amount"),
    )


def _invoiced(month: MonthTables) -> Iterable[pl.LazyFrame]:
    invoices, taxes = (_in(month.month, frame.lazy()) for frame in (month.final.invoices, month.final.taxes))
    keys = {"period": "period", "currency": "currency"}
    shown = {"invoice": "payable", "net": "net", "pass_through": "pass_through", "payable": "payable"}
    return (
        *(_counted(invoices, "invoices", outcome, keys, amount=amount) for outcome, amount in shown.items()),
        _counted(taxes, "invoices", "tax", keys | {"reason": "level"}, amount="amount"),
    )


def _invoice_lines(month: MonthTables) -> Iterable[pl.LazyFrame]:
    keys = {"period": "period", "currency": "currency", "reason": "line_kind"}
    measures = {name: name for name in ("talk_s", "billed_s", "amount")}
    held = month.rated.join(held_accounts(month), on="account_id", how="semi")
    frames = {"line": month.final.lines.lazy(), "held": held}
    return [
        _counted(_in(month.month, lines), "invoices", outcome, keys, **measures) for outcome, lines in frames.items()
    ]


def _in(month: date, rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.with_columns(period=pl.lit(month))


def _counted(
    rows: pl.LazyFrame,
    stage: str,
    outcome: str | None,
    keys: Mapping[str, str],
    *,
    records: str | None = None,
    **sums: str,
) -> pl.LazyFrame:
    """Count rows by `keys` (ledger column: own column). `outcome` None: it is one of the keys, or of the columns."""
    found = keys if outcome or "outcome" in keys else {**keys, "outcome": "outcome"}
    counted = rows.group_by(pl.col(own).alias(name) for name, own in found.items()).agg(
        (pl.col(records).sum() if records else pl.len()).alias("records"),
        *(pl.col(own).sum().alias(name) for name, own in sums.items()),
    )
    known = {"stage": pl.lit(stage)} | ({"outcome": pl.lit(outcome)} if outcome else {})
    ledger: pl.LazyFrame = conform(counted.with_columns(**known), Ledger)
    return ledger.select(*GRAIN, *(pl.col(name).fill_null(0) for name in MEASURES))
