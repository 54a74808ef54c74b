"""What an analyst sees in Dagster's UI, in a real browser."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from telebill_assets.compute.days import days_of_month
from telebill_assets.demo.commands import MONTH
from telebill_assets_tests.end_to_end.conftest import DAYS_WITH_CALLS
from telebill_assets_tests.support.ports import LOOPBACK, free_port, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.browser]

REPOSITORY = Path(__file__).parents[2]
PATIENCE_MS = 60_000
ROAD = ("raw_cdr", "validated_usage", "daily_aggregates", "rated_usage", "taxed_charges", "invoices")


@pytest.fixture(scope="module")
def ui(road) -> Iterator[str]:
    """URL of Dagster's UI on the instance of the month that has run."""
    port, home = free_port(), road.settings.home
    environment = {**os.environ, "TELEBILL_HOME": str(home), "DAGSTER_HOME": str(home / "dagster")}
    command = [Path(sys.executable).with_name("dagster-webserver"), "-w", "workspace.yaml", "-h", LOOPBACK]
    with (home / "webserver.log").open("w") as log:
        server = subprocess.Popen(
            [*command, "-p", str(port)], cwd=REPOSITORY, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            wait_for(port)
            yield f"http://{LOOPBACK}:{port}"
        finally:
            server.terminate()
            server.wait(30)


@pytest.fixture(scope="module")
def page():
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI must have chromium")
        pytest.skip("chromium is not installed; deploy/find-chromium.sh says how")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 2600, "height": 1200})
        opened.set_default_timeout(PATIENCE_MS)
        yield opened
        browser.close()


def test_the_asset_graph_shows_the_road(ui, page):
    page.goto(f"{ui}/asset-groups?expanded=global@global:daily,global@global:monthly")
    for asset in ROAD:
        page.get_by_text(asset, exact=True).first.wait_for()


def test_a_partition_of_validated_usage_shows_its_checks_with_counts(ui, page):
    day = DAYS_WITH_CALLS[0].isoformat()
    page.goto(f"{ui}/assets/validated_usage?view=partitions&partition={day}")
    page.get_by_text("records_balance", exact=True).first.wait_for()
    page.get_by_text("records: received").first.wait_for()
    page.get_by_text("0 duplicates in").first.wait_for()
    page.goto(f"{ui}/assets/validated_usage?view=checks&checkDetail=records_balance")
    page.get_by_text("Every record received has exactly one outcome").first.wait_for()
    page.get_by_text("records: received").first.wait_for()
    last = (days_of_month(MONTH)[-1], DAYS_WITH_CALLS[-1])  # the latter if test_month has run its day again
    page.get_by_text(re.compile("|".join(day.isoformat() for day in last))).first.wait_for()


def test_columns_are_described(ui, page):
    page.goto(f"{ui}/assets/validated_usage")
    page.get_by_text("From both numbers; Caribbean NPAs are international").first.wait_for()
