"""What a tariff would have earned on the real usage of a month, against amounts worked out by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.lake.lake import Lake
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.rating.tariff import Tariff
from telebill_assets.reference.load import load
from telebill_assets.settings import Settings
from telebill_assets.tables.table import from_rows
from telebill_assets.tables.validated_usage import ValidatedUsage
from telebill_assets.tariffs.traffic import NoTrafficError, revenue_effect

DAY = date(2020, 4, 1)


@pytest.fixture
def folders(tmp_path):
    """The demo operator, and the same with dearer UK mobiles for us-minute and no France."""
    for name in ("old", "new"):
        write_reference_files(tmp_path / name)
    path = tmp_path / "new" / "rates.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("us-minute,france,")]
    dearer = [
        line.replace(",0.0390,", ",0.0590,") if line.startswith("us-minute,uk-mobile,") else line for line in kept
    ]
    path.write_text("\n".join(dearer) + "\n", encoding="utf-8")
    return tmp_path / "old", tmp_path / "new"


def call(line: int, account: str, callee: str, talk_s: int) -> dict[str, Any]:
    return {
        "landing_day": DAY,
        "record_key": f"k{line}",
        "path": "s/1.csv",
        "file_id": "0",
        "line": line,
        "source": "s",
        "account_id": account,
        "service_id": f"{account}-1",
        "direction": "outbound",
        "caller": "+13125550100",
        "callee": callee,
        "start_at": datetime(2020, 4, 1, 12, tzinfo=UTC),
        "answer_at": datetime(2020, 4, 1, 12, tzinfo=UTC),
        "end_at": datetime(2020, 4, 1, 13, tzinfo=UTC),
        "local_start": datetime(2020, 4, 1, 7),
        "call_date": DAY,
        "talk_s": talk_s,
        "jurisdiction": "international",
        "usage_type": "voice",
        "units": 1,
    }


@pytest.fixture
def lake(tmp_path):
    return Lake.open(Settings(home=tmp_path / "home"))


def publish(lake: Lake, *rows: dict[str, Any]) -> None:
    staged = lake.stage_frame(from_rows(rows, ValidatedUsage), ValidatedUsage, "run", landing_day=DAY)
    lake.publish(staged, "1.0")


def test_the_effect_on_the_usage_of_a_month(lake, folders):
    """US-1001 pays us-minute: 60/60, four decimals. 61 s to a UK mobile are two minutes: 0.0780, then 0.1180."""
    old, new = (Tariff.build(load(folder, LAYOUTS).tables) for folder in folders)
    (plan,) = [row["plan_id"] for row in old.tables["subscriptions"].to_pylist() if row["account_id"] == "US-1001"]
    assert plan == "us-minute"
    publish(
        lake,
        call(1, "US-1001", "+447700900100", 61),
        call(2, "US-1001", "+447700900101", 60),
        call(3, "US-1001", "+33199001000", 60),
        call(4, "US-1001", "+493012345678", 60),
    )
    effect = revenue_effect(lake, DAY, old, new, most=10)
    (total,) = effect.totals
    assert (total["currency"], total["calls_before"], total["calls_after"]) == ("USD", 4, 4)
    # before: 2 x 0.0390 + 0.0390 + 0.0185 (France) + 0.0170 (Germany); after: 3 x 0.0590 + 0 + 0.0170
    assert (total["charge_before"], total["charge_after"]) == (Decimal("0.1525"), Decimal("0.1940"))
    assert total["difference"] == Decimal("0.0415")
    assert [(row["account_id"], row["difference"]) for row in effect.by_account] == [("US-1001", Decimal("0.0415"))]
    assert [(row["destination"], row["difference"]) for row in effect.by_destination] == [
        ("uk-mobile", Decimal("0.0600")),
        ("france", Decimal("-0.0185")),
    ]
    assert [tuple(row.values()) for row in effect.unpriced] == [("no_rate", "france", 0, 1, 60)]


def test_a_month_without_usage_is_refused(lake, folders):
    tariff = Tariff.build(load(folders[0], LAYOUTS).tables)
    with pytest.raises(NoTrafficError, match="no published landing day of 2020-04"):
        revenue_effect(lake, DAY, tariff, tariff, most=10)
