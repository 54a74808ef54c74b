"""Suspense: how long records have been waiting, and what they may be worth."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from telebill_assets.audit.ageing import AGES, bucket_of
from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import Control
from telebill_assets.audit.controls.thresholds import Thresholds

SUSPENSE = Control(
    "suspense_age", "Suspended records are mended soon; nothing waits to be billed for long", blocking=False
)


@dataclass(frozen=True)
class Waiting:
    """Suspended records of one age."""

    age_days: int
    records: int
    talk_s: int
    value: Decimal
    """Estimated: their seconds at the average charge of a second, of their account or else of all calls."""


def suspense_age(waiting: Iterable[Waiting], thresholds: Thresholds) -> CheckResult:
    """Open records by age, with seconds and estimated value; old ones are a warning."""
    records: dict[str, int] = defaultdict(int)
    seconds: dict[str, int] = defaultdict(int)
    values: dict[str, Decimal] = defaultdict(Decimal)
    old = 0
    for each in waiting:
        bucket = bucket_of(each.age_days)
        records[bucket] += each.records
        seconds[bucket] += each.talk_s
        values[bucket] += each.value
        old += each.records if each.age_days > thresholds.suspense_days else 0
    return SUSPENSE.result(
        passed=not old,
        figure=f"{sum(records.values()):,} records open, worth about {sum(values.values(), Decimal(0)):,.2f}; "
        f"{old:,} for more than {thresholds.suspense_days} days",
        threshold=f"0 older than {thresholds.suspense_days} days",
        failures={"records": old},
        breakdown={
            f"{age} days": f"{records[age]:,} records, {seconds[age]:,} s, about {values[age]:,.2f}" for age in AGES
        },
    )
