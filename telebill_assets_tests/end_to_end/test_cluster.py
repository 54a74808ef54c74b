"""The same jobs on a Spark standalone cluster make the same tables."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyspark
import pytest

from telebill_assets.compute.request import JobReport, JobRequest
from telebill_assets.lake.lake import Lake
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.reference.load import load
from telebill_assets.reference.publish import publish
from telebill_assets.settings import Settings
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.excluded_usage import ExcludedUsage
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.validated_usage import ValidatedUsage
from telebill_assets_tests.end_to_end.conftest import DAYS_WITH_CALLS
from telebill_assets_tests.support.ports import LOOPBACK, free_port, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.cluster]

DAY = DAYS_WITH_CALLS[0]
DAILY = ("raw_cdr", "validated_usage", "daily_aggregates")
LANDED = (RawCdr, FileRegister, ValidatedUsage, SuspendedUsage, ExcludedUsage, DailyAggregates)
SPARK_HOME = Path(pyspark.__file__).parent


@contextmanager
def spark_process(folder: Path, name: str, *arguments: str) -> Iterator[Path]:
    """A daemon of Spark's, started by the pip package's own spark-class; its log file."""
    log = folder / f"{name}.log"
    environment = {**os.environ, "SPARK_LOCAL_IP": LOOPBACK, "SPARK_HOME": str(SPARK_HOME)}
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(SPARK_HOME / "bin" / "spark-class"), *arguments],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
        )
        try:
            yield log
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="module")
def standalone(tmp_path_factory) -> Iterator[str]:
    """URL of a master with two workers, all separate processes."""
    folder, port = tmp_path_factory.mktemp("cluster"), free_port()
    url, deploy = f"spark://{LOOPBACK}:{port}", "org.apache.spark.deploy"
    at = ("--host", LOOPBACK, "--port")
    with spark_process(folder, "master", f"{deploy}.master.Master", *at, str(port), "--webui-port", "0"):
        wait_for(port)
        worker = (f"{deploy}.worker.Worker", *at, "0", "--webui-port", "0", "--cores", "1", "--memory", "1200m")
        with (
            spark_process(folder, "worker-1", *worker, "--work-dir", str(folder / "work-1"), url) as first,
            spark_process(folder, "worker-2", *worker, "--work-dir", str(folder / "work-2"), url) as second,
        ):
            for log in (first, second):
                wait_until_registered(log)
            yield url


def wait_until_registered(log: Path) -> None:
    deadline = time.monotonic() + 60
    while "Successfully registered with master" not in log.read_text():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)


def run_on(master: str, home: Path, landing: Path, job: str) -> JobReport:
    """Run a job as an operator's cluster would: by its entry point, with request and report as files."""
    request, report = home / f"{job}.request.json", home / f"{job}.report.json"
    asked = JobRequest(job=job, partition=DAY, run_id="cluster", code_version="test")
    request.write_text(asked.model_dump_json())
    environment = {
        **os.environ,
        "SPARK_LOCAL_IP": LOOPBACK,
        "TELEBILL_HOME": str(home),
        "TELEBILL_LANDING": str(landing),
        "TELEBILL_SPARK_MASTER": master,
        "TELEBILL_SPARK_MEMORY": "1g",
    }
    command = [sys.executable, "-m", "telebill_assets.compute.main"]
    done = subprocess.run(
        [*command, "--request", str(request), "--report", str(report)],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return JobReport.model_validate_json(report.read_text())


def content(lake: Lake, model, **partition) -> list[dict]:
    """All rows in an order of their own; files may be written in any."""
    return sorted(lake.frame(model, **partition).to_dicts(), key=repr)


def test_a_day_on_the_cluster_is_the_day_of_the_local_run(standalone, road, tmp_path):
    settings = Settings(home=tmp_path)
    lake, local = Lake.open(settings), Lake.open(road.settings)
    publish(load(road.settings.reference_dir, LAYOUTS), lake, "reference", "test")
    reports = [run_on(standalone, tmp_path, road.settings.landing_dir, job) for job in DAILY]
    assert [report.published for report in reports] == [True, True, True]
    assert sum(table.rows for report in reports for table in report.tables) > 500
    for model in LANDED:
        assert content(lake, model, landing_day=DAY) == content(local, model, landing_day=DAY)
    assert content(lake, Ledger, period=DAY) == content(local, Ledger, period=DAY)
