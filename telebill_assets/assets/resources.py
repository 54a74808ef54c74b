"""The one resource of the assets: a runner, and the settings it was built from."""

import dagster as dg

from telebill_assets.compute.request import JobReport, JobRequest
from telebill_assets.compute.runner import LocalRunner, Runner
from telebill_assets.settings import Settings


class RunnerResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Runs jobs with the settings of the environment in which the run's process started."""

    def run(self, request: JobRequest) -> JobReport:
        """Run a job where the settings say."""
        return self.runner().run(request)

    def runner(self) -> Runner:
        return LocalRunner(self.settings())

    def settings(self) -> Settings:
        return Settings()
