"""Records of any layout become rows of raw_cdr: unified columns, and a fault where a field cannot be read."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telebill_assets.mediation.layouts.layout import UTC_STAMP, Layout
from telebill_assets.mediation.reader import Records

RAW_CDR = pa.schema(
    [
        ("landing_day", pa.date32()),
        ("path", pa.string()),
        ("file_id", pa.string()),
        ("line", pa.int64()),
        ("source", pa.string()),
        ("layout", pa.string()),
        ("raw", pa.string()),
        ("fault", pa.string()),
        ("fault_field", pa.string()),
        ("call_id", pa.string()),
        ("leg", pa.string()),
        ("service_key", pa.string()),
        ("caller", pa.string()),
        ("callee", pa.string()),
        ("start_at", UTC_STAMP),
        ("answer_at", UTC_STAMP),
        ("end_at", UTC_STAMP),
        ("talk_s", pa.int64()),
        ("direction", pa.string()),
        ("disposition", pa.string()),
        ("leg_kind", pa.string()),
    ]
)


def unify(
    records: Records, layout: Layout, zone: str, *, landing_day: date, path: str, file_id: str, source: str
) -> pa.RecordBatch:
    """Map the fields of one file to the columns of raw_cdr; stamps without zone are in `zone`."""
    count = len(records.line)
    where = _positions(records.well_formed)
    columns = {name: spec.read(records.fields, zone) for name, spec in layout.columns.items()}
    fault, fault_field = _faults(records, layout, columns)
    values = {
        "landing_day": _constant(landing_day, count),
        "path": _constant(path, count),
        "file_id": _constant(file_id, count),
        "line": records.line,
        "source": _constant(source, count),
        "layout": _constant(layout.name, count),
        "raw": records.raw,
        "fault": fault,
        "fault_field": fault_field,
        **{name: array.take(where) for name, array in columns.items()},
    }
    values["leg_kind"] = pc.fill_null(values["leg_kind"], "call")
    arrays = [
        _as_array(values[column.name]).cast(column.type) if column.name in values else pa.nulls(count, column.type)
        for column in RAW_CDR
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=RAW_CDR)


def _positions(well_formed: pa.Array) -> pa.Array:
    """For each record its position among the well-formed ones; null for the others."""
    flags = np.asarray(well_formed)
    return pa.array(np.cumsum(flags) - 1, mask=~flags)


def _faults(records: Records, layout: Layout, columns: dict[str, pa.Array]) -> tuple[pa.Array, pa.Array]:
    """What makes a record unreadable, and in which field: the first unreadable field, or the number of fields."""
    good = records.fields.num_rows
    fault, fault_field = pa.nulls(good, pa.string()), pa.nulls(good, pa.string())
    for name, spec in reversed(list(layout.columns.items())):
        if not spec.expected:
            continue
        written = pc.utf8_trim_whitespace(records.fields[spec.column].combine_chunks())
        unreadable = pc.and_(pc.is_null(columns[name]), pc.invert(pc.is_in(written, EMPTY)))
        if pc.any(unreadable).as_py():
            fault = pc.if_else(unreadable, f"expected {spec.expected}", fault)
            fault_field = pc.if_else(unreadable, spec.column, fault_field)
    where = _positions(records.well_formed)
    wrong_width = pc.invert(records.well_formed)
    return (
        pc.if_else(wrong_width, f"expected {records.expected_fields} fields", _as_array(fault).take(where)),
        pc.if_else(wrong_width, "line", _as_array(fault_field).take(where)),
    )


EMPTY = pa.array(["", "0"])
"""Texts that stand for no value in a time or duration column."""


def _constant(value: object, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(value), count)


def _as_array(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
