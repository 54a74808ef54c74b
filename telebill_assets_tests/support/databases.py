"""Databases of their own on the tests' server, for tests that would see each other's rows."""

import psycopg
from psycopg.conninfo import make_conninfo

from telebill_assets.database.migrate import migrate


def new_database(url: str, name: str) -> str:
    """Make a database beside the one of `url`, with the billing tables; return its DSN."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    made = make_conninfo(url, dbname=name)
    migrate(made)
    return made
