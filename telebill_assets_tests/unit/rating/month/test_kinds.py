"""The registry of charges: what each kind declares is what it does."""

import polars as pl
import pytest

from telebill_assets.invoicing.documents.words import WORDS
from telebill_assets.rating.month.charge_kind import ChargeKind, Given
from telebill_assets.rating.month.charge_lines import as_rated_usage, charge_lines
from telebill_assets.rating.month.kinds import CHARGE_KINDS
from telebill_assets.rating.month.month import Month
from telebill_assets.rating.month.month_usage import grants, month_usage
from telebill_assets.rating.month.usage_lines import calls_by_rate
from telebill_assets.rating.tariff import Tariff
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.line_kinds import KINDS, LINE_KINDS, bears_tax, in_invoice_order, plurals
from telebill_assets.tables.table import from_rows
from telebill_assets_tests.unit.rating.month.months import APRIL, FEE, calls, tariff


def named(kind: ChargeKind) -> str:
    return " and ".join(kind.line_kinds)


def given() -> Given:
    """A month with calls and a fee."""
    rules = tariff(plan_fees=[FEE])
    aggregates = from_rows([calls(1, 1200, "1.20")], DailyAggregates)
    by_rate = calls_by_rate(aggregates)
    usage = month_usage(aggregates, grants(by_rate, rules, Month(APRIL), None), rules)
    return Given(by_rate, usage, rules, Month(APRIL), None, charge_lines(aggregates, rules, APRIL))


def test_every_kind_of_line_is_made_by_one_charge_or_is_an_adjustment():
    made = [name for kind in CHARGE_KINDS for name in kind.line_kinds]
    assert sorted([*made, "adjustment"]) == sorted(LINE_KINDS)


@pytest.mark.parametrize("kind", CHARGE_KINDS, ids=named)
def test_a_kind_needs_no_table_but_those_it_reads(kind):
    month = given()
    own = Tariff({name: month.tariff.tables[name] for name in kind.reads})
    made = as_rated_usage(kind.lines(month._replace(tariff=own)), APRIL)
    assert {*made["line_kind"]} <= {*kind.line_kinds}
    assert kind.declared_in is None or kind.declared_in in kind.reads


@pytest.mark.parametrize("language", WORDS)
def test_every_kind_has_its_words(language):
    assert {f"{what}_{name}" for what in ("kind", "total") for name in LINE_KINDS} <= WORDS[language].keys()


def test_what_the_house_asks_of_kinds():
    found = pl.DataFrame({"kind": LINE_KINDS}).select(
        place=in_invoice_order(pl.col("kind")), tax=bears_tax(pl.col("kind"))
    )
    assert found["place"].to_list() == list(range(len(KINDS)))
    assert dict(zip(LINE_KINDS, found["tax"], strict=True)) == {kind.name: kind.taxed for kind in KINDS}
    assert plurals(("discount", "allowance")) == "allowances and discounts"
    assert plurals(("tier",)) == "calls priced by tiers"
