"""The jobs, one per asset: read published partitions, transform, write, audit, publish."""

from collections.abc import Callable, Mapping

from telebill_assets.compute.context import JobContext
from telebill_assets.compute.jobs import (
    close_report,
    daily_aggregates,
    rated_usage,
    raw_cdr,
    validated_usage,
)
from telebill_assets.compute.request import JobReport
from telebill_assets.stages.invoice_documents import job as invoice_documents
from telebill_assets.stages.invoices import job as invoices
from telebill_assets.stages.taxed_charges import job as taxed_charges

JOBS: Mapping[str, Callable[[JobContext], JobReport]] = {
    "raw_cdr": raw_cdr.run,
    "validated_usage": validated_usage.run,
    "daily_aggregates": daily_aggregates.run,
    "rated_usage": rated_usage.run,
    "taxed_charges": taxed_charges.run,
    "invoices": invoices.run,
    "invoice_documents": invoice_documents.run,
    "close_report": close_report.run,
}
