"""Data files of a table as tasks are given them, and how they are cut into tasks."""

from collections.abc import Iterable
from dataclasses import dataclass

ROWS_PER_TASK = 250_000


@dataclass(frozen=True)
class StoredFile:
    """A data file: its path or URI, and its rows."""

    path: str
    rows: int


def cut(files: Iterable[StoredFile], rows: int = ROWS_PER_TASK) -> list[list[StoredFile]]:
    """Groups of files, each of about so many rows; a file is never divided.

    Example: files of 200,000, 100,000 and 90,000 rows make the groups (200,000) and (100,000, 90,000).
    """
    groups: list[list[StoredFile]] = []
    room = 0
    for file in sorted(files, key=lambda file: (-file.rows, file.path)):
        if file.rows > room:
            groups.append([])
            room = max(rows, file.rows)
        groups[-1].append(file)
        room -= file.rows
    return groups
