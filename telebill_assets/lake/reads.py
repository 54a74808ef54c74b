"""What a job has read: the partitions it asked for, and which files they were."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from threading import Lock

from pydantic import BaseModel, ConfigDict

from telebill_assets.lake.partition import Value, from_text
from telebill_assets.tables.table import TableModel, table_name


class Read(BaseModel):
    """Partitions of a table that were read, as texts by partition column, and the fingerprint of their files."""

    model_config = ConfigDict(frozen=True)

    table: str
    partitions: dict[str, list[str]]
    fingerprint: str

    def values(self, model: TableModel) -> dict[str, list[Value]]:
        """The partitions as the lake takes them."""
        return {
            column: [from_text(model, f"{column}={text}")[column] for text in texts]
            for column, texts in self.partitions.items()
        }


class Reads:
    """Collects reads; safe for threads. The first read of the same partitions counts."""

    def __init__(self) -> None:
        self._found: dict[str, Read] = {}
        self._lock = Lock()

    def note(self, model: TableModel, partition: Mapping[str, Value | Sequence[Value]], paths: Iterable[str]) -> None:
        """Remember that these files were read as these partitions."""
        texts = {
            column: [str(value) for value in ([wanted] if isinstance(wanted, date | str) else wanted)]
            for column, wanted in partition.items()
        }
        read = Read(table=table_name(model), partitions=texts, fingerprint=self.fingerprint(paths))
        with self._lock:
            self._found.setdefault(f"{read.table} {texts}", read)

    def all(self) -> list[Read]:
        """Every read, in the order of the first ones."""
        with self._lock:
            return list(self._found.values())

    @staticmethod
    def fingerprint(paths: Iterable[str]) -> str:
        return hashlib.sha256("\n".join(sorted(paths)).encode()).hexdigest()[:16]
