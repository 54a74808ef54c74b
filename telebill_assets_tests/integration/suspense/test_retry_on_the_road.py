"""Retry through Dagster: a service was missing when the first of two days was run."""

import json
from collections import Counter

import pytest
from typer.testing import CliRunner

from telebill_assets.compute import runner
from telebill_assets.demo.landing_files import Generator
from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.lake.lake import Lake
from telebill_assets.operate import Operator
from telebill_assets.settings import Settings
from telebill_assets.suspense.commands import app
from telebill_assets.tables.excluded_usage import ExcludedUsage
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.validated_usage import ValidatedUsage
from telebill_assets_tests.integration.suspense.conftest import april
from telebill_assets_tests.support.in_process import InProcess

pytestmark = pytest.mark.slow

FIRST, SECOND = april(3), april(4)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Settings of this test's home, which the command reads too; its tasks run in this process."""
    monkeypatch.setenv("TELEBILL_HOME", str(tmp_path))
    monkeypatch.setattr(runner, "Cluster", InProcess)
    return Settings()


def counted(rows, column):
    return Counter(rows[column].to_list())


def test_calls_are_cleared_and_their_later_copies_become_duplicates(home):
    write_reference_files(home.reference_dir)
    manifest = Generator(home.landing_dir, 7, 4, 60).write_days([FIRST, SECOND])
    services = home.reference_dir / "services.csv"
    whole = services.read_text()
    services.write_text("".join(line for line in whole.splitlines(keepends=True) if not line.startswith("sbc-east,")))
    operator = Operator(home)
    operator.publish_reference()
    operator.run_day(FIRST.isoformat())
    services.write_text(whole)
    operator.publish_reference()
    operator.run_day(SECOND.isoformat())  # validates what is sent again, as the first day has not
    lake = Lake.open(home)
    missing = counted(lake.frame(SuspendedUsage, landing_day=FIRST), "reason")["unknown_service"]

    done = CliRunner().invoke(app, ["retry", "--json", "--reason", "unknown_service", "--days", FIRST.isoformat()])

    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["days"] == [FIRST.isoformat()]
    assert [day["day"] for day in answer["retried"]] == [FIRST.isoformat(), SECOND.isoformat()]
    assert lake.frame(ValidatedUsage).height == manifest.validated
    suspended = lake.frame(SuspendedUsage)
    assert counted(suspended, "reason") == Counter(manifest.suspended)
    excluded = counted(lake.frame(ExcludedUsage), "outcome")
    assert excluded["duplicate"] == sum(manifest.duplicates.values())
    left = counted(lake.frame(SuspendedUsage, landing_day=FIRST), "reason")["unknown_service"]
    assert answer["retried"][0]["before"]["unknown_service"] == missing > left
    assert answer["retried"][0]["after"].get("unknown_service", 0) == left
