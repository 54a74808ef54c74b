"""Validation: what speaks against billing a record, as one ordered list of rules.

The first rule that fires gives the record its outcome. Duplicate records are looked for only among records
that no rule stops, so a good copy is never lost to a bad one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

SPAN_TOLERANCE_S = 1
"""Switches truncate or round seconds: a duration may exceed its span by one."""


@dataclass(frozen=True)
class Limits:
    """What counts as future, old and absurd; a landing day ends at midnight of the billing zone."""

    landing_day: date
    billing_zone: str
    max_call_age_days: int
    max_call_s: int

    @property
    def day_begin(self) -> datetime:
        return datetime.combine(self.landing_day, time(), ZoneInfo(self.billing_zone))

    @property
    def day_end(self) -> datetime:
        return datetime.combine(self.landing_day + timedelta(days=1), time(), ZoneInfo(self.billing_zone))

    @property
    def oldest(self) -> datetime:
        return self.day_end - timedelta(days=self.max_call_age_days + 1)


VERDICT = "position int, outcome string, reason string, rule string, verdict_field string, verdict_expected string"


@dataclass(frozen=True)
class ValidationRule:
    """One reason not to bill a record. `fires` is null or false where the rule does not apply."""

    outcome: str
    reason: str
    name: str
    field: str
    expected: str
    fires: Column


def suspended(reason: str, name: str, field: str, expected: str, fires: Column) -> ValidationRule:
    """A rule whose records are set aside until somebody mends their cause."""
    return ValidationRule("suspended", reason, name, field, expected, fires)


def non_billable(reason: str, field: str, fires: Column) -> ValidationRule:
    """A rule whose records are rightly not billed."""
    return ValidationRule("non_billable", reason, reason, field, "", fires)


def missing(field: str, fires: Column) -> ValidationRule:
    """A rule that a field is there."""
    return suspended("missing_field", f"{field}_present", field, "a value", fires)


def validation_rules(limits: Limits) -> Sequence[ValidationRule]:
    """All rules in the order in which they are asked, over raw_cdr enriched and joined with its file's status."""
    return (*file_rules(), *record_rules(limits.max_call_s), *calendar_rules(limits), *call_rules(), *account_rules())


def file_rules() -> Sequence[ValidationRule]:
    """What the record's file says against it."""
    status = F.col("file_status")
    return (
        ValidationRule("duplicate", "duplicate_file", "file_is_new", "path", "", status == "duplicate"),
        suspended(
            "held_file", "file_is_not_held", "path", "a name that the source has not used before", status == "held"
        ),
    )


def record_rules(max_call_s: int) -> Sequence[ValidationRule]:
    """What the record itself says against it, whoever sent it."""
    answered = _answered()
    span_s = F.unix_seconds("end_at") - F.unix_seconds("answer_at")
    longest = f"at most {max_call_s} seconds, and not longer than from answer to end and than the whole call"
    return (
        suspended("spreadsheet_damage", "undamaged", "", "", F.col("fault_reason") == "spreadsheet_damage"),
        suspended("malformed", "readable", "", "", F.col("fault").isNotNull()),
        non_billable("accompanying_row", "leg_kind", F.col("leg_kind") == "accompanying"),
        non_billable("not_voice", "leg_kind", F.col("leg_kind") == "not_voice"),
        missing("start_at", F.col("start_at").isNull()),
        missing("callee", answered & F.col("callee").isNull()),
        missing("answer_at", answered & F.col("answer_at").isNull()),
        missing("end_at", answered & F.col("end_at").isNull()),
        missing("talk_s", answered & F.col("talk_s").isNull()),
        suspended("negative_duration", "duration_not_negative", "talk_s", "0 or more seconds", F.col("talk_s") < 0),
        suspended(
            "contradictory",
            "billable_if_answered",
            "disposition",
            "0 seconds, or an answer",
            ~answered & (F.col("talk_s") > 0),
        ),
        suspended(
            "end_before_start",
            "span_in_order",
            "end_at",
            "start, answer and end in this order",
            (F.col("end_at") < F.col("start_at"))
            | (F.col("answer_at") < F.col("start_at"))
            | (F.col("end_at") < F.col("answer_at")),
        ),
        suspended(
            "absurd_duration",
            "duration_plausible",
            "talk_s",
            longest,
            (F.col("talk_s") > max_call_s)
            | (answered & (F.col("talk_s") > span_s + SPAN_TOLERANCE_S))
            | (answered & (F.col("talk_s") > F.col("total_s") + SPAN_TOLERANCE_S)),
        ),
    )


def calendar_rules(limits: Limits) -> Sequence[ValidationRule]:
    """What the landing day says against a record."""
    start = F.col("start_at")
    not_before, before = limits.oldest.isoformat(), limits.day_end.isoformat()
    return (
        suspended("future_call", "not_in_the_future", "start_at", f"before {before}", start >= F.lit(limits.day_end)),
        suspended("too_old", "not_too_old", "start_at", f"not before {not_before}", start < F.lit(limits.oldest)),
    )


def call_rules() -> Sequence[ValidationRule]:
    """Calls that nobody pays for."""
    return (
        non_billable("internal", "direction", F.col("direction") == "internal"),
        non_billable("unanswered", "disposition", ~_answered()),
    )


def account_rules() -> Sequence[ValidationRule]:
    """What the operator's reference data says against a call."""
    return (
        missing("service_key", F.col("service_key").isNull()),
        suspended("bad_number", "callee_is_e164", "callee", "a diallable number", F.col("callee_e164").isNull()),
        suspended(
            "unknown_service",
            "service_is_mapped",
            "service_key",
            "a key of services.csv valid on the call's date",
            F.col("account_id").isNull(),
        ),
    )


def _answered() -> Column:
    return F.coalesce(F.col("disposition") == "answered", F.lit(False))  # noqa: FBT003


def judge(records: DataFrame, rules: Sequence[ValidationRule]) -> DataFrame:
    """Add outcome, reason, rule, field and detail of the first rule that fires; all null if none does.

    The verdicts are joined by the rule's position, so that the rules are asked once and not once per column.
    """
    rows = [(i, rule.outcome, rule.reason, rule.name, rule.field, rule.expected) for i, rule in enumerate(rules)]
    verdicts = records.sparkSession.createDataFrame(rows, VERDICT)
    position = F.coalesce(*[F.when(rule.fires, F.lit(i)) for i, rule in enumerate(rules)])
    judged = records.withColumn("position", position).join(F.broadcast(verdicts), "position", "left")
    unreadable = F.col("reason").isin("malformed", "spreadsheet_damage")
    expected = F.concat(F.lit("expected "), F.col("verdict_expected"))
    return judged.select(
        *records.columns,
        "outcome",
        "reason",
        "rule",
        F.when(unreadable, F.col("fault_field")).otherwise(F.col("verdict_field")).alias("field"),
        F.when(unreadable, F.col("fault")).otherwise(expected).alias("detail"),
    )
