"""Which priced calls are kept one by one for call detail."""

from datetime import datetime

import polars as pl

from telebill_assets.rating.call.itemised_calls import itemised_calls, itemising_accounts
from telebill_assets.tables.priced_calls import PricedCalls
from telebill_assets_tests.unit.rating.call.test_aggregates import call, frame

LOCAL = pl.lit(datetime(2020, 4, 3, 8)).alias("local_start")


def test_accounts_without_call_detail_itemise_nothing():
    accounts = pl.DataFrame({"account_id": ["A-1", "A-2", "A-3"], "call_detail": ["full", "none", "masked"]})
    assert itemising_accounts(accounts).to_list() == ["A-1", "A-3"]


def test_priced_calls_of_itemising_accounts_are_kept_as_they_are():
    other, unpriced = call(line=2, account_id="A-2"), call(line=3, charge=None)
    priced = frame(call(line=1, charge="0.0125"), other, unpriced).with_columns(LOCAL)
    kept = itemised_calls(priced, pl.Series(["A-1"]))
    PricedCalls.validate(kept, lazy=True)
    assert kept["line"].to_list() == [1]
    assert kept.select("account_id", "billed_s", "band").row(0) == ("A-1", 60, "any")
    assert str(kept["charge"][0]) == "0.0125000000"


def test_without_such_accounts_there_are_none():
    priced = frame(call()).with_columns(LOCAL)
    assert itemised_calls(priced, pl.Series(dtype=pl.String)).is_empty()
