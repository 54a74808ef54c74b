"""Retry through Dagster: a service was missing when the first of two days was run."""

import json
from collections import Counter

import pytest
from typer.testing import CliRunner

from telebill_assets.demo.landing_files import Generator
from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.lake.lake import Lake
from telebill_assets.operate import Operator
from telebill_assets.settings import Settings
from telebill_assets.suspense.commands import app
from telebill_assets.tables.excluded_usage import ExcludedUsage
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.validated_usage import ValidatedUsage
from telebill_assets_tests.conftest import SMALL
from telebill_assets_tests.integration.suspense.conftest import april

pytestmark = pytest.mark.slow

FIRST, SECOND = april(3), april(4)


@pytest.fixture
def home(spark, tmp_path, monkeypatch):  # noqa: ARG001  # the session that the jobs find
    for name, value in ({"home": str(tmp_path)} | SMALL).items():
        monkeypatch.setenv(f"TELEBILL_{name.upper()}", str(value))
    return Settings()


def counted(rows, column):
    return Counter(rows[column].to_pylist())


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
    missing = counted(lake.read_arrow(SuspendedUsage, landing_day=FIRST), "reason")["unknown_service"]

    done = CliRunner().invoke(app, ["retry", "--json", "--reason", "unknown_service", "--days", FIRST.isoformat()])

    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["days"] == [FIRST.isoformat()]
    assert [day["day"] for day in answer["retried"]] == [FIRST.isoformat(), SECOND.isoformat()]
    assert lake.read_arrow(ValidatedUsage).num_rows == manifest.validated
    suspended = lake.read_arrow(SuspendedUsage)
    assert counted(suspended, "reason") == Counter(manifest.suspended)
    excluded = counted(lake.read_arrow(ExcludedUsage), "outcome")
    assert excluded["duplicate"] == sum(manifest.duplicates.values())
    left = counted(lake.read_arrow(SuspendedUsage, landing_day=FIRST), "reason")["unknown_service"]
    assert answer["retried"][0]["before"]["unknown_service"] == missing > left
    assert answer["retried"][0]["after"].get("unknown_service", 0) == left
