"""A whole day against a second implementation that shares no code: plain SQL in another engine."""

import pytest

from benchmarks.day import DAY, differences, run_duckdb, run_telebill, settings_of
from telebill_assets.demo.landing_files import Generator
from telebill_assets.demo.reference_files import write_reference_files

pytestmark = pytest.mark.slow


def test_every_outcome_and_every_aggregate_is_what_the_second_method_finds(cluster, tmp_path):  # noqa: ARG001
    settings = settings_of(tmp_path)
    write_reference_files(settings.reference_dir)
    manifest = Generator(settings.landing_dir, 11, 8, 80).write_days([DAY])
    telebill, peer = run_telebill(tmp_path), run_duckdb(tmp_path)
    assert differences(tmp_path, telebill, peer) == []
    assert peer.results["validated"] == manifest.validated
    assert peer.results["duplicate/duplicate_file"] == manifest.duplicates["duplicate_file"]
