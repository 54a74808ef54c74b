"""A CDR file's bytes become its lines and its fields. No interpretation: that is the layout's business.

Well-formed files are read by Arrow. A file with line breaks inside quotes is read by Python's csv module,
record by record; it is slower and right.
"""

import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from telebill_assets.mediation.layouts.layout import Layout

UTF8_BOM = b"\xef\xbb\xbf"
NO_DELIMITER = "\x01"

csv.field_size_limit(2**31 - 1)  # a quote that is never closed makes the rest of the file one field


class UnusableFileError(Exception):
    """The whole file must be suspended; `reason` is one of schemas.reasons.FILE_REASONS."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Records:
    """The records of a file, parallel arrays: line number, text, and the fields of the well-formed ones."""

    line: pa.Array
    raw: pa.Array
    well_formed: pa.Array
    """Boolean per record; `fields` holds only the well-formed ones, in order."""
    fields: pa.Table
    expected_fields: int


def unpack(content: bytes, name: str) -> bytes:
    """Decompress by file name.

    Raises:
        UnusableFileError: the archive is cut off or damaged.
    """
    if not name.endswith(".gz"):
        return content
    try:
        return gzip.decompress(content)
    except EOFError as error:
        raise UnusableFileError("truncated_file", "the gzip stream ends before its end mark") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise UnusableFileError("unreadable_file", f"not a readable gzip stream: {error}") from error


def as_utf8(content: bytes) -> bytes:
    r"""Drop a byte order mark; write bytes that are not UTF-8 as \xNN, so that nothing is lost."""
    content = content.removeprefix(UTF8_BOM)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("utf-8", errors="backslashreplace").encode()
    return content


def read_records(content: bytes, layout: Layout) -> Records:
    """Split a decompressed file into records by its layout.

    Raises:
        UnusableFileError: it holds no record, or its first line does not fit the layout.
    """
    content = as_utf8(content)
    lines = _lines(content)
    present = pc.not_equal(pc.utf8_trim_whitespace(lines), "")
    numbers = pa.array(np.flatnonzero(np.asarray(present)) + 1, pa.int64())
    texts = lines.filter(present)
    if len(texts) <= layout.header_lines:
        raise UnusableFileError("empty_file", "the file holds no record")
    names = _column_names(texts.slice(0, 50).to_pylist(), layout)
    texts, numbers = texts[layout.header_lines :], numbers[layout.header_lines :]
    parsed = _parse_with_arrow(texts, names)
    if parsed is None:
        return _parse_with_csv(content, layout, names)
    fields, malformed = parsed
    well_formed = np.ones(len(texts), dtype=bool)
    well_formed[malformed] = False
    return Records(numbers, texts, pa.array(well_formed), fields, len(names))


def _lines(content: bytes) -> pa.Array:
    """Physical lines, ended by LF, CRLF or CR."""
    options = pacsv.ParseOptions(delimiter=NO_DELIMITER, quote_char=False, ignore_empty_lines=False)
    if not content.strip():
        raise UnusableFileError("empty_file", "the file holds no record")
    table = pacsv.read_csv(
        io.BytesIO(content),
        pacsv.ReadOptions(use_threads=False, column_names=["raw"], block_size=max(len(content), 1)),
        options,
        pacsv.ConvertOptions(column_types={"raw": pa.string()}, strings_can_be_null=False),
    )
    return table["raw"].combine_chunks()


def _column_names(first_lines: Sequence[str], layout: Layout) -> list[str]:
    """Names from the header; without one, from the width most of the first records have: any of them may be bad."""
    rows = islice(csv.reader(line + "\n" for line in first_lines), layout.header_lines or None)
    fitting = [names for row in rows if (names := layout.column_names(row))]
    if not fitting:
        widths = " or ".join(map(str, layout.widths))
        expected = "a header with " + ", ".join(layout.names) if layout.header_lines else f"{widths} columns"
        raise UnusableFileError("unknown_layout", f"the file is not of layout {layout.name}: expected {expected}")
    common = Counter(map(len, fitting)).most_common(1)[0][0]
    return next(names for names in fitting if len(names) == common)


def _parse_with_arrow(texts: pa.Array, names: Sequence[str]) -> tuple[pa.Table, list[int]] | None:
    """Fields of the records, and the positions of those with a wrong number of fields.

    None if a quote spans lines: then lines are not records.
    """
    malformed: list[int] = []

    def skip(row: pacsv.InvalidRow) -> str:
        malformed.append(row.number - 1)
        return "skip"

    everything = pa.ListArray.from_arrays(pa.array([0, len(texts)], pa.int32()), texts)
    content = pc.binary_join(everything, "\n")[0].as_buffer()
    fields = pacsv.read_csv(
        pa.BufferReader(content),
        pacsv.ReadOptions(use_threads=False, column_names=list(names), block_size=content.size + 1),
        pacsv.ParseOptions(invalid_row_handler=skip, newlines_in_values=True),
        pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
    )
    return (fields, malformed) if fields.num_rows + len(malformed) == len(texts) else None


def _parse_with_csv(content: bytes, layout: Layout, names: Sequence[str]) -> Records:
    """The tolerant reader: records may span lines; the number is that of their first line."""
    lines = io.StringIO(content.decode(), newline="").readlines()
    reader = csv.reader(lines)
    numbers, texts, rows, well_formed = [], [], [], []
    first = 1
    for row in reader:
        text = "".join(lines[first - 1 : reader.line_num]).rstrip("\r\n")
        if text.strip():
            numbers.append(first)
            texts.append(text)
            well_formed.append(len(row) == len(names))
            rows.append(row)
        first = reader.line_num + 1
    body = slice(layout.header_lines, None)
    good = [row for row, fits in zip(rows[body], well_formed[body], strict=True) if fits]
    fields = pa.table({name: pa.array([row[i] for row in good], pa.string()) for i, name in enumerate(names)})
    return Records(
        pa.array(numbers[body], pa.int64()),
        pa.array(texts[body], pa.string()),
        pa.array(well_formed[body], pa.bool_()),
        fields,
        len(names),
    )
