"""Checks of a day's files: gaps in numbered series, and totals that were declared."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telebill_assets.audit.controls.files import SourceFiles, file_sequence, source_files, trailer_totals
from telebill_assets.audit.controls.thresholds import Thresholds
from telebill_assets.mediation.sequences import gaps, is_clock
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.table import from_rows

DAY = date(2020, 4, 3)
BEFORE = DAY - timedelta(days=1)


def register(*rows: tuple[str, date, str | None, int | None]) -> pl.DataFrame:
    """Files of (source, day, series, number)."""
    names = ("source", "landing_day", "series", "sequence_nr")
    return from_rows([dict(zip(names, row, strict=True)) | {"status": "landed"} for row in rows], FileRegister)


@pytest.mark.parametrize(
    ("today", "before", "figure", "samples"),
    [
        ([7, 8], [5, 6], "0 numbers missing in 1 series", []),
        ([8, 9], [5, 6], "1 numbers missing in 1 series", ["sbc/cdr-{}: 7 is missing"]),
        ([9, 12], [5], "5 numbers missing in 1 series", ["sbc/cdr-{}: 6 to 8 are missing", "sbc/cdr-{}: 10 to 11 are"]),
        ([9, 5_000], [8], "0 numbers missing in 1 series", []),  # a restart
        ([], [1, 5], "0 numbers missing in 1 series", []),  # yesterday's gap is yesterday's
        ([4, 4], [3], "0 numbers missing in 1 series", []),
    ],
)
def test_numbers_missing_beside_a_file_of_today(today, before, figure, samples):
    files = register(
        *(("sbc", DAY, "cdr-{}", number) for number in today), *(("sbc", BEFORE, "cdr-{}", number) for number in before)
    )
    result = file_sequence(files, DAY, Thresholds(sequence_restart=1_000))
    assert (result.figure, result.passed) == (figure, not samples)
    assert all(found.startswith(sample) for found, sample in zip(result.samples, samples, strict=True))


def test_series_are_counted_by_source_and_files_without_one_are_not():
    files = register(("a", DAY, "x-{}", 1), ("b", DAY, "x-{}", 3), ("a", DAY, None, None))
    assert file_sequence(files, DAY, Thresholds()).figure == "0 numbers missing in 2 series"
    assert file_sequence(files.clear(), DAY, Thresholds()).figure == "0 numbers missing in 0 series"


def test_times_of_day_are_no_series():
    clock = [("sbc", DAY, "gw_20200403_{}", number) for number in (900, 915, 1000, 1045)]
    counter = [("sbc", DAY, "ix_20200403_{}", number) for number in (58, 59, 61, 62, 101)]
    result = file_sequence(register(*clock, *counter), DAY, Thresholds(sequence_restart=1_000))
    assert result.figure == "39 numbers missing in 1 series"


@settings(deadline=None)
@given(st.sets(st.integers(0, 2_400), min_size=1, max_size=12))
def test_gaps_and_clocks_are_those_of_plain_python(numbers):
    series = "gw_20200403_{}"
    files = register(*(("sbc", DAY, series, number) for number in numbers))
    missing = 0 if is_clock(series, numbers) else sum(last - first + 1 for first, last in gaps(numbers))
    result = file_sequence(files, DAY, Thresholds(sequence_restart=5_000))
    assert result.failures.get("numbers", 0) == missing


def test_declared_totals_are_held_against_what_was_counted():
    rows = [
        {"path": "a", "status": "landed", "records": 2, "declared_records": 2, "declared_s": 120},
        {"path": "b", "status": "landed", "records": 2, "declared_records": 3, "declared_s": None},
        {"path": "c", "status": "landed", "records": 2, "declared_records": None, "declared_s": 60},
        {"path": "d", "status": "landed", "records": 2},
        {"path": "e", "status": "suspended", "records": 2, "declared_records": 3},
    ]
    seconds = pl.DataFrame({"path": ["a", "b"], "seconds": [120, 50]})
    result = trailer_totals(from_rows(rows, FileRegister), seconds)
    assert (result.figure, result.passed) == ("2 of 3 files with declared totals differ", False)
    assert result.samples == ["b: 3 records declared, 2 counted", "c: 60 seconds declared, 0 counted"]


def test_files_are_counted_by_source_day_and_status():
    files = register(("sbc", DAY, None, None), ("sbc", DAY, None, None), ("pbx", BEFORE, None, None))
    assert sorted(source_files(files), key=str) == [
        SourceFiles("pbx", BEFORE, "landed", 1),
        SourceFiles("sbc", DAY, "landed", 2),
    ]
