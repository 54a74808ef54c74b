"""The thresholds of the controls: documented defaults, which controls.yaml of the reference folder may replace."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Percent = Annotated[Decimal, Field(ge=0, le=100)]

HOLIDAY, FILES_PER_DAY = "holiday", "files_per_day"


class Thresholds(BaseModel):
    """What each control lets pass. Percentages are of records unless they say otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    silent_days: int = Field(7, ge=1, le=90, description="A source that sent files on so many days before is expected")
    sequence_days: int = Field(7, ge=0, le=90, description="Landing days looked back on for file counters")
    sequence_restart: int = Field(1_000, ge=1, description="A longer jump of a file counter is a restart, not a gap")
    duplicate_file_percent: Percent = Field(Decimal(5), description="Files that were sent twice")

    long_call_s: int = Field(14_400, ge=60, description="Calls as long as this are unusual, in seconds")
    long_call_percent: Percent = Field(Decimal("0.1"), description="Unusually long calls")
    zero_duration_percent: Percent = Field(Decimal(10), description="Answered calls without a billable second")
    span_difference_percent: Percent = Field(Decimal(1), description="Calls that bill more than 1 s beyond their span")
    wrong_time_percent: Percent = Field(Decimal(5), description="A source's records in the future or too old")
    late_days: int = Field(1, ge=0, le=90, description="Calls older than this on their landing day are late")
    late_percent: Percent = Field(Decimal(5), description="Late calls")
    similar_calls_percent: Percent = Field(
        Decimal("0.1"), description="Calls like another: same numbers, start within 2 s, duration within 1 s"
    )

    suspense_days: int = Field(7, ge=0, le=400, description="Suspended records should be mended within so many days")
    volume_weeks: int = Field(4, ge=1, le=12, description="Same weekdays before that make the average")
    volume_least_days: int = Field(3, ge=1, le=12, description="Fewer days than this make no average")
    volume_percent: Annotated[Decimal, Field(gt=0)] = Field(
        Decimal(30), description="Difference from the average, up or down, of records, seconds or charge"
    )
    zero_rated_percent: Percent = Field(Decimal(20), description="Talk seconds priced at nothing")
    accounts_without_plan_percent: Percent = Field(Decimal(5), description="Accounts with a service but no plan")
    destinations_without_rate_percent: Percent = Field(
        Decimal(30), description="Destinations for which a plan in use has no rate"
    )
    rerate_sample: int = Field(200, ge=1, le=2_000, description="Calls of a day priced a second time")
    unused_services_percent: Percent = Field(Decimal(50), description="Active services without a call in the month")

    holidays: frozenset[date] = Field(frozenset(), description="Days whose volume is neither judged nor averaged")
    files_per_day: Mapping[str, int] = Field(default_factory=dict, description="Files expected of a source each day")

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> "Thresholds":
        """Build from rows of the table `controls` (parameter, source, value); what is not there keeps its default."""
        values: dict[str, Any] = {}
        holidays: set[str] = set()
        files: dict[str, str] = defaultdict(str)
        for row in rows:
            if row["parameter"] == HOLIDAY:
                holidays.add(row["value"])
            elif row["parameter"] == FILES_PER_DAY:
                files[row["source"]] = row["value"]
            else:
                values[row["parameter"]] = row["value"]
        return cls.model_validate(values | {"holidays": holidays, "files_per_day": files})


PARAMETERS = tuple(name for name in Thresholds.model_fields if name not in {"holidays", "files_per_day"})
"""Thresholds that are one value each."""
