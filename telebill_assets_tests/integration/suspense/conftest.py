"""A lake with some suspense: who landed when, and why it could not be billed."""

from collections.abc import Callable
from datetime import date
from itertools import groupby
from typing import Any

import pytest

from telebill_assets.lake.lake import Lake
from telebill_assets.settings import Settings
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets_tests.support.published import publish as put

RAW = '"",+15125550100,"=cmd",2020-04-01 10:00:00'


def april(day: int) -> date:
    return date(2020, 4, day)


def record(day: date, line: int, reason: str = "bad_number", **more: Any) -> dict[str, Any]:
    source = more.pop("source", "pbx")
    stage = "daily_aggregates" if reason in {"no_rate", "no_plan"} else "validated_usage"
    known = {"landing_day": day, "stage": stage, "reason": reason, "rule": reason, "line": line, "source": source}
    return known | {"path": f"{source}/{day}/a.csv", "file_id": "0" * 64, "raw": RAW, "talk_s": 10} | more


def file(day: date, name: str, status: str, reason: str | None, source: str = "pbx") -> dict[str, Any]:
    place = {"landing_day": day, "path": f"{source}/{day}/{name}", "source": source, "file_id": name[0] * 64}
    return place | {"bytes": 9, "records": 0, "status": status, "reason": reason}


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path)


@pytest.fixture
def lake(settings):
    return Lake.open(settings)


@pytest.fixture
def suspend(lake) -> Callable[..., None]:
    """Publish suspended records, each in its partition."""

    def publish(*rows: dict[str, Any]) -> None:
        def key(row: dict[str, Any]) -> tuple[date, str]:
            return row["landing_day"], row["stage"]

        for (day, stage), members in groupby(sorted(rows, key=key), key):
            put(lake, SuspendedUsage, *members, landing_day=day, stage=stage)

    return publish


@pytest.fixture
def suspense(lake, suspend):
    """Seven records and three files on three days, of which the last is 28 April."""
    suspend(
        record(april(1), 1, talk_s=60),
        record(april(1), 2, talk_s=-5),
        record(april(1), 3, "no_rate", source="sbc", record_key="sbc:1", start_at=None),
        record(april(25), 4, "no_rate", talk_s=None),
        record(april(25), 5, "unknown_service", source="sbc"),
        record(april(28), 6, "unknown_service", talk_s=1),
        record(april(28), 7, "malformed", field="start_at", detail="a time"),
    )
    put(lake, FileRegister, file(april(1), "good.csv", "landed", None), landing_day=april(1))
    bad = [
        file(april(25), "cut.csv.gz", "suspended", "truncated_file"),
        file(april(25), "b.csv", "held", "same_name", "sbc"),
        file(april(25), "again.csv", "duplicate", None),
    ]
    put(lake, FileRegister, *bad, landing_day=april(25))
    return lake
