"""The ways of distributing work: every piece a task of its own, or pieces whose rows meet again by a key.

Tasks write their data files themselves and answer with small values: paths, counts, sums. A task may run twice (a
retry, a lost executor, speculation): its files have unique names, and only those that its answer names are used.

Tasks are plain Python functions on resilient distributed datasets: a job of two tasks costs about 0.15 s on two cores,
a third of what the same job costs through DataFrames, because nothing is planned or compiled.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from telebill_assets.lake.stored_files import StoredFile, cut
from telebill_assets.settings import Settings
from telebill_assets.spark.worker import settle

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Piece = TypeVar("Piece")
Shared = TypeVar("Shared")
Answer = TypeVar("Answer")
Part = TypeVar("Part")
Merged = TypeVar("Merged")

FEW_ROWS = 200_000
"""Rows that are compared without Spark, because a job would take longer."""
ANSWER = -1
"""Key under which the answers of splitting tasks travel beside the parts they hand over."""


class Cluster:
    """Where tasks run. Spark is started when the first task is, so that work without tasks needs no Java."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def session(self) -> "SparkSession":
        """The process's Spark session."""
        from telebill_assets.spark.session import spark_session  # noqa: PLC0415  # importing PySpark takes a second

        return spark_session(self._settings)

    @property
    def cores(self) -> int:
        """Tasks that run at the same time."""
        return int(self.session.sparkContext.defaultParallelism)

    def each(self, pieces: Sequence[Piece], task: Callable[[Piece, Shared], Answer], shared: Shared) -> list[Answer]:
        """Run a task on every piece, as one Spark job.

        Args:
            pieces: what the tasks differ in: small values, such as paths of files.
            task: a function of a module, so that it can be sent by name.
            shared: what all tasks need, sent to every worker process once.

        Returns:
            The answers, in the order of the pieces.
        """
        if not pieces:
            return []
        context = self.session.sparkContext
        sent = context.broadcast(shared)

        def answering(piece: Piece) -> Answer:
            settle()
            return task(piece, sent.value)

        try:
            found = context.parallelize(pieces, len(pieces)).map(answering).collect()
        finally:
            sent.unpersist()
        return list(found)

    def by_key(
        self,
        pieces: Sequence[Piece],
        split: Callable[[Piece, Shared], tuple[Answer, Mapping[int, Part]]],
        merge: Callable[[int, list[Part], Shared], Merged],
        shared: Shared,
    ) -> tuple[list[Answer], list[Merged]]:
        """Split every piece by a key, then merge the parts of each key, as one Spark job.

        What there is of a single piece is merged by the task that split it; nothing is shuffled.

        Args:
            pieces: what the splitting tasks differ in.
            split: answers for its piece, and hands over parts by a key from 0 on, for example rows by the hash of
                their account. Keys should be few, since each is merged by a task.
            merge: takes a key and all parts of it, in no certain order.
            shared: what all tasks need.

        Returns:
            The answers in the order of the pieces, and what was merged, in the order of the keys.
        """
        if len(pieces) < 2:
            few = [list(pieces)] if pieces else []
            both = self.each(few, lambda alone, needed: by_key_here(alone, split, merge, needed), shared)
            return both[0] if both else ([], [])
        context = self.session.sparkContext
        sent = context.broadcast(shared)

        def splitting(numbered: tuple[int, Piece]) -> Iterator[tuple[int, Any]]:
            settle()
            number, piece = numbered
            answer, parts = split(piece, sent.value)
            yield ANSWER, (number, answer)
            yield from parts.items()

        def merging(keyed: tuple[int, Iterable[Any]]) -> tuple[int, Any]:
            settle()
            key, parts = keyed
            return key, list(parts) if key == ANSWER else merge(key, list(parts), sent.value)

        try:
            parts = context.parallelize(list(enumerate(pieces)), len(pieces)).flatMap(splitting)
            met = parts.groupByKey(self.cores, partitionFunc=lambda key: key + 1)
            found: dict[int, Any] = dict(met.map(merging).collect())
        finally:
            sent.unpersist()
        answers = sorted(found.pop(ANSWER), key=lambda numbered: numbered[0])
        return [answer for _, answer in answers], [found[key] for key in sorted(found)]

    def compare(
        self,
        files: Sequence[StoredFile],
        split: Callable[[Sequence[StoredFile], Shared], tuple[Answer, Mapping[int, Part]]],
        merge: Callable[[int, list[Part], Shared], Merged],
        shared: Shared,
    ) -> list[Merged]:
        """Bring the rows of data files together by a key: `by_key` over groups of files, here if the rows are few.

        Returns:
            What was merged, in the order of the keys.
        """
        pieces = cut(files)
        if sum(file.rows for file in files) <= FEW_ROWS:
            return by_key_here(pieces, split, merge, shared)[1]
        return self.by_key(pieces, split, merge, shared)[1]


def by_key_here(
    pieces: Sequence[Piece],
    split: Callable[[Piece, Shared], tuple[Answer, Mapping[int, Part]]],
    merge: Callable[[int, list[Part], Shared], Merged],
    shared: Shared,
) -> tuple[list[Answer], list[Merged]]:
    """`by_key` in this process."""
    splits = [split(piece, shared) for piece in pieces]
    parts: dict[int, list[Part]] = {}
    for _, by_key in splits:
        for key, part in by_key.items():
            parts.setdefault(key, []).append(part)
    return [answer for answer, _ in splits], [merge(key, parts[key], shared) for key in sorted(parts)]
