"""What Dagster loads: the asset graph, its checks, and when a month may start."""

import dagster as dg
import pytest

from telebill_assets.assets.month_guard import unready_days
from telebill_assets.definitions import build_definitions

ROAD = {
    "raw_cdr": {"sources"},
    "validated_usage": {"raw_cdr", "sources", "services", "accounts"},
    "daily_aggregates": {
        *("validated_usage", "accounts", "plans", "plan_decks", "plan_bands", "subscriptions"),
        *("destinations", "rates"),
    },
    "rated_usage": {
        *("daily_aggregates", "plan_allowances", "plan_tiers", "plan_fees", "plan_discounts", "plan_minimums"),
        *("subscriptions", "charges", "products"),
    },
    "taxed_charges": {"rated_usage", "accounts", "products"},
    "invoices": {"rated_usage", "taxed_charges", "accounts", "sellers"},
    "invoice_documents": {"invoices", "rated_usage", "daily_aggregates"},
    "close_report": {"invoices", "invoice_documents"},
}


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    from telebill_assets.settings import Settings

    return build_definitions(Settings(home=tmp_path_factory.mktemp("home"))).resolve_asset_graph()


def test_the_road_has_its_assets_in_order(graph):
    found = {
        key.to_user_string(): {dep.to_user_string() for dep in graph.get(key).parent_keys}
        for key in graph.get_all_asset_keys()
    }
    assert {name: found[name] for name in ROAD} == ROAD


def test_every_asset_is_described_and_owned(graph):
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.description, key
        assert node.owners == ["team:billing"], key
        assert node.kinds, key


def test_tables_show_their_columns_with_descriptions(graph):
    columns = graph.get(dg.AssetKey("validated_usage")).metadata["dagster/column_schema"].columns
    jurisdiction = next(column for column in columns if column.name == "jurisdiction")
    assert "both numbers" in jurisdiction.description


def test_blocking_checks_are_declared_for_every_stage(graph):
    names = {check.name for check in graph.get_check_keys_for_assets({dg.AssetKey("validated_usage")})}
    assert {"records_balance", "every_outcome_written", "validated_usage_rules", "validated_usage_unique"} <= names


def report_day(instance, day, *, passed=True):
    key = dg.AssetKey("daily_aggregates")
    instance.report_runless_asset_event(dg.AssetMaterialization(key, partition=day))
    instance.report_runless_asset_event(
        dg.AssetCheckEvaluation(asset_key=key, check_name="calls_balance", passed=passed, partition=day, blocking=True)
    )


def test_a_month_waits_for_missing_days_and_for_days_whose_check_failed():
    days = ["2020-04-01", "2020-04-02", "2020-04-03"]
    with dg.DagsterInstance.ephemeral() as instance:
        report_day(instance, "2020-04-01")
        report_day(instance, "2020-04-02", passed=False)
        assert unready_days(instance, days) == {
            "2020-04-02": "check calls_balance failed",
            "2020-04-03": "missing",
        }


def test_a_month_of_good_days_may_start():
    days = ["2020-04-01", "2020-04-02"]
    with dg.DagsterInstance.ephemeral() as instance:
        for day in days:
            report_day(instance, day)
        assert unready_days(instance, days) == {}
