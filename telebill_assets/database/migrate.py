"""Brings the billing database to the schema of this version."""

from functools import partial
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from telebill_assets.database.server import connect

MIGRATION_LOCK = 7_102_020


def migrate(url: str) -> None:
    """Apply all migrations that are missing. Processes that come at the same time wait for each other."""
    engine = create_engine("postgresql+psycopg://", creator=partial(connect, url))  # so a DSN may have any form
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()
