"""Rules that set aside the records that break them, instead of holding back everybody's partition.

A table's model says which rules do: `pa.Field(metadata=SUSPEND)` for all rules of a column, and
`row_rule(..., suspend=True)`. The stage asks `first_broken` before it writes, so what it writes obeys the rules, and
the records that do not go to suspended_usage with the rule's name. The rules stay blocking: should a row
break one nevertheless, the partition is held.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.rules import Rule, rules
from telebill_assets.tables.table import TableModel, table_name

BROKEN_RULE = "broken_rule"
"""The reason of records that a table's own rule set aside."""


def suspending_rules(model: TableModel) -> tuple[Rule, ...]:
    """Rules of a table that suspend."""
    return tuple(rule for rule in rules(model) if rule.suspends and rule.passes)


def first_broken(model: TableModel) -> Column:
    """Position among `suspending_rules` of the first one that a row breaks; null if it obeys them all.

    The row must have the columns of the model that the rules are about.
    """
    broken = [F.when(~rule.passes(), F.lit(i)) for i, rule in enumerate(suspending_rules(model)) if rule.passes]
    return F.coalesce(*broken, F.lit(None).cast("int"))


def suspend_broken(judged: DataFrame, model: TableModel) -> DataFrame:
    """Give records that were to be accepted, and would break a suspending rule, the outcome `suspended`.

    Args:
        judged: records with outcome, reason, rule, field and detail, all null where nothing speaks against a record;
            and with the columns of `model` that its suspending rules are about.
        model: the table that the accepted records will be written to.

    Returns:
        The same records; those that break a rule have reason `broken_rule`, the rule as <table>.<rule>, and its
        description as detail.
    """
    asked = suspending_rules(model)
    if not asked:
        return judged
    position = F.when(F.col("outcome").isNull(), first_broken(model))
    broken = F.col("broken").isNotNull()
    found = {
        "outcome": F.lit("suspended"),
        "reason": F.lit(BROKEN_RULE),
        "rule": F.element_at(F.array(*[F.lit(f"{table_name(model)}.{rule.name}") for rule in asked]), _one_based()),
        "field": F.element_at(F.array(*[F.lit(rule.column).cast("string") for rule in asked]), _one_based()),
        "detail": F.element_at(F.array(*[F.lit(f"expected {rule.description}") for rule in asked]), _one_based()),
    }
    tagged = judged.withColumn("broken", position)
    columns = [
        F.when(broken, found[name]).otherwise(F.col(name)).alias(name) if name in found else F.col(name)
        for name in judged.columns
    ]
    return tagged.select(*columns)


def _one_based() -> Column:
    return F.coalesce(F.col("broken"), F.lit(0)) + 1
