"""The checks of validated_usage: every record has one outcome, and the day's calls are plausible and there once."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from telebill_assets.audit.balance import Totals, balance
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.plausibility import (
    DURATIONS,
    LATE,
    TIMES,
    add_counts,
    call_counts,
    duration_plausibility,
    late_arrivals,
    time_counts,
    time_plausibility,
)
from telebill_assets.audit.controls.similar_calls import SIMILAR, SimilarCalls, alike, candidates, similar_calls
from telebill_assets.audit.identities import RECORDS, identity_check
from telebill_assets.audit.ledger import count
from telebill_assets.audit.publication import Publication
from telebill_assets.compute.context import JobContext
from telebill_assets.lake.data_files import scan_files
from telebill_assets.lake.stored_files import StoredFile
from telebill_assets.tables.excluded_usage import ExcludedUsage
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import from_rows
from telebill_assets.tables.validated_usage import ValidatedUsage

GATES = {
    "records_balance": "Every record received has exactly one outcome",
    "every_file_settled": "In every file, the records and seconds received are those settled",
    "every_outcome_written": "The tables hold every record with its outcome",
}
CONTROLS = (DURATIONS, TIMES, LATE, SIMILAR)
OUTCOMES = ("validated", "suspended", "duplicate", "non_billable")
PAIRS = 16
"""Groups of pairs of numbers whose calls are compared apart."""


def check(
    context: JobContext, publication: Publication, ledger: pl.DataFrame, calls: Iterable[Mapping[str, int]]
) -> list[CheckResult]:
    """Judge the day: its ledger, the rows written, and what was counted of its calls."""
    received = context.lake.frame(Ledger, period=context.partition, stage="raw_cdr")
    thresholds = context.thresholds
    none = call_counts(from_rows([], ValidatedUsage), context.partition, thresholds)
    counted = add_counts([none, *calls])
    return [
        *_balances(received, ledger, publication),
        duration_plausibility(counted, thresholds),
        late_arrivals(counted, thresholds),
        similar_calls(_similar(context, publication.files_of(ValidatedUsage)), counted["calls"], thresholds),
        time_plausibility(*time_counts(ledger), thresholds),
    ]


def _balances(received: pl.DataFrame, ledger: pl.DataFrame, publication: Publication) -> list[CheckResult]:
    counts = count(ledger)
    whole = _records_and_seconds(count(received).of("received"))
    written = {
        "validated": {"records": publication.rows(ValidatedUsage)},
        "suspended": {"records": publication.rows(SuspendedUsage)},
        "excluded": {"records": publication.rows(ExcludedUsage)},
    }
    return [
        balance(
            "records_balance",
            GATES["records_balance"],
            ("received", whole),
            {name: _records_and_seconds(counts.of(name)) for name in OUTCOMES},
        ),
        identity_check(pl.concat([received, ledger]), RECORDS, "every_file_settled", GATES["every_file_settled"]),
        balance(
            "every_outcome_written",
            GATES["every_outcome_written"],
            ("received", {"records": whole["records"]}),
            written,
        ),
    ]


def figures(ledger: pl.DataFrame) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Records by outcome, and by reason of every outcome that has one: what the job report shows."""
    counts = count(ledger)
    records = {name: str(counts.of(name)["records"]) for name in OUTCOMES}
    return records, {name: counts.by_reason(name) for name in OUTCOMES if name != "validated"}


def _similar(context: JobContext, files: list[StoredFile]) -> SimilarCalls:
    """Compare all calls of the day with those of the same pair of numbers."""
    return SimilarCalls.total(context.cluster.compare(files, pairs_of, similar_of, None))


def pairs_of(files: Sequence[StoredFile], _: None) -> tuple[None, dict[int, pl.DataFrame]]:
    """The candidates of some files by group of pairs."""
    columns = ("caller", "callee", "start_at", "talk_s", "usage_type", "path", "line")
    calls = scan_files([file.path for file in files], ValidatedUsage).select(columns).collect()
    groups = candidates(calls).with_columns(group=pl.col("pair") % PAIRS).partition_by("group", as_dict=True)
    return None, {int(str(group)): part.drop("group") for (group,), part in groups.items()}


def similar_of(_group: int, parts: list[pl.DataFrame], _: None) -> SimilarCalls:
    """The similar calls of a group of pairs."""
    return alike(pl.concat(parts))


def _records_and_seconds(totals: Totals) -> dict[str, int]:
    return {"records": int(totals["records"]), "talk_s": int(totals["talk_s"])}
