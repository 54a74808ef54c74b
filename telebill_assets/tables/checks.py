"""The checks that the models declare: which there are, and how each one reads for people and in JSON Schema.

Pandera evaluates the checks. Here is only how they are worded, once for findings, audit and published schemas.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pandera.api.checks import Check

from telebill_assets.tables.table import TableModel

PRESENT = "a value"
"""What is expected of a column that may not be null."""


class Wording(NamedTuple):
    """How one parameter of a check reads."""

    expected: str
    keyword: str | None
    """Keyword of JSON Schema with the same meaning, if there is one."""


WORDINGS: Mapping[tuple[str, str], Wording] = {
    ("isin", "allowed_values"): Wording("one of {}", "enum"),
    ("str_matches", "pattern"): Wording("a text that matches {}", "pattern"),
    ("str_length", "min_value"): Wording("a text of {} characters or more", "minLength"),
    ("str_length", "max_value"): Wording("a text of {} characters or less", "maxLength"),
    ("greater_than", "min_value"): Wording("more than {}", "exclusiveMinimum"),
    ("greater_than_or_equal_to", "min_value"): Wording("{} or more", "minimum"),
    ("less_than", "max_value"): Wording("less than {}", "exclusiveMaximum"),
    ("less_than_or_equal_to", "max_value"): Wording("{} or less", "maximum"),
    ("known_currency", "decimals"): Wording("the ISO 4217 code of a currency with {} decimals", None),
}
"""The wording of every parameter of the checks in use, by check and parameter."""


def column_checks(model: TableModel) -> dict[str, list[Check]]:
    """The checks of each column, by its name; that a column may not be null is no check of its own."""
    return {name: list(column.checks) for name, column in model.to_schema().columns.items()}


def row_checks(model: TableModel) -> list[Check]:
    """The checks over several columns of one row."""
    return list(model.to_schema().checks)


def expected(check: Check) -> str:
    """What a value must be, such as `more than 0` or `one of voice, sms`."""
    worded = [wording.expected.format(_shown(value)) for wording, value in _parameters(check)]
    return " and ".join(worded) or str(check.description or check.error or check.name)


def json_keywords(check: Check) -> dict[str, Any]:
    """The check in JSON Schema, such as `{"exclusiveMinimum": 0}`."""
    return {wording.keyword: _plain(value) for wording, value in _parameters(check) if wording.keyword}


def expected_of_row(check: Check, texts: Mapping[str, str]) -> tuple[str, str]:
    """The column to look at in a row that breaks a row check, and what is expected there.

    Args:
        check: made by `row_check`.
        texts: the row's values as people read them.
    """
    statistics = check.statistics or {}
    wanted = statistics.get("expected") or str(check.description)
    return statistics.get("column") or str(check.name), wanted.format_map(texts)


def _parameters(check: Check) -> list[tuple[Wording, Any]]:
    """The check's parameters that are set, with their wording."""
    known = ((WORDINGS.get((str(check.name), name)), value) for name, value in (check.statistics or {}).items())
    return [(wording, value) for wording, value in known if wording and value is not None]


def _plain(value: Any) -> Any:
    if isinstance(value, (tuple, set, frozenset)):
        return list(value)
    return getattr(value, "pattern", value)


def _shown(value: Any) -> str:
    plain = _plain(value)
    return ", ".join(map(str, plain)) if isinstance(plain, list) else str(plain)
