"""One month of the demo operator, travelled once through Dagster and Spark: two days with calls, the others empty."""

from dataclasses import dataclass
from datetime import date

import pytest

from telebill_assets.compute.days import days_of_month
from telebill_assets.demo.commands import MONTH
from telebill_assets.demo.landing_files import Generator
from telebill_assets.demo.manifest import Manifest
from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.operate import Operator
from telebill_assets.settings import Settings
from telebill_assets.taxation.sandbox.server import running_sandbox
from telebill_assets_tests.conftest import SMALL

DAYS_WITH_CALLS = [date(2020, 4, 3), date(2020, 4, 4)]


@dataclass(frozen=True)
class Road:
    """A home in which everything has run, and what was put into it."""

    settings: Settings
    manifest: Manifest
    operator: Operator


@pytest.fixture(scope="session")
def road(cluster, tmp_path_factory):  # noqa: ARG001  # its session is the one that the jobs find
    with running_sandbox() as sandbox:
        settings = Settings(home=tmp_path_factory.mktemp("road"), suretax_url=sandbox, **SMALL)
        write_reference_files(settings.reference_dir)
        manifest = Generator(settings.landing_dir, 7, 4, 60).write_days(DAYS_WITH_CALLS, lambda _: None)
        operator = Operator(settings)
        operator.publish_reference()
        for day in days_of_month(MONTH):
            operator.run_day(day.isoformat())
        operator.run_month(MONTH.isoformat())
        yield Road(settings, manifest, operator)
