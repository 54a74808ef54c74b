"""The verdicts of Pandera and of the compiled rules on the same frame, in the same words."""

import warnings

from pandera.config import ValidationDepth, config_context
from pyspark.sql import DataFrame

from telebill_assets.audit.examine import examine
from telebill_assets.audit.rules import schema_check
from telebill_assets.tables.table import TableModel, table_name

SCHEMA, UNIQUE = "schema", "unique"


def by_pandera(frame: DataFrame, model: TableModel) -> set[str]:
    """Names of the rules that Pandera's own validation on Spark finds broken; warnings count."""
    with (
        config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA),
        warnings.catch_warnings(record=True) as warned,
    ):
        warnings.simplefilter("always")
        errors = model.validate(frame).pandera.errors
    found = {_name(failure, kind, model) for part in errors.values() for kind, each in part.items() for failure in each}
    return found | {rule for warning in warned if (rule := _warned(str(warning.message)))}


def by_rules(frame: DataFrame, model: TableModel) -> set[str]:
    """Names of the compiled rules that are broken."""
    schema = set() if schema_check(frame, model).passed else {SCHEMA}
    if schema:
        return schema
    unique = f"{table_name(model)}_unique"
    return {UNIQUE if check.name == unique else rule for check in examine(frame, model) for rule in check.failures}


def _name(failure: dict[str, str], kind: str, model: TableModel) -> str:
    if kind in {"WRONG_DATATYPE", "COLUMN_NOT_IN_SCHEMA", "COLUMN_NOT_IN_DATAFRAME"}:
        return SCHEMA
    if kind == "DUPLICATES":
        return UNIQUE
    if kind == "SERIES_CONTAINS_NULLS":
        return f"{failure['column']}.not_null"
    name = str(failure["check"]).split("(")[0]
    return name if failure["column"] in {table_name(model), model.__name__} else f"{failure['column']}.{name}"


def _warned(message: str) -> str:
    """Pandera warns in a sentence: <Schema Column(name=a, ...)> failed validation in_range(1, 2)."""
    if "failed validation" not in message:
        return ""
    column = message.split("name=")[1].split(",", maxsplit=1)[0]
    return f"{column}.{message.rsplit('failed validation ', 1)[1].split('(', maxsplit=1)[0]}"
