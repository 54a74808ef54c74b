"""The job of taxed_charges: the month's charge lines are taxed by SureTax, whole invoices at a time."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.balance import balance
from telebill_assets.audit.ledger import count, ledger_rows
from telebill_assets.audit.publication import Publication
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.controls import taxed_charges as controls
from telebill_assets.compute.request import JobReport
from telebill_assets.database.migrate import migrate
from telebill_assets.database.server import database_url
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.products import Products
from telebill_assets.tables.taxed_charges import TaxedCharges, TaxLines
from telebill_assets.taxation.tax_charges import SureTax, tax_charges, tax_lines, taxed_charges

STAGE = "taxed_charges"
TABLES = (TaxedCharges, TaxLines, Ledger)
GATES = {
    "every_line_answered": "Every charge line is taxed, exempt or held, with its amount unchanged",
    "taxes_balance": "The lines' taxes are the sum of the tax lines, to the last decimal",
}
CONTROLS = controls.CONTROLS


def run(context: JobContext) -> JobReport:
    """Tax the charge lines of one billing month."""
    month, publication = context.partition, Publication(context)
    url = database_url(context.settings)
    migrate(url)
    lines = context.lake.read(context.spark, RatedUsage, billing_month=month)
    answers = tax_charges(
        lines,
        context.reference(Accounts),
        context.reference(Products),
        month=month,
        engine=SureTax.from_settings(context.settings),
        database_url=url,
    ).persist()
    try:
        charges = publication.write(TaxedCharges, taxed_charges(answers, lines, month), billing_month=month)
        taxes = publication.write(TaxLines, tax_lines(answers, month), billing_month=month)
    finally:
        answers.unpersist()
    ledger = publication.write(Ledger, _counted(charges, taxes, month), period=month, stage=STAGE)

    counts = count(ledger)
    rated = lines.agg(F.count("*").alias("records"), F.coalesce(F.sum("amount"), F.lit(0)).alias("amount")).first()
    taxed = charges.agg(F.coalesce(F.sum("tax_amount"), F.lit(0)).alias("amount")).first()
    publication.check(
        balance(
            "every_line_answered",
            GATES["every_line_answered"],
            ("charge lines", rated.asDict() if rated else {}),
            {status: counts.of(status) for status in ("taxed", "exempt", "held")},
        ),
        balance(
            "taxes_balance",
            GATES["taxes_balance"],
            ("on charge lines", taxed.asDict() if taxed else {}),
            {"tax lines": counts.of("tax")},
        ),
    )
    publication.check(*controls.check(context, lines, charges))
    figures = {"tax_lines": publication.rows(TaxLines), "held_lines": counts.of("held")["records"]}
    return publication.finish({name: str(figure) for name, figure in figures.items()})


def _counted(charges: DataFrame, taxes: DataFrame, month: date) -> DataFrame:
    by_status = charges.groupBy("currency", F.col("status").alias("outcome")).agg(
        F.count("*").alias("records"), F.sum("amount").alias("amount")
    )
    of_line = charges.select("line_id", "currency")
    by_level = (
        taxes.join(of_line, "line_id")
        .groupBy("currency", F.lit("tax").alias("outcome"), F.col("tax_level").alias("reason"))
        .agg(F.count("*").alias("records"), F.sum("tax_amount").alias("amount"))
    )
    return ledger_rows(by_status.unionByName(by_level, allowMissingColumns=True), STAGE, month)
