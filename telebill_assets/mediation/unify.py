"""Records of any layout become rows of raw_cdr: unified columns, and a fault where a field cannot be read."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telebill_assets.mediation.layouts.columns import UTC_STAMP, Reading
from telebill_assets.mediation.layouts.layout import Layout
from telebill_assets.mediation.layouts.stamps import Stamp
from telebill_assets.mediation.reader import CdrFile
from telebill_assets.mediation.times import with_missing_times

RAW_CDR = pa.schema(
    [
        ("landing_day", pa.date32()),
        ("path", pa.string()),
        ("file_id", pa.string()),
        ("line", pa.int64()),
        ("source", pa.string()),
        ("layout", pa.string()),
        ("raw", pa.string()),
        ("fault_reason", pa.string()),
        ("fault", pa.string()),
        ("fault_field", pa.string()),
        ("call_id", pa.string()),
        ("leg", pa.string()),
        ("call_key", pa.string()),
        ("service_key", pa.string()),
        ("caller", pa.string()),
        ("callee", pa.string()),
        ("start_at", UTC_STAMP),
        ("answer_at", UTC_STAMP),
        ("end_at", UTC_STAMP),
        ("talk_s", pa.int64()),
        ("total_s", pa.int64()),
        ("direction", pa.string()),
        ("disposition", pa.string()),
        ("leg_kind", pa.string()),
        ("usage_type", pa.string()),
        ("units", pa.int64()),
    ]
)
SPREADSHEET_NUMBER = r"^[0-9](\.[0-9]+)?E\+[0-9]+$"
SPREADSHEET_TIME = r"^[0-9]{1,4}[/-][0-9]{1,2}[/-][0-9]{1,4} [0-9]{1,2}:[0-9]{2}$"
NUMBER_COLUMNS = ("caller", "callee", "service_key", "call_id", "call_key")

Columns = Mapping[str, pa.Array]


def unify(file: CdrFile, reading: Reading, *, path: str, file_id: str, source: str) -> pa.RecordBatch:
    """Map the fields of one file to the columns of raw_cdr.

    Raises:
        UnusableFileError: its dates contradict the order of day and month that its layout declares.
    """
    layout, records = file.layout, file.records
    count = len(records.line)
    where = _positions(records.well_formed)
    read = {name: _whole(spec.read(records.fields, reading)) for name, spec in layout.columns.items()}
    faults = _faults(file, read)
    columns = with_missing_times(_with_call_key(read, layout))
    values = {
        "landing_day": _constant(reading.day, count),
        "path": _constant(path, count),
        "file_id": _constant(file_id, count),
        "line": records.line,
        "source": _constant(source, count),
        "layout": _constant(layout.name, count),
        "raw": records.raw,
        **faults,
        **{name: array.take(where) for name, array in columns.items()},
    }
    for name, default in (("leg_kind", "call"), ("usage_type", "voice"), ("units", 1)):
        values[name] = pc.fill_null(values[name], default) if name in values else _constant(default, count)
    arrays = [
        _whole(values[column.name]).cast(column.type) if column.name in values else pa.nulls(count, column.type)
        for column in RAW_CDR
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=RAW_CDR)


def _with_call_key(columns: Columns, layout: Layout) -> Columns:
    """The key that the rows of one call share; null where every row is a call of its own."""
    if not layout.one_call_per_key:
        return {name: array for name, array in columns.items() if name != "call_key"}
    key = columns.get("call_key")
    call_id = columns["call_id"]
    return {**columns, "call_key": call_id if key is None else pc.coalesce(key, call_id)}


def _positions(well_formed: pa.Array) -> pa.Array:
    """For each record its position among the well-formed ones; null for the others."""
    flags = np.asarray(well_formed)
    return pa.array(np.cumsum(flags) - 1, mask=~flags)


def _faults(file: CdrFile, columns: Columns) -> dict[str, pa.Array]:
    """What makes a record unreadable, and in which field: the first unreadable field, or the number of fields."""
    records = file.records
    good = records.fields.num_rows
    fault, field, reason = (pa.nulls(good, pa.string()) for _ in range(3))
    for name, spec in reversed(list(file.layout.columns.items())):
        if name in NUMBER_COLUMNS:
            eaten = pc.fill_null(pc.match_substring_regex(columns[name], SPREADSHEET_NUMBER), fill_value=False)
            wrong, expected = eaten, "all digits, not a number in a spreadsheet's short form"
        elif spec.expected:
            written = _whole(spec.written(records.fields))
            wrong, expected = pc.and_(pc.is_null(columns[name]), pc.is_valid(written)), spec.expected
            eaten = pc.match_substring_regex(written, SPREADSHEET_TIME) if isinstance(spec, Stamp) else None
        else:
            continue
        if not pc.any(wrong).as_py():
            continue
        damaged = pa.scalar("malformed") if eaten is None else pc.if_else(eaten, "spreadsheet_damage", "malformed")
        reason = pc.if_else(wrong, damaged, reason)
        fault = pc.if_else(wrong, f"expected {expected}", fault)
        field = pc.if_else(wrong, spec.column, field)
    where = _positions(records.well_formed)
    cut = pc.invert(records.well_formed)
    return {
        "fault_reason": pc.if_else(cut, "malformed", _whole(reason).take(where)),
        "fault": pc.if_else(cut, f"expected {records.expected}", _whole(fault).take(where)),
        "fault_field": pc.if_else(cut, "line", _whole(field).take(where)),
    }


def _constant(value: date | str | int, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(value), count)


def _whole(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
