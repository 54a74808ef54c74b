"""Measuring a table: every rule's failures counted in one pass, or for nothing while the table is written."""

from collections.abc import Mapping, Sequence
from typing import Any

from pyspark.sql import Column, DataFrame, Observation
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.rules import Rule, rules
from telebill_assets.tables.table import TableModel, table_name, unique_columns

ROWS = "rows"
Counts = Mapping[str, Any]
"""Failures by rule, the number of rows, and what else was counted."""


class Measurement:
    """The counts of a frame that is observed while it is written."""

    def __init__(self, model: TableModel, observation: Observation) -> None:
        self._model = model
        self._observation = observation

    @property
    def counts(self) -> Counts:
        """Failures by rule, and rows; waits for the write to finish."""
        return dict(self._observation.get)

    @property
    def rows(self) -> int:
        """Rows observed."""
        return int(self.counts[ROWS])

    def results(self) -> list[CheckResult]:
        """The verdicts, after the write."""
        return verdicts(self._model, self.counts)


def observe(
    frame: DataFrame, model: TableModel, also: Mapping[str, Column] | None = None
) -> tuple[DataFrame, Measurement]:
    """Count the failures of every rule while the returned frame is evaluated, without another Spark job.

    `also` are further aggregates to be counted, by a name that is no rule's.
    """
    observation = Observation()
    further = [column.alias(name) for name, column in (also or {}).items()]
    return frame.observe(observation, *count_columns(model), *further), Measurement(model, observation)


def measure(frame: DataFrame, model: TableModel) -> list[CheckResult]:
    """The same verdicts by one aggregation over a frame."""
    row = frame.agg(*count_columns(model)).first()
    return verdicts(model, row.asDict() if row else {})


def failing(frame: DataFrame, model: TableModel) -> DataFrame:
    """Rows that fail, with the names of the rules in `failed_rules`; rules about the whole table have no rows."""
    names = [F.when(~rule.passes(), F.lit(rule.name)) for rule in rules(model) if rule.passes]
    tagged = frame.withColumn("failed_rules", F.filter(F.array(*names), lambda name: name.isNotNull()))
    return tagged.where(F.size("failed_rules") > 0)


def check_names(model: TableModel) -> list[tuple[str, str, bool]]:
    """Name, description and blocking of the checks a table's measurement yields."""
    table, unique = table_name(model), unique_columns(model)
    names = [(f"{table}_rules", f"Every row of {table} obeys every rule of its model", True)]
    if any(not rule.blocking for rule in rules(model)):
        names.append((f"{table}_warnings", f"Rows of {table} that are unusual but valid", False))
    if unique:
        names.append((f"{table}_unique", f"No two rows of {table} share {', '.join(unique)}", True))
    return names


def count_columns(model: TableModel) -> list[Column]:
    """Aggregates that count the rows and the failures of every rule."""
    return [F.count(F.lit(1)).alias(ROWS), *[rule.failures().alias(rule.name) for rule in rules(model)]]


def verdicts(
    model: TableModel, counts: Counts, samples: Mapping[str, Sequence[str]] | None = None
) -> list[CheckResult]:
    """The checks of a table's rules: those that block, then those that warn, if there are any.

    Args:
        model: the table.
        counts: failures by rule, and rows.
        samples: masked keys of failing rows by rule.
    """
    by_name = {name: (description, blocking) for name, description, blocking in check_names(model)}
    blocking = [rule for rule in rules(model) if rule.blocking]
    warnings = [rule for rule in rules(model) if not rule.blocking]
    table = table_name(model)
    results = [_verdict(f"{table}_rules", by_name, blocking, counts, samples or {})]
    if warnings:
        results.append(_verdict(f"{table}_warnings", by_name, warnings, counts, samples or {}))
    return results


def _verdict(
    name: str,
    declared: Mapping[str, tuple[str, bool]],
    asked: Sequence[Rule],
    counts: Counts,
    samples: Mapping[str, Sequence[str]],
) -> CheckResult:
    description, blocking = declared[name]
    failures = {rule.name: int(counts[rule.name]) for rule in asked if counts[rule.name]}
    return CheckResult(
        name=name,
        description=description,
        passed=not failures,
        blocking=blocking,
        figure=f"{sum(failures.values()):,} failures of {len(asked)} rules in {counts[ROWS]:,} rows",
        failures=failures,
        samples=[f"{rule}: {key}" for rule in failures for key in samples.get(rule, ())],
    )
