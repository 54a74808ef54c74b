"""The recount: the ledger of a month made anew from the tables and the billing database, without trusting it."""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.ledger import NOTHING
from telebill_assets.proof.month_tables import MonthTables

GRAIN = ("stage", "period", "path", "currency", "outcome", "reason")
TYPES = {"records": "long", "talk_s": "long", "billed_s": "long", "amount": "decimal(28,10)"}
SETTLED = ("validated", "suspended", "duplicate", "non_billable")


def recount(month: MonthTables) -> DataFrame:
    """Rows with the keys and measures of the ledger: GRAIN, records, talk_s, billed_s, amount.

    Priced calls are not kept one by one, so they are recounted per day and currency, from the aggregates.
    """
    parts = [
        *_received(month),
        *_settled(month),
        *_priced(month),
        _charged(month),
        *_taxed(month),
        *_invoiced(month),
        *_invoice_lines(month),
    ]
    return reduce(DataFrame.unionByName, parts)


def at_grain(ledger: DataFrame) -> DataFrame:
    """The ledger at the grain of the recount: no file for priced calls, no currency for what has no price, and no
    reason for records received, which only a file has.
    """
    priced, suspended = F.col("outcome") == "priced", F.col("outcome") == "suspended"
    return ledger.select(
        "stage",
        "period",
        F.when(~priced, F.col("path")).alias("path"),
        F.when(~suspended, F.col("currency")).alias("currency"),
        "outcome",
        F.when(F.col("outcome") != "received", F.col("reason")).alias("reason"),
        *(_measure(F.col(name), name) for name in TYPES),
    )


def _received(month: MonthTables) -> Sequence[DataFrame]:
    unusable = month.register.where("status IN ('suspended', 'set_aside')")
    return (
        _counted(month.raw, "raw_cdr", "received", keys={"period": "landing_day", "path": "path"}, talk_s="talk_s"),
        _counted(
            unusable.withColumn("outcome", F.concat(F.lit("file_"), "status")),
            "raw_cdr",
            None,
            keys={"period": "landing_day", "path": "path", "reason": "reason"},
            records="records",
        ),
    )


def _settled(month: MonthTables) -> Sequence[DataFrame]:
    stage, keys = "validated_usage", {"period": "landing_day", "path": "path"}
    suspended = month.suspended.where(F.col("stage") == stage)
    return (
        _counted(month.validated, stage, "validated", keys=keys, talk_s="talk_s"),
        _counted(suspended, stage, "suspended", keys=keys | {"reason": "reason"}, talk_s="talk_s"),
        _counted(month.excluded, stage, None, keys=keys | {"reason": "reason"}, talk_s="talk_s"),
    )


def _priced(month: MonthTables) -> Sequence[DataFrame]:
    stage = "daily_aggregates"
    suspended = month.suspended.where(F.col("stage") == stage)
    keys = {"period": "landing_day", "path": "path", "reason": "reason"}
    return (
        _counted(
            month.aggregates,
            stage,
            "priced",
            keys={"period": "landing_day", "currency": "currency"},
            records="calls",
            talk_s="talk_s",
            billed_s="billed_s",
            amount="charge",
        ),
        _counted(suspended, stage, "suspended", keys=keys, talk_s="talk_s"),
    )


def _charged(month: MonthTables) -> DataFrame:
    return _counted(
        month.rated.withColumn("outcome", F.col("line_kind")),
        "rated_usage",
        None,
        keys={"period": "billing_month", "currency": "currency"},
        talk_s="talk_s",
        billed_s="billed_s",
        amount="exact_amount",
    )


def _taxed(month: MonthTables) -> Sequence[DataFrame]:
    stage, keys = "taxed_charges", {"period": "billing_month", "currency": "currency"}
    by_status = month.taxed.withColumn("outcome", F.col("status"))
    taxes = month.tax_lines.join(month.taxed.select("line_id", "currency"), "line_id")
    return (
        _counted(by_status, stage, None, keys=keys, amount="amount"),
        _counted(taxes, stage, "tax", keys=keys | {"reason": "tax_level"}, amount="tax_amount"),
    )


def _invoiced(month: MonthTables) -> Sequence[DataFrame]:
    invoices = month.final.invoices.withColumn("period", F.lit(month.month))
    taxes = month.final.taxes.withColumn("period", F.lit(month.month))
    keys = {"period": "period", "currency": "currency"}
    shown = {"invoice": "payable", "net": "net", "pass_through": "pass_through", "payable": "payable"}
    return (
        *(_counted(invoices, "invoices", outcome, keys=keys, amount=amount) for outcome, amount in shown.items()),
        _counted(taxes, "invoices", "tax", keys=keys | {"reason": "level"}, amount="amount"),
    )


def _invoice_lines(month: MonthTables) -> Sequence[DataFrame]:
    keys = {"period": "period", "currency": "currency", "reason": "line_kind"}
    measures = {"talk_s": "talk_s", "billed_s": "billed_s", "amount": "amount"}
    frames = {"line": month.final.lines, "held": month.rated.join(F.broadcast(held_accounts(month)), "account_id")}
    return [
        _counted(lines.withColumn("period", F.lit(month.month)), "invoices", outcome, keys=keys, **measures)
        for outcome, lines in frames.items()
    ]


def held_accounts(month: MonthTables) -> DataFrame:
    """Accounts that get no invoice, because the tax engine refused one of their lines."""
    return month.taxed.where("status = 'held'").select("account_id").distinct()


def _counted(
    rows: DataFrame, stage: str, outcome: str | None, *, keys: dict[str, str], records: str | None = None, **sums: str
) -> DataFrame:
    """Count rows by `keys` (ledger column: own column). `outcome` None: the rows have a column of that name."""
    named = {"outcome": "outcome"} if outcome is None else {}
    grouped = rows.groupBy(*[F.col(own).alias(name) for name, own in (keys | named).items()])
    counted = F.sum(records) if records else F.count("*")
    totals = [counted.alias("records"), *(F.sum(own).alias(name) for name, own in sums.items())]
    fixed = {"stage": F.lit(stage)} | ({} if outcome is None else {"outcome": F.lit(outcome)})
    summed = grouped.agg(*totals)
    types = {"period": "date"}
    return summed.select(
        *(
            fixed.get(name, F.col(name) if name in summed.columns else F.lit(None))
            .cast(types.get(name, "string"))
            .alias(name)
            for name in GRAIN
        ),
        *(_measure(F.col(name) if name in summed.columns else F.lit(None), name) for name in TYPES),
    )


def _measure(value: Column, name: str) -> Column:
    return F.coalesce(value, F.lit(NOTHING[name])).cast(TYPES[name]).alias(name)
