"""A cluster that runs every task in this process: what jobs compute is tested without Java."""

import pickle
from collections.abc import Callable, Sequence
from typing import Any

from telebill_assets.spark.distribute import Cluster


class InProcess(Cluster):
    """Tasks one after the other, with pieces, answers and parts pickled as on their way through Spark."""

    @property
    def cores(self) -> int:
        return 2

    def each(self, pieces: Sequence[Any], task: Callable[..., Any], shared: Any) -> list[Any]:
        return [_sent(task(_sent(piece), _sent(shared))) for piece in pieces]

    def by_key(
        self, pieces: Sequence[Any], split: Callable[..., Any], merge: Callable[..., Any], shared: Any
    ) -> tuple[list[Any], list[Any]]:
        splits = self.each(pieces, split, shared)
        parts: dict[int, list[Any]] = {}
        for _, by_key in splits:
            for key, part in by_key.items():
                parts.setdefault(key, []).append(part)
        return [answer for answer, _ in splits], [_sent(merge(key, parts[key], shared)) for key in sorted(parts)]


def _sent(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))  # noqa: S301  # our own bytes
