"""Operators for re-rating; all share one billing database, in which every test has months of its own."""

import pytest

from telebill_assets.settings import Settings
from telebill_assets_tests.conftest import SMALL
from telebill_assets_tests.integration.rerating.operator import TestOperator


@pytest.fixture
def operator(url, tmp_path):
    made = TestOperator(Settings(home=tmp_path, database_url=url, **SMALL))
    made.publish_reference(us="0.10", uk="0.30")
    return made
