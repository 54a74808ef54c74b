"""The rules of a reference table as JSON Schema, for editors and for other systems that write the files.

Pandera's own `to_json_schema` knows the types of a model and nothing of its checks, so the columns are walked here;
what a check is in JSON Schema stands beside how it reads for people, in `tables.checks`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from pandera.api.checks import Check

from telebill_assets.tables.checks import column_checks, json_keywords
from telebill_assets.tables.table import (
    TableModel,
    column_descriptions,
    description,
    nullable_columns,
    polars_schema,
    table_name,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TYPES: Mapping[Any, dict[str, Any]] = {
    pl.String: {"type": "string"},
    pl.Int64: {"type": "integer"},
    pl.Int32: {"type": "integer"},
    pl.Boolean: {"type": "boolean"},
    pl.Date: {"type": "string", "format": "date"},
}


def json_schema(model: TableModel) -> dict[str, Any]:
    """One row of a table. Decimals are texts, so that no price becomes a float; empty values are null."""
    types, optional = polars_schema(model), nullable_columns(model)
    meanings, checks = column_descriptions(model), column_checks(model)
    return {
        "$schema": DIALECT,
        "title": table_name(model),
        "description": description(model),
        "type": "object",
        "properties": {
            name: {"description": meanings[name]} | _values(kind, checks[name], optional=name in optional)
            for name, kind in types.items()
        },
        "required": [name for name in types if name not in optional],
        "additionalProperties": False,
    }


def _values(kind: pl.DataType, checks: Sequence[Check], *, optional: bool) -> dict[str, Any]:
    """What a column may hold, as JSON Schema says it."""
    if isinstance(kind, pl.Decimal):  # bounds are for numbers; the pattern knows digits and sign
        whole = (kind.precision or 0) - kind.scale
        found: dict[str, Any] = {"type": "string", "pattern": rf"^[0-9]{{1,{whole}}}(\.[0-9]{{1,{kind.scale}}})?$"}
    else:
        found = dict(TYPES[type(kind)])
        for check in checks:
            found |= json_keywords(check)
    if optional:
        found["type"] = [found["type"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    return found
