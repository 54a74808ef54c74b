"""Comparisons between tables: every pair that must agree, key by key, from files to invoices."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from telebill_assets.proof.month_tables import MonthTables
from telebill_assets.proof.recount import GRAIN, TYPES, at_grain, held_accounts

MONEY = "decimal(28,10)"
PER_CALLS = ("account_id", "currency", "direction", "destination", "jurisdiction")
PER_LINE = (*PER_CALLS, "plan_id", "usage_type")
"""What tells the usage lines of a month apart."""
TAX_KEYS = ("level", "tax_type", "description", "authority", "region", "rate", "fee_rate")
AMOUNTS = ("net", "tax", "pass_through", "payable")


@dataclass(frozen=True)
class Comparison:
    """Two frames that must have the same sums of `measures` at every key of `by`."""

    name: str
    stage: str
    meaning: str
    left_title: str
    left: DataFrame
    right_title: str
    right: DataFrame
    by: tuple[str, ...]
    measures: tuple[str, ...]

    def differing(self) -> DataFrame:
        """Keys that differ, with `<measure>_left` and `<measure>_right`; what one side lacks is zero."""
        columns = [*self.by, *self.measures]
        sides = self.left.select(*columns, F.lit(1).alias("side")).union(
            self.right.select(*columns, F.lit(2).alias("side"))
        )
        sums = [
            F.coalesce(F.sum(F.when(F.col("side") == side, F.col(measure))), F.lit(0)).alias(f"{measure}_{suffix}")
            for measure in self.measures
            for side, suffix in ((1, "left"), (2, "right"))
        ]
        unequal = [F.col(f"{measure}_left") != F.col(f"{measure}_right") for measure in self.measures]
        return sides.groupBy(*self.by).agg(*sums).where(reduce(lambda one, other: one | other, unequal))


def comparisons(month: MonthTables, recounted: DataFrame) -> list[Comparison]:
    """All comparisons of a month, in the order of the road. `recounted` is its recount."""
    return [
        _files(month),
        Comparison(
            name="tables",
            stage="ledger",
            meaning="what the ledger says = what the tables and invoices hold, per file, stage and outcome",
            left_title="ledger",
            left=at_grain(month.ledger),
            right_title="recounted",
            right=recounted,
            by=GRAIN,
            measures=tuple(TYPES),
        ),
        _unique_keys(month),
        _calls_of_accounts(month),
        _usage_of_accounts(month),
        _lines_taxed(month),
        _taxes_of_lines(month),
        _lines_invoiced(month),
        _taxes_invoiced(month),
        _footing(month),
    ]


def _files(month: MonthTables) -> Comparison:
    keys = {"period": F.col("landing_day"), "path": F.col("path")}
    usable = month.register.where("status IN ('landed', 'duplicate', 'held')")
    return Comparison(
        name="files",
        stage="raw_cdr",
        meaning="records read from each file = rows of raw_cdr",
        left_title="read from the file",
        left=_as(usable, keys | {"records": F.col("records")}),
        right_title="rows of raw_cdr",
        right=_as(month.raw, keys | {"records": _one()}),
        by=("period", "path"),
        measures=("records",),
    )


def _unique_keys(month: MonthTables) -> Comparison:
    """Only keys whose hash repeats are compared in full."""
    keys = month.validated.select("record_key", F.xxhash64("record_key").alias("key_hash"))
    repeated = keys.groupBy("key_hash").count().where("count > 1").select("key_hash")
    suspects = keys.join(F.broadcast(repeated), "key_hash", "left_semi")
    return Comparison(
        name="unique_calls",
        stage="validated_usage",
        meaning="every record key is validated once in the month",
        left_title="validated",
        left=_as(suspects, {"record_key": F.col("record_key"), "records": _one()}),
        right_title="allowed",
        right=_as(suspects.select("record_key").distinct(), {"record_key": F.col("record_key"), "records": _one()}),
        by=("record_key",),
        measures=("records",),
    )


def _calls_of_accounts(month: MonthTables) -> Comparison:
    keys = {"period": F.col("landing_day"), "account_id": F.col("account_id")}
    counted = keys | {"records": _one(), "talk_s": F.col("talk_s")}
    unpriced = month.suspended.where("stage = 'daily_aggregates'")
    aggregated = _as(month.aggregates, keys | {"records": F.col("calls"), "talk_s": F.col("talk_s")})
    return Comparison(
        name="calls_of_accounts",
        stage="daily_aggregates",
        meaning="validated calls of each account and day = aggregated + suspended for want of a plan or rate",
        left_title="validated",
        left=_as(month.validated, counted),
        right_title="aggregated + suspended",
        right=aggregated.union(_as(unpriced, counted)),
        by=("period", "account_id"),
        measures=("records", "talk_s"),
    )


def _usage_of_accounts(month: MonthTables) -> Comparison:
    keys = {name: F.col(name) for name in PER_CALLS}
    seconds = {name: F.col(name) for name in ("calls", "talk_s", "billed_s")}
    usage = month.rated.where("line_kind = 'usage'")
    return Comparison(
        name="usage_of_accounts",
        stage="rated_usage",
        meaning="calls, seconds and charges of each account and destination = its usage lines",
        left_title="aggregated",
        left=_as(month.aggregates, keys | seconds | {"amount": F.col("charge").cast(MONEY)}),
        right_title="usage lines",
        right=_as(usage, keys | seconds | {"amount": F.col("exact_amount").cast(MONEY)}),
        by=PER_CALLS,
        measures=(*seconds, "amount"),
    )


def _lines_taxed(month: MonthTables) -> Comparison:
    columns = _columns("line_id", "account_id", "currency") | {"lines": _one(), "amount": F.col("amount").cast(MONEY)}
    return Comparison(
        name="lines_taxed",
        stage="taxed_charges",
        meaning="every charge line is answered once, with its account and amount",
        left_title="charge lines",
        left=_as(month.rated, columns),
        right_title="taxed charges",
        right=_as(month.taxed, columns),
        by=("line_id", "account_id", "currency"),
        measures=("lines", "amount"),
    )


def _taxes_of_lines(month: MonthTables) -> Comparison:
    keys = _columns("line_id", "account_id")
    tax = {"tax": F.col("tax_amount").cast(MONEY)}
    return Comparison(
        name="taxes_of_lines",
        stage="taxed_charges",
        meaning="the tax of every charge line = the sum of its tax lines",
        left_title="on the charge",
        left=_as(month.taxed, keys | tax),
        right_title="tax lines",
        right=_as(month.tax_lines, keys | tax),
        by=("line_id", "account_id"),
        measures=("tax",),
    )


def _lines_invoiced(month: MonthTables) -> Comparison:
    keys = _columns("line_id", "account_id", "currency", "line_kind", "product")
    measures = {
        "lines": _one(),
        "calls": F.coalesce("calls", F.lit(0)),
        "billed_s": F.coalesce("billed_s", F.lit(0)),
        "amount": F.col("amount").cast(MONEY),
    }
    due = month.rated.join(F.broadcast(held_accounts(month)), "account_id", "left_anti")
    return Comparison(
        name="lines_invoiced",
        stage="invoices",
        meaning="every charge line that is not held is on one invoice, of its account, unchanged",
        left_title="charge lines",
        left=_as(due, keys | measures),
        right_title="invoice lines",
        right=_as(month.final.lines, keys | measures),
        by=tuple(keys),
        measures=tuple(measures),
    )


def _taxes_invoiced(month: MonthTables) -> Comparison:
    """An invoice shows each of its taxes rounded once."""
    keys = ("account_id", *TAX_KEYS)
    answered = month.tax_lines.select(
        "account_id",
        F.col("tax_level").alias("level"),
        *("tax_type", "description", "authority", "region"),
        F.col("tax_rate").alias("rate"),
        *("fee_rate", "tax_amount"),
    )
    rounded = answered.groupBy(*keys).agg(F.round(F.sum("tax_amount"), 2).cast(MONEY).alias("amount"))
    return Comparison(
        name="taxes_invoiced",
        stage="invoices",
        meaning="every tax of an invoice = the sum of its tax lines, rounded once",
        left_title="tax lines, rounded",
        left=rounded,
        right_title="on the invoice",
        right=_as(month.final.taxes, _columns(*keys) | {"amount": F.col("amount").cast(MONEY)}),
        by=keys,
        measures=("amount",),
    )


def _footing(month: MonthTables) -> Comparison:
    keys = _columns("invoice_id")
    zero = {name: F.lit(0).cast(MONEY) for name in AMOUNTS}
    amount = F.col("amount").cast(MONEY)
    passed = F.col("line_kind") == "pass_through"
    lines = zero | {
        "net": F.when(~passed, amount).otherwise(zero["net"]),
        "pass_through": F.when(passed, amount).otherwise(zero["net"]),
        "payable": amount,
    }
    taxes = zero | {"tax": amount, "payable": amount}
    return Comparison(
        name="invoices_foot",
        stage="invoices",
        meaning="the totals of every invoice are the sums of its lines and taxes",
        left_title="printed",
        left=_as(month.final.invoices, keys | {name: F.col(name).cast(MONEY) for name in AMOUNTS}),
        right_title="summed",
        right=_as(month.final.lines, keys | lines).union(_as(month.final.taxes, keys | taxes)),
        by=("invoice_id",),
        measures=AMOUNTS,
    )


def _columns(*names: str) -> dict[str, Column]:
    return {name: F.col(name) for name in names}


def _one() -> Column:
    return F.lit(1).cast("long")


def _as(frame: DataFrame, columns: Mapping[str, Column]) -> DataFrame:
    return frame.select(*(column.alias(name) for name, column in columns.items()))
