"""The rules of a reference table as JSON Schema, for editors and for other systems that write the files."""

from collections.abc import Callable, Mapping
from typing import Any

import pyspark.sql.types as T

from telebill_assets.tables.table import TableModel, description, table_name

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TYPES: Mapping[type[T.DataType], dict[str, Any]] = {
    T.StringType: {"type": "string"},
    T.LongType: {"type": "integer"},
    T.IntegerType: {"type": "integer"},
    T.BooleanType: {"type": "boolean"},
    T.DateType: {"type": "string", "format": "date"},
}
CHECKS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "isin": lambda s: {"enum": list(s["allowed_values"])},
    "str_matches": lambda s: {"pattern": str(getattr(s["pattern"], "pattern", s["pattern"]))},
    "greater_than": lambda s: {"exclusiveMinimum": s["min_value"]},
    "greater_than_or_equal_to": lambda s: {"minimum": s["min_value"]},
    "less_than": lambda s: {"exclusiveMaximum": s["max_value"]},
    "less_than_or_equal_to": lambda s: {"maximum": s["max_value"]},
}


def json_schema(model: TableModel) -> dict[str, Any]:
    """One row of a table. Decimals are texts, so that no price becomes a float; empty values are null."""
    columns = model.to_schema().columns
    return {
        "$schema": DIALECT,
        "title": table_name(model),
        "description": description(model),
        "type": "object",
        "properties": {name: _property(column) for name, column in columns.items()},
        "required": [name for name, column in columns.items() if not column.nullable],
        "additionalProperties": False,
    }


def _property(column: Any) -> dict[str, Any]:
    found: dict[str, Any]
    kind = column.dtype.type
    if isinstance(kind, T.DecimalType):  # bounds are for numbers; the pattern knows digits and sign
        whole = kind.precision - kind.scale
        found = {"type": "string", "pattern": rf"^[0-9]{{1,{whole}}}(\.[0-9]{{1,{kind.scale}}})?$"}
    else:
        found = dict(TYPES[type(kind)])
        for check in column.checks:
            found |= CHECKS[str(check.name)](check.statistics or {})
    found = {"description": column.description, **found}
    if column.nullable:
        found["type"] = [found["type"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    return found
