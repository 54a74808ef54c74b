"""Records of any layout become unified columns, with a fault where a field cannot be read."""

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from telebill_assets.mediation.layouts.columns import ColumnSource, FirstOf, Reading
from telebill_assets.mediation.layouts.dialect import Records
from telebill_assets.mediation.layouts.fields import Fields
from telebill_assets.mediation.layouts.layout import Layout
from telebill_assets.mediation.layouts.stamps import Stamp
from telebill_assets.mediation.lines import Flags
from telebill_assets.mediation.times import with_missing_times

SPREADSHEET_NUMBER = r"^[0-9](\.[0-9]+)?E\+[0-9]+$"
SPREADSHEET_TIME = r"^[0-9]{1,4}[/-][0-9]{1,2}[/-][0-9]{1,4} [0-9]{1,2}:[0-9]{2}$"
NUMBER_COLUMNS = ("caller", "callee", "service_key", "call_id", "call_key")
DEFAULTS = {"leg_kind": "call", "usage_type": "voice", "units": 1}

Columns = Mapping[str, pa.Array]


def unify(records: Records, layout: Layout, reading: Reading) -> tuple[pl.DataFrame, dict[int, str]]:
    """Map fields to the columns of raw_cdr.

    Returns:
        One row per record: `file`, `line`, `raw`, faults, and the unified columns that the layout has; and the files
        whose dates contradict the order of day and month that the layout declares, with what to say of them.
    """
    fields = Fields(records.fields)
    read = {name: _whole(spec.read(fields, reading)) for name, spec in layout.columns.items()}
    columns = with_missing_times(_with_call_key(read, layout))
    places = _places(records.well_formed)
    values = {
        **_faults(records, layout, fields, read),
        **{name: array if places is None else array.take(places) for name, array in columns.items()},
    }
    frame = pl.DataFrame(
        {
            "file": records.lines.file,
            "line": records.lines.number,
            "raw": pl.from_arrow(records.lines.text),
            **{name: pl.from_arrow(_whole(array)) for name, array in values.items()},
        }
    )
    frame = frame.with_columns(
        (pl.col(name).fill_null(default) if name in values else pl.lit(default)).alias(name)
        for name, default in DEFAULTS.items()
    )
    return frame, _swapped_dates(records, layout, fields)


def _with_call_key(columns: Columns, layout: Layout) -> Columns:
    """The key that the rows of one call share; null where every row is a call of its own."""
    if not layout.one_call_per_key:
        return {name: array for name, array in columns.items() if name != "call_key"}
    key = columns.get("call_key")
    call_id = columns["call_id"]
    return {**columns, "call_key": call_id if key is None else pc.coalesce(key, call_id)}


def _places(well_formed: Flags) -> pa.Array | None:
    """For each record its place among the well-formed ones; null for the others. None if all are well-formed."""
    return None if well_formed.all() else pa.array(np.cumsum(well_formed) - 1, mask=~well_formed)


def _faults(records: Records, layout: Layout, fields: Fields, columns: Columns) -> dict[str, pa.Array]:
    """What makes a record unreadable, and in which field: the first unreadable field, or the number of fields."""
    found = {name: pa.nulls(fields.rows, pa.string()) for name in ("fault_reason", "fault", "fault_field")}
    for name, spec in reversed(list(layout.columns.items())):
        for wrong, reason, expected in _unreadable(name, spec, fields, columns[name]):
            said = {"fault_reason": reason, "fault": f"expected {expected}", "fault_field": spec.column}
            found = {column: pc.if_else(wrong, said[column], texts) for column, texts in found.items()}
    places = _places(records.well_formed)
    if places is None:
        return found
    cut = pa.array(~records.well_formed)
    said = {"fault_reason": "malformed", "fault": f"expected {records.expected}", "fault_field": "line"}
    return {column: pc.if_else(cut, said[column], _whole(texts).take(places)) for column, texts in found.items()}


def _unreadable(
    name: str, spec: ColumnSource, fields: Fields, values: pa.Array
) -> Iterator[tuple[pa.Array, str | pa.Array, str]]:
    """Which values of a column are at fault, of what kind the faults are, and what was expected."""
    if name in NUMBER_COLUMNS:
        eaten = pc.fill_null(pc.match_substring_regex(values, SPREADSHEET_NUMBER), fill_value=False)
        if pc.any(eaten).as_py():
            yield eaten, "spreadsheet_damage", "all digits, not a number in a spreadsheet's short form"
        return
    if not spec.expected or not values.null_count:
        return
    written = _whole(spec.written(fields))
    wrong = pc.and_(pc.is_null(values), pc.is_valid(written))
    if not pc.any(wrong).as_py():
        return
    reason: str | pa.Array = "malformed"
    if isinstance(spec, Stamp):
        reason = pc.if_else(pc.match_substring_regex(written, SPREADSHEET_TIME), "spreadsheet_damage", "malformed")
    yield wrong, reason, spec.expected


def _swapped_dates(records: Records, layout: Layout, fields: Fields) -> dict[int, str]:
    file, found = records.lines.file[records.well_formed], dict[int, str]()
    for spec in layout.columns.values():
        for stamp in _stamps(spec):
            for swapped, detail in stamp.swapped(fields):
                for place in np.unique(file[np.asarray(swapped)]).tolist():
                    found.setdefault(place, detail)
    return found


def _stamps(spec: ColumnSource) -> list[Stamp]:
    """The time stamps from which a column comes."""
    if isinstance(spec, FirstOf):
        return [stamp for source in spec.sources for stamp in _stamps(source)]
    return [spec] if isinstance(spec, Stamp) else []


def _whole(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
