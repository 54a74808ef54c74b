"""The job of invoices: assembled, audited, then numbered and frozen in the database in one transaction."""

from datetime import date
from functools import partial

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.balance import Totals, balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.ledger import count, ledger_rows
from telebill_assets.audit.publication import Publication
from telebill_assets.compute import adjustments
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.controls import invoices as controls
from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.month_before import units_carried
from telebill_assets.compute.request import JobReport
from telebill_assets.database.migrate import migrate
from telebill_assets.database.server import database_url
from telebill_assets.errors import OperatorError
from telebill_assets.invoicing.assembly import Assembly, assemble
from telebill_assets.invoicing.billing_run import bill
from telebill_assets.invoicing.footing import footing_check
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.sellers import Sellers
from telebill_assets.tables.taxed_charges import TaxedCharges, TaxLines

STAGE = "invoices"
TABLES = (Ledger,)
GATES = {
    "charges_current": "The charge lines hold the calls, adjustments, kept units and taxes as they are published now",
    "invoices_foot": "On every invoice the lines, taxes and pass-through items add up to the amount payable",
    "charges_invoiced": "Every charge line is on exactly one invoice or held with a reason, to the cent",
    "every_account_invoiced": "Every account with charges has exactly one invoice or a stated reason for none",
}
CONTROLS = controls.CONTROLS


class MonthChangedError(OperatorError):
    """A re-rating was approved while the month was being invoiced."""


def run(context: JobContext) -> JobReport:
    """Invoice one billing month. Nothing reaches the database unless every gate is passed."""
    month, publication = context.partition, Publication(context)
    spark, lake = context.spark, context.lake
    rated = lake.read(spark, RatedUsage, billing_month=month)
    taxed = lake.read(spark, TaxedCharges, billing_month=month)
    taxes = lake.read(spark, TaxLines, billing_month=month)
    assembly = assemble(
        rated,
        taxed,
        taxes,
        context.reference(Accounts),
        context.reference(Sellers),
        month=month,
    ).persist()
    try:
        ledger = publication.write(Ledger, _counted(assembly, rated, month), period=month, stage=STAGE)
        publication.check(
            _charges_current(context, rated, taxed),
            footing_check(assembly),
            _charges_invoiced(rated, assembly),
            _every_account_invoiced(rated, assembly),
        )
        publication.check(*controls.before_billing(context, rated, taxed, taxes, assembly))
        if not publication.held:
            url = database_url(context.settings)
            migrate(url)
            request = context.request
            still_current = partial(_require_current, context, rated, taxed)
            bill(assembly, url, month, request.run_id, request.code_version, still_current)
            publication.check(*controls.after_billing(context, url, assembly))
    finally:
        assembly.unpersist()
    invoices = count(ledger).of("invoice")["records"]
    return publication.finish({"invoices": str(invoices)}, {"payable": _payable(ledger)})


def _counted(assembly: Assembly, rated: DataFrame, month: date) -> DataFrame:
    invoices = assembly.invoices.groupBy("currency").agg(
        F.count("*").alias("records"),
        *[F.sum(name).alias(name) for name in ("net", "tax", "pass_through", "payable")],
    )
    shown = {"invoice": "payable", "net": "net", "pass_through": "pass_through", "payable": "payable"}
    totals = [
        invoices.select("currency", F.lit(outcome).alias("outcome"), "records", F.col(name).alias("amount"))
        for outcome, name in shown.items()
    ]
    currencies = assembly.invoices.select("invoice_id", "currency")
    by_level = (
        assembly.taxes.join(currencies, "invoice_id")
        .groupBy("currency", F.lit("tax").alias("outcome"), F.col("level").alias("reason"))
        .agg(F.count("*").alias("records"), F.sum("amount").alias("amount"))
    )
    held = rated.join(F.broadcast(assembly.holds.select("account_id")), "account_id")
    by_kind = [
        _by_kind(assembly.lines.join(currencies, "invoice_id"), "line"),
        _by_kind(held, "held"),
    ]
    rows = by_level
    for total in [*totals, *by_kind]:
        rows = rows.unionByName(total, allowMissingColumns=True)
    return ledger_rows(rows, STAGE, month)


def _charges_current(context: JobContext, rated: DataFrame, taxed: DataFrame) -> CheckResult:
    """What was published after the month was rated, or rated after it was taxed, does not agree."""
    lake, spark, month = context.lake, context.spark, context.partition
    priced = count(lake.read(spark, Ledger, period=days_of_month(month), stage="daily_aggregates")).of("priced")
    usage = count(lake.read(spark, Ledger, period=month, stage="rated_usage")).of("usage")
    calls = {name: priced[name] for name in ("talk_s", "billed_s", "amount")}
    verdicts = [
        balance("calls", "", ("priced", calls), {"usage lines": usage}),
        adjustments.balanced(context, month, rated),
        units_carried(context, month),
        balance("taxes", "", ("charge lines", _lines_and_amount(rated)), {"taxed": _lines_and_amount(taxed)}),
    ]
    failed = [verdict for verdict in verdicts if not verdict.passed]
    cure = ["run rated_usage and taxed_charges of the month again"] if failed else []
    return CheckResult(
        name="charges_current",
        description=GATES["charges_current"],
        passed=not failed,
        figure="; ".join([*(verdict.figure for verdict in failed or verdicts), *cure]),
        failures={verdict.name: 1 for verdict in failed},
    )


def _require_current(context: JobContext, rated: DataFrame, taxed: DataFrame) -> None:
    verdict = _charges_current(context, rated, taxed)
    if not verdict.passed:
        raise MonthChangedError(f"{context.partition:%Y-%m} is not finalised, it changed meanwhile: {verdict.figure}")


def _by_kind(lines: DataFrame, outcome: str) -> DataFrame:
    """Lines by kind; `reason` is the kind."""
    return lines.groupBy("currency", F.lit(outcome).alias("outcome"), F.col("line_kind").alias("reason")).agg(
        F.count("*").alias("records"),
        F.sum("talk_s").alias("talk_s"),
        F.sum("billed_s").alias("billed_s"),
        F.sum("amount").alias("amount"),
    )


def _charges_invoiced(rated: DataFrame, assembly: Assembly) -> CheckResult:
    held = rated.join(F.broadcast(assembly.holds), "account_id")
    return balance(
        "charges_invoiced",
        GATES["charges_invoiced"],
        ("charge lines", _lines_and_amount(rated)),
        {"on invoices": _lines_and_amount(assembly.lines), "held": _lines_and_amount(held)},
    )


def _every_account_invoiced(rated: DataFrame, assembly: Assembly) -> CheckResult:
    accounts = assembly.invoices.select("account_id")
    return balance(
        "every_account_invoiced",
        GATES["every_account_invoiced"],
        ("with charges", {"accounts": rated.select("account_id").distinct().count()}),
        {"invoiced": {"accounts": accounts.count()}, "held": {"accounts": assembly.holds.count()}},
    )


def _lines_and_amount(lines: DataFrame) -> Totals:
    row = lines.agg(F.count("*").alias("lines"), F.coalesce(F.sum("amount"), F.lit(0)).alias("amount")).first()
    return row.asDict() if row else {}


def _payable(ledger: DataFrame) -> dict[str, str]:
    rows = ledger.where("outcome = 'payable'").select("currency", "amount").collect()
    return {row["currency"]: f"{row['amount']:.2f}" for row in rows}
