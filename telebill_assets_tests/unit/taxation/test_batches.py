"""Batches of whole invoices: where they are cut, however the month is cut into tasks."""

from hypothesis import given, settings
from hypothesis import strategies as st

from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.reference.accounts import Accounts
from telebill_assets.tables.reference.products import Products
from telebill_assets.tables.table import from_rows
from telebill_assets.taxation.batches import batches, sent


def lines(counts: dict[str, int]):
    return from_rows(
        [{"account_id": account} for account, count in counts.items() for _ in range(count)], RatedUsage
    ).lazy()


def test_an_invoice_is_never_split_between_batches():
    numbered = batches(lines({"A": 3, "B": 3, "C": 3}), 4)
    assert numbered.select("account_id", "batch").rows() == [("A", 0), ("B", 0), ("C", 1)]


@given(
    counts=st.dictionaries(st.text("ABC", min_size=1, max_size=4), st.integers(1, 9), min_size=1),
    batch_lines=st.integers(1, 12),
    cut=st.integers(0, 20),
)
@settings(deadline=None)
def test_a_part_of_the_month_has_the_batches_of_the_whole(counts, batch_lines, cut):
    in_order = sorted(counts)
    parts = [{account: counts[account] for account in part} for part in (in_order[:cut], in_order[cut:])]
    before = sum(parts[0].values())
    found = [row for part, start in zip(parts, (0, before), strict=True) for row in _rows(part, batch_lines, start)]
    assert found == _rows(counts, batch_lines, 0)


def _rows(counts: dict[str, int], batch_lines: int, lines_before: int):
    return batches(lines(counts), batch_lines, lines_before).rows() if counts else []


def test_pass_through_items_and_lines_of_unknown_products_and_accounts_are_not_sent():
    charges = [
        {"account_id": "A", "line_id": "1", "line_kind": "usage", "product": "p"},
        {"account_id": "A", "line_id": "2", "line_kind": "pass_through", "product": "p"},
        {"account_id": "A", "line_id": "3", "line_kind": "usage", "product": "unknown"},
        {"account_id": "unknown", "line_id": "4", "line_kind": "usage", "product": "p"},
    ]
    accounts, products = from_rows([{"account_id": "A"}], Accounts), from_rows([{"product": "p"}], Products)
    assert sent(from_rows(charges, RatedUsage).lazy(), accounts, products).collect()["line_id"].to_list() == ["1"]
