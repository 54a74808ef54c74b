"""Tax coverage: every taxable charge line has a place, a tax code and a decision of the tax engine."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import SAMPLES, Control

COVERAGE = Control("tax_coverage", "Every taxable line has a situs, a tax code and a tax decision", blocking=True)

STATE_COUNTRIES = ("US", "CA")
"""Countries whose taxes are found by state and postal code."""


def tax_coverage(lines: DataFrame, taxed: DataFrame, accounts: DataFrame, products: DataFrame) -> CheckResult:
    """Count taxable lines that lack something.

    Args:
        lines: rated_usage of the month; all kinds but pass_through are taxable.
        taxed: taxed_charges of the month.
        accounts: where a line is taxed.
        products: as what a line is taxed.
    """
    places = accounts.select("account_id", "country", "state", "postal_code")
    codes = products.select("product", "trans_type", "regulatory")
    decisions = taxed.select("line_id", "status", "tax_batch")
    taxable = (
        lines.where("line_kind != 'pass_through'")
        .select("line_id", "account_id", "product")
        .join(F.broadcast(places), "account_id", "left")
        .join(F.broadcast(codes), "product", "left")
        .join(decisions, "line_id", "left")
    )
    by_state = F.col("country").isin(*STATE_COUNTRIES)
    situs = F.col("country").isNotNull() & (
        ~by_state | (F.col("state").isNotNull() & F.coalesce(F.col("postal_code") != "", F.lit(False)))  # noqa: FBT003
    )
    decided = (F.col("status") == "held") | ((F.col("status") == "taxed") & F.col("tax_batch").isNotNull())
    lacking = {
        "situs": ~situs,
        "tax code": F.col("trans_type").isNull() | F.col("regulatory").isNull(),
        "tax decision": ~F.coalesce(decided, F.lit(False)),  # noqa: FBT003
    }
    tagged = taxable.select(
        "line_id",
        F.filter(F.array(*[F.when(c, F.lit(name)) for name, c in lacking.items()]), lambda n: n.isNotNull()).alias(
            "lacks"
        ),
    ).persist()
    try:
        counts = tagged.agg(
            F.count("*").alias("lines"),
            F.count_if(F.size("lacks") > 0).alias("wrong"),
            *[F.count_if(F.array_contains("lacks", name)).alias(name) for name in lacking],
        ).first()
        found = counts.asDict() if counts else dict.fromkeys(("lines", "wrong", *lacking), 0)
        rows = tagged.where("size(lacks) > 0").orderBy("line_id").limit(SAMPLES).collect() if found["wrong"] else []
    finally:
        tagged.unpersist()
    return COVERAGE.result(
        passed=not found["wrong"],
        figure=f"{found['wrong']:,} of {found['lines']:,} taxable lines lack something",
        threshold="0 lines",
        failures={name: found[name] for name in lacking},
        samples=[f"{row['line_id']}: no {', '.join(row['lacks'])}" for row in rows],
    )
