"""Plausibility of calls: durations, times and how late they arrive; counted while the calls are written."""

from collections.abc import Mapping
from datetime import date

from pyspark.sql import Column
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import Control, percent
from telebill_assets.audit.controls.thresholds import Thresholds

DURATIONS = Control(
    "duration_plausibility", "Few calls are very long, empty, or longer than their span", blocking=False
)
TIMES = Control("time_plausibility", "No source sends many records from the future or the distant past", blocking=False)
LATE = Control("late_arrivals", "Calls arrive soon after they were made", blocking=False)

AGES = (("0 days", 0, 0), ("1 day", 1, 1), ("2 to 7 days", 2, 7), ("8 to 30 days", 8, 30), ("over 30 days", 31, None))
WRONG_TIME_REASONS = ("future_call", "too_old")


def call_counts(day: date, thresholds: Thresholds) -> dict[str, Column]:
    """What the controls ask, as aggregates over validated_usage; they are counted while it is written."""
    age = F.datediff(F.lit(day), F.col("call_date"))
    span = F.unix_timestamp("end_at") - F.unix_timestamp("answer_at")
    return {
        "calls": F.count(F.lit(1)),
        "long": F.count_if(F.col("talk_s") >= thresholds.long_call_s),
        "empty": F.count_if((F.col("talk_s") == 0) & (F.col("usage_type") != "sms")),
        "beyond": F.count_if(F.col("talk_s") > span + 1),
        "late": F.count_if(age > thresholds.late_days),
        **{name: F.count_if(_between(age, low, high)) for name, low, high in AGES},
    }


def _between(age: Column, low: int, high: int | None) -> Column:
    at_least = age >= low if low else F.lit(True)  # noqa: FBT003  # a zone ahead of the operator's has tomorrow's calls
    return at_least if high is None else at_least & (age <= high)


def duration_plausibility(counts: Mapping[str, int], thresholds: Thresholds) -> CheckResult:
    """Shares of very long calls, of answered calls without a second, and of calls billed beyond their span."""
    shares = {name: percent(counts[name], counts["calls"]) for name in ("long", "empty", "beyond")}
    limits = {
        "long": thresholds.long_call_percent,
        "empty": thresholds.zero_duration_percent,
        "beyond": thresholds.span_difference_percent,
    }
    return DURATIONS.result(
        passed=all(shares[name] <= limits[name] for name in limits),
        figure=f"of {counts['calls']:,} calls {shares['long']} % of {thresholds.long_call_s:,} s or more, "
        f"{shares['empty']} % of 0 s, {shares['beyond']} % longer than their span",
        threshold=" / ".join(f"{limit} %" for limit in limits.values()),
        failures={name: counts[name] for name in limits if shares[name] > limits[name]},
        breakdown={name: f"{counts[name]:,}" for name in limits},
    )


def late_arrivals(counts: Mapping[str, int], thresholds: Thresholds) -> CheckResult:
    """Share of calls older than `late_days`, with the histogram of ages."""
    share = percent(counts["late"], counts["calls"])
    return LATE.result(
        passed=share <= thresholds.late_percent,
        figure=f"{counts['late']:,} of {counts['calls']:,} ({share} %) are more than {thresholds.late_days} days old",
        threshold=f"{thresholds.late_percent} %",
        failures={"late calls": counts["late"]},
        breakdown={name: f"{counts[name]:,}" for name, _, _ in AGES},
    )


def time_plausibility(received: Mapping[str, int], wrong: Mapping[str, int], thresholds: Thresholds) -> CheckResult:
    """Share of each source's records that are suspended for their time: its clock or time zone may be wrong.

    Args:
        received: records by source.
        wrong: records by source suspended as future_call or too_old.
        thresholds: the configured thresholds.
    """
    shares = {source: percent(wrong.get(source, 0), count) for source, count in received.items()}
    failed = {source: wrong[source] for source, share in shares.items() if share > thresholds.wrong_time_percent}
    return TIMES.result(
        passed=not failed,
        figure=f"{sum(wrong.values()):,} of {sum(received.values()):,} records are in the future or too old; "
        f"{len(failed)} sources have too many",
        threshold=f"{thresholds.wrong_time_percent} % of a source",
        failures=failed,
        breakdown={source: f"{share} %" for source, share in sorted(shares.items())},
    )
