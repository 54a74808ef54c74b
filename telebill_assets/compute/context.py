"""What every job is given: its request, the settings, the lake, and a cluster to run tasks on."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from telebill_assets.audit.controls.thresholds import Thresholds
from telebill_assets.compute.request import JobRequest
from telebill_assets.lake.lake import Lake
from telebill_assets.settings import Settings
from telebill_assets.spark.distribute import Cluster
from telebill_assets.tables.reference.controls import Controls
from telebill_assets.tables.table import TableModel


@dataclass(frozen=True)
class JobContext:
    """One job's surroundings."""

    request: JobRequest
    settings: Settings
    lake: Lake
    cluster: Cluster

    @property
    def partition(self) -> date:
        """Landing day, or first day of the billing month."""
        return self.request.partition

    def reference(self, model: TableModel) -> pl.DataFrame:
        """A published reference table."""
        return self.lake.frame(model)

    @property
    def thresholds(self) -> Thresholds:
        """Those of controls.yaml, and the defaults of all others."""
        return Thresholds.of(self.lake.frame(Controls).to_dicts())
