"""The job of invoice_documents: every final invoice of a month becomes a PDF, rendered from its frozen rows."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.balance import balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.publication import Publication
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.request import JobReport
from telebill_assets.compute.tariff import published_tariff
from telebill_assets.database.migrate import migrate
from telebill_assets.database.server import database_url
from telebill_assets.invoicing.documents.archive import render_documents
from telebill_assets.invoicing.read import final_invoice_ids
from telebill_assets.spark.legacy_calls import price_calls
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.table import TableModel
from telebill_assets.tables.validated_usage import ValidatedUsage

STAGE = "invoice_documents"
TABLES: tuple[TableModel, ...] = ()
GATES = {
    "every_invoice_rendered": "Every final invoice of the month has its document",
    "documents_unchanged": "Every document has the bytes that were recorded when it was first rendered",
}
SAMPLES = 5
TASKS_PER_CORE = 2


def run(context: JobContext) -> JobReport:
    """Render the documents of one billing month."""
    month, publication = context.partition, Publication(context)
    url = database_url(context.settings)
    migrate(url)
    ids = final_invoice_ids(url, month)
    folder = f"{context.settings.documents_dir}/{month:%Y-%m}"
    rendered = render_documents(_with_calls(context, ids), url, folder).persist()
    try:
        problems = rendered.where("problem IS NOT NULL")
        count, written = problems.count(), rendered.count()
        samples = [f"{row['invoice_number']}: {row['problem']}" for row in problems.limit(SAMPLES).collect()]
        size = rendered.agg(F.coalesce(F.sum("bytes"), F.lit(0)).alias("bytes")).first()
    finally:
        rendered.unpersist()
    publication.check(
        balance(
            "every_invoice_rendered",
            GATES["every_invoice_rendered"],
            ("final", {"invoices": len(ids)}),
            {"rendered": {"invoices": written}},
        ),
        CheckResult(
            name="documents_unchanged",
            description=GATES["documents_unchanged"],
            passed=count == 0,
            figure=f"{count:,} of {written:,} documents have a problem",
            failures={"documents": count} if count else {},
            samples=samples,
        ),
    )
    return publication.finish({"documents": str(written), "bytes": str(size["bytes"] if size else 0), "folder": folder})


def _with_calls(context: JobContext, ids: list[str]) -> DataFrame:
    """The invoices with the calls of accounts that want call detail."""
    spark, month = context.spark, context.partition
    prefix = f"{month:%Y-%m}-"
    invoices = spark.createDataFrame(
        [(each, each.removeprefix(prefix)) for each in ids], "invoice_id string, account_id string"
    )
    wanted = context.reference(Accounts).where("call_detail != 'none'").select("account_id")
    calls = context.lake.read(spark, ValidatedUsage, landing_day=days_of_month(month))
    priced = price_calls(calls.join(F.broadcast(wanted), "account_id"), published_tariff(context))
    number = F.when(F.col("direction") == "inbound", F.coalesce("caller", F.lit(""))).otherwise(F.col("callee"))
    call = F.struct(
        "local_start",
        number.alias("callee"),
        F.col("destination_name").alias("destination"),
        *("jurisdiction", "billed_s", "charge", "service_id"),
    )
    listed = priced.where("unpriced IS NULL").groupBy("account_id").agg(F.collect_list(call).alias("calls"))
    tasks = spark.sparkContext.defaultParallelism * TASKS_PER_CORE
    return invoices.join(listed, "account_id", "left").select("invoice_id", "calls").repartition(tasks)
