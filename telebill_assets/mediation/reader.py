"""A CDR file's text becomes records of a recognised layout. What its fields mean is the layout's business."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from telebill_assets.mediation.layouts.dialect import Records, normal
from telebill_assets.mediation.layouts.layout import Layout, Trailer
from telebill_assets.mediation.recognise import SAMPLE, Recognised, recognise
from telebill_assets.mediation.text_lines import as_utf8, lines_of
from telebill_assets.mediation.totals import Totals
from telebill_assets.mediation.unusable import UnusableFileError


@dataclass(frozen=True)
class CdrFile:
    """A readable file: its layout, its records, whether a trailer closes it, and the totals the trailer declares."""

    layout: Layout
    records: Records
    closed: bool
    declared: Totals | None


def read_records(content: bytes, layouts: Sequence[Layout], encoding: str = "") -> CdrFile:
    """Read a decompressed file by the first of these layouts that it is of.

    `encoding` is the source's, if it declares one; else the layout's is taken.

    Raises:
        UnusableFileError: the file holds no record, is of none of the layouts or of one that is set aside, or its
            trailer is missing.
    """
    numbers, texts, found = _recognised(content, layouts, encoding)
    layout = found.layout
    if found.wrapped:
        texts = pc.replace_substring(pc.replace_substring_regex(texts, r'^\s*"|"\s*$', ""), '""', '"')
    header = texts[found.first_line - 1].as_py() if found.first_line else None
    numbers, texts = numbers[found.first_line :], texts[found.first_line :]
    declared, closed = _trailer(texts, layout.trailer) if layout.trailer else (None, False)
    keep = _records_only(texts, layout, header)
    numbers, texts = numbers.filter(keep), texts.filter(keep)
    if layout.trailer and layout.trailer.required and not closed:
        raise UnusableFileError("truncated_file", "the line that closes the file is missing", len(texts), layout.name)
    if layout.set_aside:
        raise UnusableFileError(layout.set_aside, f"the file is of layout {layout.name}", len(texts), layout.name)
    if not len(texts):
        raise UnusableFileError("empty_file", "the file holds no record", 0, layout.name)
    records = found.dialect.split(numbers, texts, found.names)
    _require_complete(records, layout)
    return CdrFile(layout, records, closed, declared)


def _recognised(content: bytes, layouts: Sequence[Layout], encoding: str) -> tuple[pa.Array, pa.Array, Recognised]:
    text = as_utf8(content, encoding or "utf-8")
    numbers, texts = lines_of(text)
    found = recognise(texts.slice(0, SAMPLE).to_pylist(), layouts)
    if found is None:
        names = " or ".join(layout.name for layout in layouts)
        raise UnusableFileError("unknown_layout", f"the first lines are not of layout {names}", len(texts))
    if not encoding and found.layout.encoding != "utf-8":
        numbers, texts = lines_of(as_utf8(content, found.layout.encoding))
    return numbers, texts, found


def _trailer(texts: pa.Array, trailer: Trailer) -> tuple[Totals | None, bool]:
    """The totals that the trailer declares, and whether there is one. It is the last line that is not blank."""
    match = re.search(trailer.pattern, texts[-1].as_py()) if len(texts) else None
    named = match.groupdict() if match else {}
    totals = Totals(int(named["records"]), int(named["seconds"]) if named.get("seconds") else None) if named else None
    return totals, match is not None


def _records_only(texts: pa.Array, layout: Layout, header: str | None) -> pa.Array:
    """Whether each line is a record: not a mark, a trailer, or the header of a file put behind another."""
    keep = pc.not_equal(texts, header) if header is not None else pa.repeat(pa.scalar(value=True), len(texts))
    patterns = [layout.skip, layout.trailer.pattern if layout.trailer else ""]
    for pattern in filter(None, patterns):
        plain = re.sub(r"\(\?P<\w+>", "(?:", pattern)
        keep = pc.and_(keep, pc.invert(pc.match_substring_regex(texts, plain)))
    return keep


def _require_complete(records: Records, layout: Layout) -> None:
    if layout.complete is None:
        return
    column, pattern = layout.complete
    if normal(column) not in records.fields.column_names:
        return
    whole = pc.match_substring_regex(records.fields[normal(column)], pattern)
    if not pc.all(whole).as_py():
        raise UnusableFileError(
            "incomplete_export", f"{column} is not {pattern} on every row", len(records.line), layout.name
        )
