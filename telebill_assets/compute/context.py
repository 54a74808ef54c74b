"""What every job is given: its request, the settings, a Spark session and the lake."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from telebill_assets.compute.request import JobRequest
from telebill_assets.lake.lake import Lake
from telebill_assets.settings import Settings
from telebill_assets.spark.distribute import Cluster
from telebill_assets.tables.table import TableModel

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True)
class JobContext:
    """One job's surroundings."""

    request: JobRequest
    settings: Settings
    lake: Lake
    cluster: Cluster

    @property
    def spark(self) -> "SparkSession":
        """The Spark session, for jobs that still compute on Spark frames."""
        return self.cluster.session

    @property
    def partition(self) -> date:
        """Landing day, or first day of the billing month."""
        return self.request.partition

    def reference(self, model: TableModel) -> "DataFrame":
        """A published reference table; small, so it is shipped with the plan."""
        return self.spark.createDataFrame(self.lake.read_arrow(model))
