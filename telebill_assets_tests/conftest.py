"""Fixtures shared by all tests: settings in a temporary home, one embedded PostgreSQL and one Spark session at most."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from telebill_assets.settings import Settings
from telebill_assets.spark.distribute import Cluster

SMALL: dict[str, Any] = {
    "spark_master": "local[2]",
    "spark_memory": "1g",
}
SHARED = Path(__file__).parents[2] / "shared"

hypothesis.settings.register_profile("thorough", max_examples=200, deadline=None)
hypothesis.settings.register_profile("fast", max_examples=25, deadline=None)
hypothesis.settings.load_profile("thorough")
"""`make test` tries 200 examples of every property, `make test-fast` only 25, by `--hypothesis-profile=fast`."""


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The process's Spark session, started by the first test that asks for it."""
    found = Cluster(Settings(**SMALL))
    yield found
    found.session.stop()


@pytest.fixture(scope="session")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """DSN of an embedded PostgreSQL with the billing tables."""
    from telebill_assets.database.migrate import migrate  # unit tests need no database
    from telebill_assets.database.server import database_url

    dsn = database_url(Settings(home=tmp_path_factory.mktemp("billing")))
    migrate(dsn)
    return dsn


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, **SMALL)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The reference folder beside the checkout; a user's checkout has none."""
    if not SHARED.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{SHARED} is missing, and CI must have it")
        pytest.skip("the shared reference folder is not part of a user's checkout")
    return SHARED
