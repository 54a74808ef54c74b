"""What an asset asks of a runner, and what the runner answers. Both are JSON, so they cross any boundary."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from telebill_assets.audit.check import CheckResult


class JobRequest(BaseModel):
    """What a runner is asked to do: run one job for one partition."""

    model_config = ConfigDict(frozen=True)

    job: str = Field(description="Name of the asset the job computes")
    partition: date = Field(description="Landing day, or first day of the billing month")
    run_id: str = Field(description="Id of the orchestrator's run; stamped on every snapshot")
    code_version: str


class TableReport(BaseModel):
    """What a job wrote to one table."""

    model_config = ConfigDict(frozen=True)

    table: str
    rows: int
    location: str
    snapshot_id: int | None = Field(None, description="None if the audit held the partition back")


class Release(BaseModel):
    """Who let a partition through that the audit had held back."""

    model_config = ConfigDict(frozen=True)

    by: str
    reason: str
    at: datetime = Field(description="UTC")


class JobReport(BaseModel):
    """Outcome of a job: what it wrote, what the audit found, and figures worth showing."""

    model_config = ConfigDict(frozen=True)

    job: str
    partition: date
    published: bool
    tables: list[TableReport]
    checks: list[CheckResult]
    figures: dict[str, str] = Field(default_factory=dict, description="Counts and sums, as plain decimal strings")
    records: dict[str, list[dict[str, str]]] = Field(
        default_factory=dict, description="Small tables by title: rows of column and text"
    )
    breakdown: dict[str, dict[str, str]] = Field(default_factory=dict, description="Figures by reason, level ...")
    release: Release | None = Field(None, description="Set if a person published what the audit had held back")
