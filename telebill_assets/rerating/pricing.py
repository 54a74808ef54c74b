"""The scope's calls priced again, a part of the files at a time; their sums meet the published ones by account."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from telebill_assets.lake.data_files import scan_files
from telebill_assets.lake.stored_files import StoredFile
from telebill_assets.rating.account_groups import split
from telebill_assets.rating.call.price_calls import price_calls
from telebill_assets.rating.tariff import Tariff
from telebill_assets.rerating.day_ledger import shifts
from telebill_assets.rerating.scope import Scope
from telebill_assets.stages.daily_aggregates.job import Day, Priced, sum_calls
from telebill_assets.tables.priced_calls import PricedCalls
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import TableModel, polars_schema
from telebill_assets.tables.validated_usage import ValidatedUsage

PLACE = ["path", "line"]


@dataclass(frozen=True)
class Rerating:
    """What is priced again, by which tariff; `folder` takes the rows of rerate_differences."""

    proposal: str
    scope: Scope
    tariff: Tariff
    folder: str


@dataclass(frozen=True)
class Piece:
    """Data files of validated_usage, daily_aggregates, priced_calls or usage_adjustments."""

    model: TableModel
    files: Sequence[StoredFile]

    @property
    def paths(self) -> list[str]:
        return [file.path for file in self.files]


@dataclass(frozen=True)
class PricedAgain:
    """What a task priced again.

    `places` are those of the calls that were suspended for want of a plan or rate before, and `shifts` what all its
    calls move in the ledger of their day.
    """

    priced: Priced
    places: pl.DataFrame
    shifts: pl.DataFrame


def no_calls() -> pl.DataFrame:
    """priced_calls without rows."""
    return pl.DataFrame(schema=polars_schema(PricedCalls))


@dataclass(frozen=True)
class Sums:
    """Sums by account, service, date and rate, and itemised calls: priced again, or as they are published."""

    published: bool
    rows: pl.DataFrame
    calls: pl.DataFrame = field(default_factory=no_calls)


def price_again(
    piece: Piece, scope: Scope, day: Day, suspended: Sequence[str], accounts: pl.DataFrame
) -> tuple[PricedAgain, dict[int, Sums]]:
    """Price the scope's calls of some files of validated_usage; hand over their sums by group of accounts.

    Args:
        piece: the files.
        scope: which of their calls are priced again.
        day: what pricing needs.
        suspended: data files of the calls that were suspended for want of a plan or rate before.
        accounts: the accounts.
    """
    calls = scope.of_account(scan_files(piece.paths, ValidatedUsage)).collect()
    priced = price_calls(calls, day.tariff).filter(scope.covers())
    before = scan_files(suspended, SuspendedUsage).select(*PLACE, "reason").collect()
    places = before.join(priced, on=PLACE, how="semi").select(PLACE)
    answer, sums = sum_calls(priced, day)
    by_group = {group: Sums(published=False, rows=each.aggregates, calls=each.calls) for group, each in sums.items()}
    return PricedAgain(answer, places, shifts(priced, before, accounts)), by_group


def published_sums(piece: Piece, groups: int) -> dict[int, Sums]:
    """The published sums of some files by group of accounts."""
    parts = split(scan_files(piece.paths, piece.model).collect(), groups)
    return {group.number: Sums(published=True, rows=rows) for group, rows in parts.items()}


def rows_of(parts: Sequence[Sums], *, published: bool) -> list[pl.DataFrame]:
    """The rows of the parts that are published, or else of those that were priced again."""
    return [part.rows for part in parts if part.published == published]
