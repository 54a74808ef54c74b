"""The job of invoice_documents: every final invoice of a month becomes a PDF, rendered from its frozen rows.

Call detail is printed from priced_calls: the calls of the month's landing days, priced as they were when they were
billed, whatever tariff is published now. Tasks read some of its files; the calls of a group of accounts meet in the
task that renders their documents.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from telebill_assets.audit.publication import Publication
from telebill_assets.audit.tally import Tally, together
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.request import JobReport
from telebill_assets.database.migrate import migrate
from telebill_assets.database.server import database_url
from telebill_assets.invoicing.documents.archive import BYTES, CALL_COLUMNS, DOCUMENTS, render_documents
from telebill_assets.invoicing.documents.detail_check import CHARGE_COLUMNS
from telebill_assets.invoicing.read import final_invoice_count, final_invoice_ids, group_ends
from telebill_assets.lake.data_files import scan_files
from telebill_assets.lake.stored_files import ROWS_PER_TASK, StoredFile, cut
from telebill_assets.stages.account_ranges import TASKS_PER_CORE, AccountRange
from telebill_assets.stages.invoice_documents import checks
from telebill_assets.tables.priced_calls import PricedCalls
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.table import TableModel

STAGE = "invoice_documents"
READS: tuple[TableModel, ...] = (PricedCalls, RatedUsage)
WRITES: tuple[TableModel, ...] = ()
AFTER = ("invoices",)
"""The billing database has the final invoices."""
INVOICES_AT_ONCE = 100


@dataclass(frozen=True)
class Month:
    """What every task needs."""

    first: date
    charge_lines: Sequence[str]
    """Data files of rated_usage of the month."""
    ends: Sequence[str]
    """The last account of each group, in order."""
    database_url: str
    folder: str


def run(context: JobContext) -> JobReport:
    """Render the documents of one billing month."""
    publication, url = Publication(context), database_url(context.settings)
    migrate(url)
    final = final_invoice_count(url, context.partition)
    month = _month(context, url, final)
    files = context.lake.files(PricedCalls, landing_day=days_of_month(month.first))
    rows = -(-sum(file.rows for file in files) // context.cluster.cores)
    pieces = cut(files, min(rows, ROWS_PER_TASK)) or [[]]
    _, rendered = context.cluster.by_key(pieces, calls_of_groups, render_group, month)
    done = together(documents for documents, _ in rendered)
    publication.check(*checks.check(done, together(detail for _, detail in rendered), final))
    sizes = {DOCUMENTS: str(done.of(DOCUMENTS)), BYTES: str(done.of(BYTES))}
    return publication.finish({**sizes, "folder": month.folder})


def _month(context: JobContext, url: str, final: int) -> Month:
    first = context.partition
    of_a_task = -(-final // (context.cluster.cores * TASKS_PER_CORE))
    return Month(
        first=first,
        charge_lines=context.lake.paths(RatedUsage, billing_month=first),
        ends=group_ends(url, first, max(1, min(of_a_task, INVOICES_AT_ONCE))),
        database_url=url,
        folder=f"{context.settings.documents_dir}/{first:%Y-%m}",
    )


def calls_of_groups(files: Sequence[StoredFile], month: Month) -> tuple[None, dict[int, pl.DataFrame]]:
    """Read the calls of some files of priced_calls; hand them over by group of accounts, none of them left out."""
    detail = itemised(scan_files([file.path for file in files], PricedCalls)).collect()
    group = pl.Series(month.ends, dtype=pl.String).search_sorted(detail["account_id"], side="left")
    numbered = detail.with_columns(group.alias("group"))
    return None, {number: numbered.filter(pl.col("group") == number).drop("group") for number in range(len(month.ends))}


def itemised(calls: pl.LazyFrame) -> pl.LazyFrame:
    """Priced calls as they are printed: an inbound call by its caller, if it is known."""
    inbound = pl.col("direction") == "inbound"
    other = pl.when(inbound).then(pl.col("caller").fill_null("")).otherwise(pl.col("callee"))
    return calls.with_columns(callee=other, destination="destination_name").select("account_id", *CALL_COLUMNS)


def render_group(group: int, calls: list[pl.DataFrame], month: Month) -> tuple[Tally, Tally]:
    """Render the documents of a group of accounts; what was rendered, and what call detail was compared."""
    after = month.ends[group - 1] if group else None
    ids = final_invoice_ids(month.database_url, month.first, after, month.ends[group])
    own = AccountRange(after, month.ends[group]).rows & (pl.col("line_kind") == "usage")
    lines = scan_files(month.charge_lines, RatedUsage).filter(own).select(CHARGE_COLUMNS).collect()
    return render_documents(ids, pl.concat(calls), lines, month.database_url, month.folder)
