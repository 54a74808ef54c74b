"""The generator: the same files for the same seed, and a manifest that counts every one of them."""

from datetime import date
from pathlib import Path

from telebill_assets.demo.landing_files import Generator

DAYS = [date(2020, 4, 3), date(2020, 4, 4), date(2020, 4, 5)]


def contents(zone: Path) -> dict[str, bytes]:
    return {str(path.relative_to(zone)): path.read_bytes() for path in sorted(zone.rglob("*")) if path.is_file()}


def test_the_same_seed_makes_the_same_files(tmp_path):
    for name in ("a", "b"):
        Generator(tmp_path / name, 7, 4, 60).write_days(DAYS)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_another_seed_makes_other_files(tmp_path):
    Generator(tmp_path / "a", 7, 4, 60).write_days(DAYS[:1])
    Generator(tmp_path / "b", 8, 4, 60).write_days(DAYS[:1])
    assert contents(tmp_path / "a") != contents(tmp_path / "b")


def test_the_manifest_counts_every_file_and_record_once(tmp_path):
    manifest = Generator(tmp_path, 7, 4, 60).write_days(DAYS)
    assert manifest.files == len(contents(tmp_path))
    settled = sum(manifest.duplicates.values()) + sum(manifest.non_billable.values())
    suspended = sum(n for reason, n in manifest.suspended.items() if reason not in {"no_plan", "no_rate"})
    assert manifest.records == manifest.validated + settled + suspended
    assert manifest.files_suspended == {"truncated_file": 1, "empty_file": 1}
    assert set(manifest.suspended) >= {"malformed", "too_old", "future_call", "no_rate", "no_plan", "unknown_service"}


def test_without_faults_everything_is_good(tmp_path):
    manifest = Generator(tmp_path, 7, 4, 60, faults=False).write_days(DAYS)
    assert manifest.suspended == {}
    assert manifest.duplicates == {}
