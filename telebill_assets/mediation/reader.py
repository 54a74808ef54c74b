"""The text of CDR files of one kind becomes records of their layout. What the fields mean is the layout's business."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from telebill_assets.mediation.layouts.dialect import Records
from telebill_assets.mediation.layouts.fields import normal
from telebill_assets.mediation.layouts.layout import Layout, Trailer
from telebill_assets.mediation.lines import Flags, Lines, lines_of
from telebill_assets.mediation.recognise import Recognised
from telebill_assets.mediation.totals import Totals
from telebill_assets.mediation.unusable import UnusableFileError

Refused = Mapping[int, UnusableFileError]
"""Files that cannot be used, by their place in the batch, and why."""


@dataclass(frozen=True)
class ReadFiles:
    """Files that were read together. A file is known by its place among them."""

    records: Records | None
    """None if all files are refused."""
    closed: frozenset[int]
    """Files that a trailer closes."""
    declared: Mapping[int, Totals]
    """The totals that trailers declare."""
    refused: Refused


def read_files(texts: Sequence[bytes], kind: Recognised) -> ReadFiles:
    """Read files of one kind, as `lines.as_text` gives them, as one batch.

    Raises:
        pyarrow.ArrowInvalid: one of them is not readable as text with fields.
    """
    layout, count = kind.layout, len(texts)
    lines = lines_of(texts)
    if kind.wrapped:
        lines = replace(lines, text=_unwrapped(lines.text))
    header = lines.text[kind.first_line - 1].as_py() if kind.first_line else None
    lines = lines.where(lines.after(kind.first_line))
    closed, declared = _trailers(lines, layout.trailer) if layout.trailer else (frozenset(), {})
    lines = lines.where(_records_only(lines.text, layout, header))
    rows = lines.count(count).tolist()
    refused = {i: error for i in range(count) if (error := _unreadable(layout, rows[i], closed=i in closed))}
    lines = lines.where(~np.isin(lines.file, list(refused)))
    if not len(lines):
        return ReadFiles(None, closed, declared, refused)
    records = kind.dialect.split(lines, kind.names)
    return ReadFiles(records, closed, declared, refused | _incomplete(records, layout, count))


def _unwrapped(texts: pa.Array) -> pa.Array:
    """Lines without the quotes in which they stand as a whole."""
    return pc.replace_substring(pc.replace_substring_regex(texts, r'^\s*"|"\s*$', ""), '""', '"')


def _trailers(lines: Lines, trailer: Trailer) -> tuple[frozenset[int], dict[int, Totals]]:
    """Files that a trailer closes, and the totals that it declares. It is the last line that is not blank."""
    last = lines.texts_at(lines.last())
    matches = {file: match for file, text in last if (match := re.search(trailer.pattern, text))}
    named = {file: match.groupdict() for file, match in matches.items() if match.groupdict()}
    return frozenset(matches), {
        file: Totals(int(found["records"]), int(found["seconds"]) if found.get("seconds") else None)
        for file, found in named.items()
    }


def _records_only(texts: pa.Array, layout: Layout, header: str | None) -> Flags:
    """Whether each line is a record: not a mark, a trailer, or the header of a file put behind another."""
    keep = np.ones(len(texts), dtype=bool) if header is None else np.asarray(pc.not_equal(texts, header))
    for pattern in filter(None, (layout.skip, layout.trailer.pattern if layout.trailer else "")):
        plain = re.sub(r"\(\?P<\w+>", "(?:", pattern)
        keep &= ~np.asarray(pc.match_substring_regex(texts, plain))
    return keep


def _unreadable(layout: Layout, rows: int, *, closed: bool) -> UnusableFileError | None:
    """Why a file of so many records is not read at all, if it is not."""
    if layout.trailer and layout.trailer.required and not closed:
        return UnusableFileError("truncated_file", "the line that closes the file is missing", rows, layout.name)
    if layout.set_aside:
        return UnusableFileError(layout.set_aside, f"the file is of layout {layout.name}", rows, layout.name)
    if not rows:
        return UnusableFileError("empty_file", "the file holds no record", 0, layout.name)
    return None


def _incomplete(records: Records, layout: Layout, count: int) -> dict[int, UnusableFileError]:
    """Exports that say themselves that they are not whole."""
    if layout.complete is None:
        return {}
    column, pattern = layout.complete
    if normal(column) not in records.fields.column_names:
        return {}
    file = records.lines.file
    whole = np.asarray(pc.match_substring_regex(records.fields[normal(column)].combine_chunks(), pattern))
    readable = np.bincount(file[records.well_formed], minlength=count)
    complete = np.bincount(file[records.well_formed][whole], minlength=count)
    rows = records.lines.count(count).tolist()
    return {
        place: UnusableFileError(
            "incomplete_export", f"{column} is not {pattern} on every row", rows[place], layout.name
        )
        for place in np.unique(file).tolist()
        if complete[place] < max(readable[place], 1)
    }
