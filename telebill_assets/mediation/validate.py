"""Validation: what speaks against billing a record, as one ordered list of rules.

The first rule that fires gives the record its outcome. Duplicate records are looked for only among records
that no rule stops, so a good copy is never lost to a bad one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from telebill_assets.tables.types import unix_seconds

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


VERDICT = ("outcome", "reason", "rule", "field", "detail")
"""What a rule says of a record; all null where nothing speaks against it."""


@dataclass(frozen=True)
class ValidationRule:
    """One reason not to bill a record. `fires` is null or false where the rule does not apply."""

    outcome: str
    reason: str
    name: str
    field: str
    expected: str
    fires: pl.Expr


def suspended(reason: str, name: str, field: str, expected: str, fires: pl.Expr) -> ValidationRule:
    """A rule whose records are set aside until somebody mends their cause."""
    return ValidationRule("suspended", reason, name, field, expected, fires)


def non_billable(reason: str, field: str, fires: pl.Expr) -> ValidationRule:
    """A rule whose records are rightly not billed."""
    return ValidationRule("non_billable", reason, reason, field, "", fires)


def missing(field: str, fires: pl.Expr) -> ValidationRule:
    """A rule that a field is there."""
    return suspended("missing_field", f"{field}_present", field, "a value", fires)


def validation_rules(limits: Limits) -> Sequence[ValidationRule]:
    """All rules in the order in which they are asked, over raw_cdr enriched and joined with its file's status."""
    return (*file_rules(), *record_rules(limits.max_call_s), *calendar_rules(limits), *call_rules(), *account_rules())


def file_rules() -> Sequence[ValidationRule]:
    """What the record's file says against it."""
    status = pl.col("file_status")
    return (
        ValidationRule("duplicate", "duplicate_file", "file_is_new", "path", "", status == "duplicate"),
        suspended(
            "held_file", "file_is_not_held", "path", "a name that the source has not used before", status == "held"
        ),
    )


def record_rules(max_call_s: int) -> Sequence[ValidationRule]:
    """What the record itself says against it, whoever sent it."""
    answered = _answered()
    span_s = unix_seconds("end_at") - unix_seconds("answer_at")
    longest = f"at most {max_call_s} seconds, and not longer than from answer to end and than the whole call"
    return (
        suspended("spreadsheet_damage", "undamaged", "", "", pl.col("fault_reason") == "spreadsheet_damage"),
        suspended("malformed", "readable", "", "", pl.col("fault").is_not_null()),
        non_billable("accompanying_row", "leg_kind", pl.col("leg_kind") == "accompanying"),
        non_billable("not_voice", "leg_kind", pl.col("leg_kind") == "not_voice"),
        missing("start_at", pl.col("start_at").is_null()),
        missing("callee", answered & pl.col("callee").is_null()),
        missing("answer_at", answered & pl.col("answer_at").is_null()),
        missing("end_at", answered & pl.col("end_at").is_null()),
        missing("talk_s", answered & pl.col("talk_s").is_null()),
        suspended("negative_duration", "duration_not_negative", "talk_s", "0 or more seconds", pl.col("talk_s") < 0),
        suspended(
            "contradictory",
            "billable_if_answered",
            "disposition",
            "0 seconds, or an answer",
            ~answered & (pl.col("talk_s") > 0),
        ),
        suspended(
            "end_before_start",
            "span_in_order",
            "end_at",
            "start, answer and end in this order",
            (pl.col("end_at") < pl.col("start_at"))
            | (pl.col("answer_at") < pl.col("start_at"))
            | (pl.col("end_at") < pl.col("answer_at")),
        ),
        suspended(
            "absurd_duration",
            "duration_plausible",
            "talk_s",
            longest,
            (pl.col("talk_s") > max_call_s)
            | (answered & (pl.col("talk_s") > span_s + SPAN_TOLERANCE_S))
            | (answered & (pl.col("talk_s") > pl.col("total_s") + SPAN_TOLERANCE_S)),
        ),
    )


def calendar_rules(limits: Limits) -> Sequence[ValidationRule]:
    """What the landing day says against a record."""
    start = pl.col("start_at")
    not_before, before = limits.oldest.isoformat(), limits.day_end.isoformat()
    return (
        suspended(
            "future_call", "not_in_the_future", "start_at", f"before {before}", start >= limits.day_end.astimezone(UTC)
        ),
        suspended(
            "too_old", "not_too_old", "start_at", f"not before {not_before}", start < limits.oldest.astimezone(UTC)
        ),
    )


def call_rules() -> Sequence[ValidationRule]:
    """The rules on calls that nobody pays for, in the order in which they are asked."""
    return (
        non_billable("internal", "direction", pl.col("direction") == "internal"),
        non_billable("unanswered", "disposition", ~_answered()),
    )


def account_rules() -> Sequence[ValidationRule]:
    """What the operator's reference data says against a call."""
    return (
        missing("service_key", pl.col("service_key").is_null()),
        suspended("bad_number", "callee_is_e164", "callee", "a diallable number", pl.col("callee_e164").is_null()),
        suspended(
            "unknown_service",
            "service_is_mapped",
            "service_key",
            "a key of services.csv valid on the call's date",
            pl.col("account_id").is_null(),
        ),
    )


def _answered() -> pl.Expr:
    return (pl.col("disposition") == "answered").fill_null(value=False)


def judge(records: pl.DataFrame, rules: Sequence[ValidationRule]) -> pl.DataFrame:
    """Add outcome, reason, rule, field and detail of the first rule that fires; all null if none does.

    A rule is its position until the texts of all rules are looked up at once.
    """
    first = pl.lit(None, pl.UInt32)
    for position, rule in reversed(list(enumerate(rules))):
        first = pl.when(rule.fires).then(pl.lit(position, pl.UInt32)).otherwise(first)
    fired = records.lazy().select(first.alias("position")).collect().to_series()
    judged = records.with_columns([texts.gather(fired) for texts in _verdicts(rules)])
    unreadable = pl.col("reason").is_in(["malformed", "spreadsheet_damage"])
    return judged.with_columns(
        field=pl.when(unreadable).then("fault_field").otherwise("field"),
        detail=pl.when(unreadable).then("fault").otherwise("detail"),
    )


def _verdicts(rules: Sequence[ValidationRule]) -> pl.DataFrame:
    rows = [(rule.outcome, rule.reason, rule.name, rule.field, f"expected {rule.expected}") for rule in rules]
    return pl.DataFrame(rows, schema=dict.fromkeys(VERDICT, pl.String), orient="row")
