"""Faults of single records: each makes some good calls bad in one way, and says what telebill must find."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from telebill_assets.demo.calls import NEVER, SATELLITE, Columns
from telebill_assets.demo.reference_files import NO_PLAN_KEY

DAY_S = 86_400
Rows = npt.NDArray[np.int64]


def _moved(days: int) -> Callable[[Columns, Rows], None]:
    def move(calls: Columns, rows: Rows) -> None:
        for name in ("start", "answer", "end"):
            calls[name][rows] += days * DAY_S

    return move


def _set(column: str, value: object) -> Callable[[Columns, Rows], None]:
    def assign(calls: Columns, rows: Rows) -> None:
        calls[column][rows] = value

    return assign


def _end_before_start(calls: Columns, rows: Rows) -> None:
    calls["end"][rows] = calls["start"][rows] - 60


def _absurd(calls: Columns, rows: Rows) -> None:
    calls["talk"][rows] = 2 * DAY_S
    calls["end"][rows] = calls["answer"][rows] + 2 * DAY_S


FAULTS: Mapping[str, Callable[[Columns, Rows], None]] = {
    "missing_field": _set("end", NEVER),
    "bad_number": _set("callee", "anonymous"),
    "end_before_start": _end_before_start,
    "negative_duration": _set("talk", -5),
    "absurd_duration": _absurd,
    "future_call": _moved(10),
    "too_old": _moved(-120),
    "unknown_service": _set("service_key", "SEP-unknown"),
    "no_plan": _set("service_key", NO_PLAN_KEY),
    "no_rate": _set("callee", SATELLITE),
}
"""Reason to fault. Only outbound calls are chosen, so that the called number decides the price."""


def inject(rng: np.random.Generator, calls: Columns) -> None:
    """Put every fault into one call of the file."""
    good = np.flatnonzero((calls["expected"] == "validated") & (calls["direction"] == "outbound"))
    chosen = rng.permutation(good)[: len(FAULTS)]
    for (reason, fault), row in zip(FAULTS.items(), chosen, strict=False):
        fault(calls, np.array([row]))
        calls["expected"][row] = f"suspended/{reason}"


def break_lines(lines: list[str], rows: list[int]) -> None:
    """Cut the last field off these records, so that they have too few."""
    for row in rows:
        lines[row] = lines[row].rsplit(",", 1)[0]
