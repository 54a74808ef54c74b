"""Plausibility of calls: durations, times and how late they arrive; tasks count it where they write the calls."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import Control, percent
from telebill_assets.audit.controls.thresholds import Thresholds
from telebill_assets.tables.types import unix_seconds

DURATIONS = Control(
    "duration_plausibility", "Few calls are very long, empty, or longer than their span", blocking=False
)
TIMES = Control("time_plausibility", "No source sends many records from the future or the distant past", blocking=False)
LATE = Control("late_arrivals", "Calls arrive soon after they were made", blocking=False)

AGES = (("0 days", 0, 0), ("1 day", 1, 1), ("2 to 7 days", 2, 7), ("8 to 30 days", 8, 30), ("over 30 days", 31, None))
WRONG_TIME_REASONS = ("future_call", "too_old")


def call_counts(calls: pl.DataFrame, day: date, thresholds: Thresholds) -> dict[str, int]:
    """What the controls ask, counted over validated_usage of one landing day, or over a part of it."""
    age = (pl.lit(day) - pl.col("call_date")).dt.total_days()
    span = unix_seconds("end_at") - unix_seconds("answer_at")
    counted = {
        "long": pl.col("talk_s") >= thresholds.long_call_s,
        "empty": (pl.col("talk_s") == 0) & (pl.col("usage_type") != "sms"),
        "beyond": pl.col("talk_s") > span + 1,
        "late": age > thresholds.late_days,
        **{name: _between(age, low, high) for name, low, high in AGES},
    }
    sums = [which.sum().alias(name) for name, which in counted.items()]
    return calls.select(pl.len().alias("calls"), *sums).row(0, named=True)


def add_counts(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The counts of several parts of a day as one."""
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return dict(total)


def time_counts(ledger: pl.DataFrame) -> tuple[dict[str, int], dict[str, int]]:
    """Records by source, and those of a wrong time by source, from the ledger of validated_usage."""
    wrong_time = pl.when(pl.col("reason").is_in(list(WRONG_TIME_REASONS))).then("records")
    by_source = ledger.group_by("source").agg(pl.col("records").sum(), wrong_time.sum().alias("wrong")).sort("source")
    rows = by_source.rows()
    return {source: records for source, records, _ in rows}, {source: wrong for source, _, wrong in rows if wrong}


def _between(age: pl.Expr, low: int, high: int | None) -> pl.Expr:
    at_least = age >= low if low else age.is_not_null()  # a zone ahead of the operator's has tomorrow's calls
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
