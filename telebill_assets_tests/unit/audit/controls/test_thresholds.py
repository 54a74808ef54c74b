"""Thresholds: defaults, what controls.yaml changes, and everything that is wrong with it at once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from telebill_assets.audit.ageing import bucket_of
from telebill_assets.audit.controls.files import SourceFiles, expected_files
from telebill_assets.audit.controls.suspense import Waiting, suspense_age
from telebill_assets.audit.controls.thresholds import PARAMETERS, Thresholds
from telebill_assets.audit.controls.volume import DayVolume, days_before, volume
from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.reference.findings import InvalidReferenceError
from telebill_assets.reference.load import load

DAY = date(2020, 4, 24)


@pytest.fixture
def folder(tmp_path):
    write_reference_files(tmp_path)
    return tmp_path


def test_without_the_file_all_defaults_hold(folder):
    assert load(folder, LAYOUTS).tables["controls"].height == 0
    assert Thresholds.of([]) == Thresholds()


def test_the_file_changes_what_it_names(folder):
    before = load(folder, LAYOUTS).version
    (folder / "controls.yaml").write_text(
        "thresholds: {volume_percent: 12.5, suspense_days: 3}\n"
        "sources:\n  sbc-east: {files_per_day: 24}\n"
        "holidays: [2020-12-25, 2021-01-01]\n"
    )
    reference = load(folder, LAYOUTS)
    found = Thresholds.of(reference.tables["controls"].to_dicts())
    assert (found.volume_percent, found.suspense_days) == (Decimal("12.5"), 3)
    assert found.files_per_day == {"sbc-east": 24}
    assert found.holidays == {date(2020, 12, 25), date(2021, 1, 1)}
    assert found.late_percent == Thresholds().late_percent
    assert reference.version != before


def test_everything_wrong_is_named_at_once(folder):
    (folder / "controls.yaml").write_text(
        "thresholds:\n  late_percent: 101\n  volume: 3\n  suspense_days: soon\n"
        "sources:\n  sbc-east: {files_per_day: many}\n  sbc-east: {files: 3}\n"
        "holidays: [Christmas]\n"
    )
    with pytest.raises(InvalidReferenceError) as error:
        load(folder, LAYOUTS)
    text = str(error.value)
    assert "controls.yaml:2: late_percent is '101', expected less than or equal to 100" in text
    assert "controls.yaml:3: field is 'volume', expected one of " in text
    assert "controls.yaml:4: suspense_days is 'soon', expected a valid integer" in text
    assert "controls.yaml:7: field is 'sbc-east', expected each field once" in text
    assert "controls.yaml:8: holiday is 'Christmas'" in text


def test_an_unknown_source_is_named(folder):
    (folder / "controls.yaml").write_text("sources:\n  nowhere: {files_per_day: 1}\n")
    with pytest.raises(InvalidReferenceError, match=r"controls.yaml:2: source is 'nowhere', expected a source"):
        load(folder, LAYOUTS)


def test_every_threshold_says_what_it_is():
    assert all(Thresholds.model_fields[name].description for name in PARAMETERS)


@pytest.mark.parametrize(
    ("days", "bucket"),
    [(0, "0-1"), (1, "0-1"), (2, "2-7"), (30, "8-30"), (61, ">60")],
)
def test_ages_have_buckets(days, bucket):
    assert bucket_of(days) == bucket


def test_old_suspense_is_counted_and_valued():
    waiting = [Waiting(0, 5, 300, Decimal("1.5")), Waiting(8, 2, 60, Decimal("0.25"))]
    result = suspense_age(waiting, Thresholds())
    assert not result.passed
    assert result.figure == "7 records open, worth about 1.75; 2 for more than 7 days"
    assert result.breakdown["8-30 days"] == "2 records, 60 s, about 0.25"


def day_volume(day, records):
    return DayVolume(day, "pbx", "EUR", records, records * 60, Decimal(records))


@pytest.mark.parametrize(("today", "passed"), [(130, True), (131, False), (70, True), (69, False)])
def test_volume_is_compared_with_the_average_of_the_same_weekday(today, passed):
    before = [DAY - timedelta(weeks=n) for n in (1, 2, 3, 4)]
    usual = [day_volume(day, records) for day, records in zip(before, (80, 90, 110, 120), strict=True)]
    assert volume([*usual, day_volume(DAY, today)], DAY, before, Thresholds()).passed is passed


def test_a_source_that_vanishes_is_seen_in_an_unchanged_total():
    before = [DAY - timedelta(weeks=n) for n in (1, 2, 3)]
    lost = [DayVolume(day, "small", "EUR", 1, 60, Decimal(1)) for day in before]
    result = volume([*(day_volume(day, 100) for day in [*before, DAY]), *lost], DAY, before, Thresholds())
    assert "small: records -100.00 %" in result.samples


def test_holidays_are_neither_judged_nor_averaged():
    thresholds = Thresholds(holidays=frozenset({DAY, DAY - timedelta(weeks=1)}))
    assert "holiday" in volume([], DAY, [], thresholds).figure
    assert DAY - timedelta(weeks=1) not in days_before(DAY, thresholds)


def test_too_short_a_history_is_not_judged():
    result = volume([day_volume(DAY, 1)], DAY, [DAY - timedelta(weeks=1)], Thresholds())
    assert result.passed
    assert result.figure == "not judged: 1 earlier Fridays, 3 make an average"


def test_files_of_a_source_are_counted_against_its_own_number():
    files = [SourceFiles("pbx", DAY, "landed", 2), SourceFiles("pbx", DAY, "duplicate", 1)]
    enough, many = (Thresholds(files_per_day={"pbx": n}) for n in (3, 4))
    assert expected_files(files, ["pbx", "new"], DAY, enough).passed
    assert expected_files(files, ["pbx", "new"], DAY, many).samples == ["pbx: 3 files, expected 4"]
