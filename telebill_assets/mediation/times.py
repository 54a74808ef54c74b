"""The times and seconds that a layout does not write follow from those that it does."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

SECOND = 1_000_000
Columns = Mapping[str, pa.Array]


def with_missing_times(columns: Columns) -> dict[str, pa.Array]:
    """Fill in talk_s, start_at, end_at and answer_at where the layout has no column for them.

    Talk is the time from answer to end, to the nearest second (halves up). A call without end lasts as long as its
    total seconds, else as long as its talk. Talk comes last: the answer is the end less the talk, never before the
    start.
    """
    found = dict(columns)
    if "talk_s" not in found and {"answer_at", "end_at"} <= found.keys():
        found["talk_s"] = _seconds_between(found["answer_at"], found["end_at"])
    if "talk_s" not in found:
        return found
    lasting = pc.coalesce(found["total_s"], found["talk_s"]) if "total_s" in found else found["talk_s"]
    if "start_at" not in found and "end_at" in found:
        found["start_at"] = pc.subtract(found["end_at"], _as_duration(lasting))
    if "end_at" not in found and "start_at" in found:
        found["end_at"] = pc.add(found["start_at"], _as_duration(lasting))
    if "answer_at" not in found and "start_at" in found:
        answer = pc.subtract(found["end_at"], _as_duration(found["talk_s"]))
        answer = pc.if_else(pc.less(answer, found["start_at"]), found["start_at"], answer)
        answered = pc.or_kleene(pc.equal(found["disposition"], "answered"), pc.greater(found["talk_s"], 0))
        found["answer_at"] = pc.if_else(answered, answer, None)
    return found


def _seconds_between(start: pa.Array, end: pa.Array) -> pa.Array:
    """Whole seconds, halves up; 0 if there was no answer."""
    micros = pc.add(pc.subtract(end, start).cast(pa.int64()), SECOND // 2)
    return pc.if_else(pc.is_null(start), pa.scalar(0, pa.int64()), pc.divide(micros, SECOND))


def _as_duration(seconds: pa.Array) -> pa.Array:
    return pc.multiply(seconds, SECOND).cast(pa.duration("us"))
