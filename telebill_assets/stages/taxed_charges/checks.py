"""The checks of taxed_charges: the lines are those that were published, each has all that its tax needs, and the
taxes add up.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from telebill_assets.audit.balance import balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.agreement import LINES, agreement
from telebill_assets.audit.controls.tax_coverage import COVERAGE, tax_coverage
from telebill_assets.audit.ledger import count
from telebill_assets.audit.publication import Publication
from telebill_assets.audit.tally import together
from telebill_assets.compute.context import JobContext
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.taxed_charges import TaxedCharges, TaxLines

if TYPE_CHECKING:
    from telebill_assets.stages.taxed_charges.job import Taxed

GATES = {
    "every_line_answered": "Every charge line is taxed, exempt or held, with its amount unchanged",
    "taxes_balance": "The lines' taxes are the sum of the tax lines, to the last decimal",
}
CONTROLS = (LINES, COVERAGE)


def check(
    context: JobContext, publication: Publication, ledger: pl.DataFrame, parts: Sequence["Taxed"]
) -> list[CheckResult]:
    """Judge the month: the charge lines that were read, and the rows written."""
    counts, read = count(ledger), pl.concat([part.read for part in parts])
    rated = read.select(pl.col("records").sum(), amount=pl.col("charged").sum())
    taxed = publication.rows_of(TaxedCharges).select(amount=pl.col("tax_amount").sum()).collect()
    published = context.lake.frame(Ledger, period=context.partition, stage="rated_usage")
    return [
        balance(
            "every_line_answered",
            GATES["every_line_answered"],
            ("charge lines", rated.row(0, named=True)),
            {status: counts.of(status) for status in ("taxed", "exempt", "held")},
        ),
        balance(
            "taxes_balance",
            GATES["taxes_balance"],
            ("on charge lines", taxed.row(0, named=True)),
            {"tax lines": counts.of("tax")},
        ),
        agreement(
            LINES,
            read,
            published.rename({"outcome": "line_kind"}),
            ("currency", "line_kind"),
            ("records", "amount"),
        ),
        tax_coverage(together(part.lacking for part in parts)),
    ]


def figures(publication: Publication, ledger: pl.DataFrame) -> dict[str, str]:
    """Tax lines, and lines that are held: what the job report shows."""
    return {"tax_lines": str(publication.rows(TaxLines)), "held_lines": str(count(ledger).of("held")["records"])}
