"""The job of validated_usage: a day's records are judged, copies and legs are found, and all are settled.

First the hashes of all record keys of the day meet, to find those that need comparing. Then each task settles the
records of some files; records whose key is contested go on, by the hash of their key, to tasks that see all rows of a
key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import polars as pl

from telebill_assets.audit.controls.plausibility import call_counts
from telebill_assets.audit.controls.thresholds import Thresholds
from telebill_assets.audit.ledger import ledger_rows
from telebill_assets.audit.publication import Publication
from telebill_assets.audit.written import Written, write_examined
from telebill_assets.compute.context import JobContext
from telebill_assets.compute.days import earlier_days
from telebill_assets.compute.request import JobReport
from telebill_assets.lake.data_files import scan_files
from telebill_assets.lake.stored_files import StoredFile, cut
from telebill_assets.mediation import duplicates, outcomes
from telebill_assets.mediation.record_keys import key_hash
from telebill_assets.mediation.service_map import Reference
from telebill_assets.mediation.validate import Limits
from telebill_assets.stages.validated_usage import checks
from telebill_assets.tables.excluded_usage import ExcludedUsage
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.controls import Controls
from telebill_assets.tables.reference.services import Services
from telebill_assets.tables.reference.sources import Sources
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import TableModel
from telebill_assets.tables.validated_usage import ValidatedUsage

STAGE = "validated_usage"
READS: tuple[TableModel, ...] = (
    *(RawCdr, FileRegister, ValidatedUsage, SuspendedUsage, Ledger),
    *(Sources, Services, Accounts, Controls),
)
WRITES: tuple[TableModel, ...] = (ValidatedUsage, SuspendedUsage, ExcludedUsage, Ledger)
NO_HASHES = pl.Series("key_hash", dtype=pl.UInt64)
BUCKETS = 16
"""Groups of contested keys; each is settled by a task of its own."""


@dataclass(frozen=True)
class Day:
    """What every task of the day needs."""

    files: pl.DataFrame
    reference: Reference
    limits: Limits
    thresholds: Thresholds
    folders: Mapping[TableModel, str]
    buckets: int
    old_dates: Sequence[date] = ()
    may_be_known: pl.Series = field(default_factory=lambda: NO_HASHES)
    """Hashes of the record keys that are looked for on earlier days."""
    known: pl.Series = field(default_factory=lambda: NO_HASHES)
    """Those of them that were found there."""
    contested: pl.Series = field(default_factory=lambda: NO_HASHES)
    """Hashes of the record keys that need comparing: repeated today, or known of earlier days."""


@dataclass(frozen=True)
class Piece:
    """Data files of raw_cdr of the day, or of validated_usage of earlier days."""

    model: TableModel
    files: Sequence[StoredFile]


@dataclass(frozen=True)
class OldCalls:
    """Calls of some files that an earlier landing day may know: the UTC dates on which such calls began, and the hashes
    of their keys.
    """

    dates: Sequence[date]
    hashes: pl.Series


@dataclass(frozen=True)
class Settled:
    """What a task settled: the files it wrote by table, its ledger counts, and what the checks count of its calls."""

    written: Mapping[TableModel, Written]
    counts: pl.DataFrame
    calls: Mapping[str, int]


def run(context: JobContext) -> JobReport:
    """Settle every record of one landing day."""
    day, lake, publication = context.partition, context.lake, Publication(context)
    today = _day(context, publication)
    pieces = [Piece(RawCdr, files) for files in cut(lake.files(RawCdr, landing_day=day))]
    today = replace(today, buckets=min(len(pieces), BUCKETS))
    today, repeated = _with_old_keys(context, pieces, today)
    old_files = _files_of_old_calls(context, today)
    found = context.cluster.compare(old_files, hash_known_calls, together, today)
    known = pl.concat([NO_HASHES, *found]).unique()
    today = replace(today, known=known, contested=pl.concat([known, *repeated]).unique())
    again = [Piece(ValidatedUsage, files) for files in cut(old_files)] if len(known) else []
    parts, merged = context.cluster.by_key([*pieces, *again], settle_files, settle_contested, today)
    settled = [part for part in (*parts, *merged) if part]

    for model in (ValidatedUsage, SuspendedUsage, ExcludedUsage):
        partition = {"landing_day": day} | ({"stage": STAGE} if model is SuspendedUsage else {})
        publication.adopt(model, [part.written[model] for part in settled if model in part.written], **partition)
    counts = outcomes.sum_counts([part.counts for part in settled])
    ledger = publication.write(Ledger, ledger_rows(counts, STAGE, day), period=day, stage=STAGE)
    publication.check(*checks.check(context, publication, ledger, [part.calls for part in settled]))
    return publication.finish(*checks.figures(ledger))


def _day(context: JobContext, publication: Publication) -> Day:
    lake, settings, day = context.lake, context.settings, context.partition
    return Day(
        files=lake.frame(FileRegister, landing_day=day),
        reference=Reference.build(lake.frame(Sources), lake.frame(Services), lake.frame(Accounts)),
        limits=Limits(day, settings.billing_zone, settings.max_call_age_days, settings.max_call_s),
        thresholds=context.thresholds,
        folders={
            ValidatedUsage: publication.folder(ValidatedUsage, landing_day=day),
            SuspendedUsage: publication.folder(SuspendedUsage, landing_day=day, stage=STAGE),
            ExcludedUsage: publication.folder(ExcludedUsage, landing_day=day),
        },
        buckets=1,
    )


def _with_old_keys(context: JobContext, pieces: Sequence[Piece], today: Day) -> tuple[Day, list[pl.Series]]:
    """Find the keys that an earlier day may know; and the hashes that occur more than once today."""
    old, repeated = context.cluster.by_key(pieces, hash_keys, repeated_hashes, today)
    dates = sorted({day for part in old for day in part.dates})
    hashes = pl.concat([NO_HASHES, *(part.hashes for part in old)]).unique()
    return replace(today, old_dates=dates, may_be_known=hashes), repeated


def _files_of_old_calls(context: JobContext, today: Day) -> list[StoredFile]:
    """Files of earlier landing days that may hold the calls that come again; a day without late records reads none."""
    if not today.old_dates:
        return []
    first = today.old_dates[0] - timedelta(days=1)
    days = [day for day in earlier_days(context) if day >= first]
    return context.lake.files(ValidatedUsage, landing_day=days)


def hash_keys(piece: Piece, today: Day) -> tuple[OldCalls, dict[int, pl.Series]]:
    """The hashes of the record keys of some files by bucket, and those that an earlier day may know."""
    rows = _scan(piece).select(duplicates.HASH_COLUMNS).collect()
    hashes = duplicates.key_hashes(rows, today.files, today.limits)
    dates, may_be_known = duplicates.old_call_dates(hashes), hashes.filter("may_be_known")["key_hash"].unique()
    buckets = {bucket: part["key_hash"] for bucket, part in _by_bucket(hashes, today.buckets).items()}
    return OldCalls(dates, may_be_known), buckets


def repeated_hashes(_bucket: int, parts: list[pl.Series], _today: Day) -> pl.Series:
    """The hashes of a bucket that occur more than once."""
    return duplicates.repeated(pl.concat(parts))


def hash_known_calls(files: Sequence[StoredFile], today: Day) -> tuple[None, dict[int, pl.Series]]:
    """The hashes of those calls of earlier days that come again today."""
    known = duplicates.known_calls(_scan(Piece(ValidatedUsage, files)), today.old_dates, today.may_be_known)
    return None, {0: known.select(key_hash()).collect().to_series()}


def together(_bucket: int, parts: list[pl.Series], _today: Day) -> pl.Series:
    """The hashes that several tasks found."""
    return pl.concat(parts)


def settle_files(piece: Piece, today: Day) -> tuple[Settled | None, dict[int, pl.DataFrame]]:
    """Settle the records of some files but for contested ones, which go on by the hash of their key.

    Of files of earlier days, only the calls that come again go on.
    """
    if piece.model is ValidatedUsage:
        known = duplicates.known_calls(_scan(piece), today.old_dates, today.known).collect()
        return None, _by_bucket(known.with_columns(key_hash()), today.buckets)
    raw = _scan(piece)
    judged = outcomes.judge_records(raw.drop("raw").collect(), today.files, today.reference, today.limits)
    contested = outcomes.contested(judged, today.contested)
    settled = outcomes.settle(judged.filter(~contested), today.files)
    return _written(settled, raw, today), _by_bucket(judged.filter(contested), today.buckets)


def settle_contested(_bucket: int, parts: list[pl.DataFrame], today: Day) -> Settled | None:
    """Settle contested records of the same keys, beside the calls of earlier days with these keys."""
    judged, known = ([part for part in parts if (name in part.columns)] for name in ("content_hash", "known_day"))
    if not judged:
        return None
    rows = pl.concat(judged)
    calls = pl.concat(known) if known else pl.DataFrame(schema=duplicates.KNOWN)
    lost = duplicates.surplus_rows(rows, calls.select(duplicates.KNOWN.names()), today.old_dates)
    return _written(outcomes.settle(rows, today.files, lost), None, today)


def _written(settled: pl.DataFrame, raw: pl.LazyFrame | None, today: Day) -> Settled:
    """Write settled records to their tables. Only suspended records need their text, and no contested one is."""
    calls = outcomes.validated_usage(settled)
    tables = {ValidatedUsage: calls, ExcludedUsage: outcomes.excluded_usage(settled)}
    if raw is not None:
        texts = raw.select("path", "line", "raw").collect()
        tables[SuspendedUsage] = outcomes.suspended_usage(settled, texts)
    return Settled(
        written={model: write_examined(rows, model, today.folders[model]) for model, rows in tables.items()},
        counts=outcomes.ledger_counts(settled),
        calls=call_counts(calls, today.limits.landing_day, today.thresholds),
    )


def _scan(piece: Piece) -> pl.LazyFrame:
    return scan_files([file.path for file in piece.files], piece.model)


def _by_bucket(rows: pl.DataFrame, buckets: int) -> dict[int, pl.DataFrame]:
    """Rows with the column key_hash by the bucket in which they meet the other rows of their key."""
    parts = rows.with_columns(bucket=pl.col("key_hash") % buckets).partition_by("bucket", as_dict=True)
    return {int(str(bucket)): part.drop("bucket") for (bucket,), part in parts.items()}
