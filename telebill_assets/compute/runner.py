"""Runners execute job requests: in this process, or on a cluster that runs `telebill_assets.compute.main`."""

from abc import ABC, abstractmethod

from telebill_assets.compute.context import JobContext
from telebill_assets.compute.reports import save_report
from telebill_assets.compute.request import JobReport, JobRequest
from telebill_assets.lake.lake import Lake
from telebill_assets.settings import Settings
from telebill_assets.spark.distribute import Cluster
from telebill_assets.stages.road import STAGES


class Runner(ABC):
    """Executes one job request and reports what it wrote and what the audit found."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @abstractmethod
    def run(self, request: JobRequest) -> JobReport:
        """Run the job to its end. Infrastructure errors are raised; findings are in the report."""


def job_context(request: JobRequest, settings: Settings, cluster: Cluster) -> JobContext:
    """What a stage's job is given: its lake refuses every table that the stage does not declare."""
    return JobContext(request, settings, Lake.open(settings, STAGES[request.job].access), cluster)


class LocalRunner(Runner):
    """Runs jobs in this process; Spark itself may be local or a standalone cluster (`TELEBILL_SPARK_MASTER`)."""

    def __init__(self, settings: Settings, cluster: Cluster | None = None) -> None:
        super().__init__(settings)
        self._cluster = cluster or Cluster(settings)

    def run(self, request: JobRequest) -> JobReport:
        report = STAGES[request.job].run(job_context(request, self.settings, self._cluster))
        save_report(self.settings.reports_dir, request.run_id, report)
        return report
