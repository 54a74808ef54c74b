"""The whole graph that Dagster loads, as a snapshot: every change of it is seen in a diff.

After a change that is meant: pytest telebill_assets_tests/integration/orchestration/test_graph.py --snapshot-update
"""

from datetime import date

import pytest

from telebill_assets.definitions import build_definitions
from telebill_assets.settings import Settings


@pytest.fixture(scope="module")
def defs(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("home"), first_day=date(2020, 4, 1), billing_zone="UTC")
    return build_definitions(settings)


@pytest.fixture(scope="module")
def graph(defs):
    return defs.resolve_asset_graph()


def name(key) -> str:
    return key.to_user_string()


def test_assets(graph, snapshot):
    """Of each asset: group, kinds, partitions, and whether it starts by itself."""
    nodes = {name(key): graph.get(key) for key in sorted(graph.get_all_asset_keys())}
    assert {
        asset: {
            "group": node.group_name,
            "kinds": sorted(node.kinds),
            "partitions": str(node.partitions_def),
            "automation": labels(node.automation_condition) if node.automation_condition else None,
        }
        for asset, node in nodes.items()
    } == snapshot


def labels(condition) -> str:
    """An automation condition in one line: the labels of its parts, as the page of the asset shows them."""
    parts = ", ".join(map(labels, condition.children))
    return f"{condition.get_label() or condition.name}({parts})" if parts else condition.get_label() or condition.name


def test_dependencies(graph, snapshot):
    """Of each asset: the assets that it depends on, and which partitions of them."""
    assert {
        name(key): {name(parent): mapping_of(graph, key, parent) for parent in sorted(graph.get(key).parent_keys)}
        for key in sorted(graph.get_all_asset_keys())
        if graph.get(key).parent_keys
    } == snapshot


def mapping_of(graph, key, parent) -> str:
    mapping = type(graph.get_partition_mapping(key, parent)).__name__
    return f"{mapping} of {graph.get(parent).partitions_def}"


def test_checks(graph, snapshot):
    """Of each asset: its checks, and whether they block."""
    found = {}
    for key in sorted(graph.asset_check_keys, key=lambda each: (name(each.asset_key), each.name)):
        verdict = "blocks" if graph.get_check_spec(key).blocking else "warns"
        found.setdefault(name(key.asset_key), {})[key.name] = verdict
    assert found == snapshot


def test_jobs(defs, snapshot):
    """Of each job: its partitions and its assets."""
    jobs = [job for job in defs.get_repository_def().get_all_jobs() if not job.name.startswith("__")]
    assert {
        job.name: {
            "partitions": str(job.partitions_def),
            "assets": sorted(map(name, job.asset_layer.executable_asset_keys)),
        }
        for job in jobs
    } == snapshot


def test_schedules_and_sensors(defs, snapshot):
    """When each schedule runs which job, and which assets each sensor watches."""
    repository = defs.get_repository_def()
    schedules = {
        each.name: f"{each.cron_schedule} {each.execution_timezone}: {each.job_name}, {each.default_status.value}"
        for each in repository.schedule_defs
    }
    sensors = {each.name: f"{each.asset_selection}, {each.default_status.value}" for each in repository.sensor_defs}
    assert {"schedules": schedules, "sensors": sensors} == snapshot
