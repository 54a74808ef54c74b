"""Tax coverage: every taxable charge line has a place, a tax code and a decision of the tax engine."""

import polars as pl

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.controls.control import Control
from telebill_assets.audit.tally import Tally, first
from telebill_assets.tables.line_kinds import bears_tax

COVERAGE = Control("tax_coverage", "Every taxable line has a situs, a tax code and a tax decision", blocking=True)

STATE_COUNTRIES = ("US", "CA")
"""Countries whose taxes are found by state and postal code."""
SITUS, CODE, DECISION = "situs", "tax code", "tax decision"


def lacking(lines: pl.DataFrame, taxed: pl.DataFrame, accounts: pl.DataFrame, products: pl.DataFrame) -> Tally:
    """Count taxable lines, and those that lack something.

    Args:
        lines: rated_usage of the month, of whole accounts; all kinds but pass_through are taxable.
        taxed: taxed_charges of the month, of the same accounts.
        accounts: where a line is taxed.
        products: as what a line is taxed.
    """
    taxable = (
        lines.filter(bears_tax(pl.col("line_kind")))
        .select("line_id", "account_id", "product")
        .join(accounts.select("account_id", "country", "state", "postal_code"), on="account_id", how="left")
        .join(products.select("product", "trans_type", "regulatory"), on="product", how="left")
        .join(taxed.select("line_id", "status", "tax_batch"), on="line_id", how="left")
    )
    has = {SITUS: _situs(), CODE: _code(), DECISION: _decision()}
    lacks = taxable.select("line_id", *((~holds.fill_null(value=False)).alias(name) for name, holds in has.items()))
    wrong = lacks.filter(pl.any_horizontal(*has))
    names = pl.concat_str([pl.when(name).then(pl.lit(name)) for name in has], separator=", ", ignore_nulls=True)
    return Tally(
        {"lines": lacks.height, "wrong": wrong.height} | {name: int(lacks[name].sum()) for name in has},
        first(wrong.select(pl.col("line_id") + pl.lit(": no ") + names).to_series()),
    )


def tax_coverage(found: Tally) -> CheckResult:
    """The verdict on the lines of the whole month."""
    wrong = found.of("wrong")
    return COVERAGE.result(
        passed=not wrong,
        figure=f"{wrong:,} of {found.of('lines'):,} taxable lines lack something",
        threshold="0 lines",
        failures={name: found.of(name) for name in (SITUS, CODE, DECISION)},
        samples=found.samples,
    )


def _situs() -> pl.Expr:
    by_state = pl.col("country").is_in(list(STATE_COUNTRIES))
    return ~by_state | (pl.col("state").is_not_null() & (pl.col("postal_code") != ""))


def _code() -> pl.Expr:
    return pl.col("trans_type").is_not_null() & pl.col("regulatory").is_not_null()


def _decision() -> pl.Expr:
    return (pl.col("status") == "held") | ((pl.col("status") == "taxed") & pl.col("tax_batch").is_not_null())
