"""Controls of the billing run: every account is billed once, and the database holds what was assembled."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import SAMPLES, Control

COMPLETE = Control(
    "bill_run_complete", "Every account is billed once, or there is a stated reason for no bill", blocking=True
)
FROZEN = Control(
    "invoices_frozen", "The final invoices in the database are the assembled ones, account by account", blocking=True
)
LEDGER_TOTALS = Control(
    "gl_totals", "Invoice totals by product and tax are the sums of lines and taxes to be posted", blocking=True
)

Amounts = Mapping[str, Decimal]
"""Amounts by what is posted: 'EUR product voice', 'EUR tax state', 'EUR net' ..."""


def bill_run_complete(accounts: DataFrame, rated: DataFrame, invoices: DataFrame, holds: DataFrame) -> CheckResult:
    """Give every account its state: invoiced, held with a reason, or without charges; any other state fails.

    Args:
        accounts: all accounts.
        rated: charge lines of the month.
        invoices: one row per invoice, with account_id.
        holds: accounts that get no invoice, with reason.
    """
    charged = rated.select("account_id").distinct().withColumn("charged", F.lit(1))
    invoiced = invoices.groupBy("account_id").agg(F.count("*").alias("invoices"))
    held = holds.groupBy("account_id").agg(F.min("reason").alias("reason"))
    known = accounts.select("account_id").withColumn("known", F.lit(1))
    joined = (
        known.join(charged, "account_id", "full").join(invoiced, "account_id", "full").join(held, "account_id", "full")
    )
    state = (
        F.when(F.col("known").isNull(), "unknown account")
        .when(F.col("invoices") > 1, "invoiced twice")
        .when(F.col("invoices").isNotNull() & F.col("reason").isNotNull(), "invoiced and held")
        .when(F.col("invoices").isNotNull() & F.col("charged").isNull(), "invoiced without charges")
        .when(F.col("invoices").isNotNull(), "invoiced")
        .when(F.col("reason").isNotNull(), "held")
        .when(F.col("charged").isNotNull(), "charged but not invoiced")
        .otherwise("without charges")
    )
    stated = joined.select("account_id", state.alias("state")).persist()
    try:
        counts = {row["state"]: row["count"] for row in stated.groupBy("state").count().collect()}
        wrong = {name: count for name, count in sorted(counts.items()) if name not in ACCEPTED}
        rows = stated.where(~F.col("state").isin(*ACCEPTED)).orderBy("account_id").limit(SAMPLES).collect()
    finally:
        stated.unpersist()
    return COMPLETE.result(
        passed=not wrong,
        figure=f"{sum(counts.values()):,} accounts = "
        + " + ".join(f"{counts.get(name, 0):,} {name}" for name in (*ACCEPTED, *wrong)),
        threshold="0 in any other state",
        failures=wrong,
        samples=[f"{row['account_id']}: {row['state']}" for row in rows],
        breakdown={name: f"{counts.get(name, 0):,}" for name in (*ACCEPTED, *wrong)},
    )


ACCEPTED = ("invoiced", "held", "without charges")


@dataclass(frozen=True)
class Fingerprint:
    """Invoices in one line: how many, how much, and a sum over hashes of account, currency and payable."""

    invoices: int
    payable: Decimal
    checksum: int


def fingerprint(invoices: DataFrame) -> Fingerprint:
    """Of assembled invoices. The checksum does not depend on order, and the database can compute it too."""
    said = F.concat_ws("|", "account_id", "currency", F.col("payable").cast("decimal(18,2)").cast("string"))
    part = F.conv(F.substring(F.md5(said.cast("binary")), 1, 8), 16, 10).cast("decimal(28,0)")
    row = invoices.agg(
        F.count("*").alias("invoices"),
        F.coalesce(F.sum("payable"), F.lit(0)).alias("payable"),
        F.coalesce(F.sum(part), F.lit(0)).alias("checksum"),
    ).first()
    return (
        Fingerprint(row["invoices"], Decimal(row["payable"]), int(row["checksum"]))
        if row
        else Fingerprint(0, Decimal(0), 0)
    )


def invoices_frozen(assembled: Fingerprint, stored: Fingerprint) -> CheckResult:
    """Compare what was assembled with the month's final invoices in the database."""
    pairs = {
        "invoices": (assembled.invoices, stored.invoices),
        "payable": (assembled.payable, stored.payable),
        "accounts and amounts": (assembled.checksum, stored.checksum),
    }
    wrong = [name for name, (left, right) in pairs.items() if left != right]
    return FROZEN.result(
        passed=not wrong,
        figure=f"assembled {assembled.invoices:,} invoices of {assembled.payable:,.2f}, "
        f"in the database {stored.invoices:,} of {stored.payable:,.2f}"
        + ("; accounts and amounts differ" if wrong == ["accounts and amounts"] else ""),
        threshold="0 differences",
        failures=dict.fromkeys(wrong, 1),
    )


def gl_totals(invoiced: Amounts, to_post: Amounts) -> CheckResult:
    """Compare amounts by what they are posted as: invoice totals against the sums of their lines and taxes.

    Args:
        invoiced: from the final invoices in the database, and the journal they make.
        to_post: from the assembled charge lines and taxes.
    """
    names = sorted(invoiced.keys() | to_post.keys())
    zero = Decimal(0)
    wrong = {name: invoiced.get(name, zero) - to_post.get(name, zero) for name in names}
    wrong = {name: difference for name, difference in wrong.items() if difference}
    return LEDGER_TOTALS.result(
        passed=not wrong,
        figure=f"{len(wrong)} of {len(names)} totals differ",
        threshold="0 differ, to the cent",
        failures=dict.fromkeys(wrong, 1),
        samples=[f"{name}: differs by {difference:+,.2f}" for name, difference in wrong.items()],
        breakdown={name: f"{invoiced.get(name, zero):,.2f}" for name in names},
    )
