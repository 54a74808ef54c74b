"""What reading a file needs to know of the CDR source that sent it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Source:
    """A CDR source, as sources.csv declares it."""

    layouts: tuple[str, ...]
    """Names of the layouts that its files may have, in the order in which they are tried."""
    time_zone: str
    encoding: str = ""
    completeness: str = ""
    """What every whole file has: newline, trailer or manifest; empty: nothing is declared."""


def sources_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, Source]:
    """The sources by name, from rows of the reference table `sources`."""
    return {
        row["source"]: Source(
            tuple(row["layout"].split()), row["time_zone"], row.get("encoding") or "", row.get("completeness") or ""
        )
        for row in rows
    }
