"""Landing: files as they arrived become their rows of the landing report, and their records rows of raw_cdr.

Every file is hashed, unpacked and recognised by itself. Then files of one source that were recognised as the same kind
are read together, because what a batch costs hardly depends on the number of its files. A file that cannot be used is
reported with its reason and never stops or changes the others.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
import pyarrow as pa

from telebill_assets.mediation.layouts import LAYOUTS, SET_ASIDE
from telebill_assets.mediation.layouts.columns import Reading
from telebill_assets.mediation.layouts.layout import Layout
from telebill_assets.mediation.lines import as_text, first_lines, lines_of
from telebill_assets.mediation.manifest import Manifest
from telebill_assets.mediation.reader import read_files
from telebill_assets.mediation.recognise import SAMPLE, Recognised, recognise
from telebill_assets.mediation.sequences import series_of
from telebill_assets.mediation.source import Source
from telebill_assets.mediation.totals import Totals
from telebill_assets.mediation.unify import unify
from telebill_assets.mediation.unpack import unpack
from telebill_assets.mediation.unusable import UnusableFileError
from telebill_assets.mediation.whole_files import FileRead, declared_totals, require_declared
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.table import conform, polars_schema

BATCH_BYTES = 8 * 1024 * 1024
"""Text that is read together: enough to make the cost of a batch vanish, little enough to stay in the caches."""
NO_MANIFESTS: Mapping[str, Manifest] = {}
REPORT = pl.Schema(
    {
        "path": pl.String,
        "source": pl.String,
        "layout": pl.String,
        "file_id": pl.String,
        "bytes": pl.Int64,
        "records": pl.Int64,
        "declared_records": pl.Int64,
        "declared_s": pl.Int64,
        "series": pl.String,
        "sequence_nr": pl.Int64,
        "reason": pl.String,
        "detail": pl.String,
    }
)

Row = dict[str, Any]


@dataclass(frozen=True)
class Arrived:
    """A file as it arrived: its path below the landing zone, <source>/<day>/<name>, and its bytes."""

    path: str
    content: bytes


@dataclass(frozen=True)
class Landed:
    """What became of files: one row each (columns of REPORT), and the rows of raw_cdr of those that can be used."""

    report: pl.DataFrame
    records: pl.DataFrame


@dataclass(frozen=True)
class _Opened:
    """A file whose kind is known, its text, and its row of the report so far."""

    text: bytes
    kind: Recognised
    row: Row


def read_batch(
    files: Iterable[Arrived],
    sources: Mapping[str, Source],
    day: date,
    manifests: Mapping[str, Manifest] = NO_MANIFESTS,
) -> Landed:
    """Read files that landed on a day.

    Args:
        files: the files; each is read whether or not the others can be.
        sources: all declared sources by name.
        day: the landing day.
        manifests: the totals that the manifests of the day declare, by source and file name.
    """
    rows, alike = [], defaultdict[tuple[str, Recognised], list[_Opened]](list)
    for file in files:
        row = _described(file)
        rows.append(row)
        try:
            text, kind = _opened(file, sources.get(row["source"]))
            alike[row["source"], kind].append(_Opened(text, kind, row))
        except UnusableFileError as error:
            _refuse(row, error)
    frames = [
        frame
        for (name, _), opened in alike.items()
        for batch in _batches(opened)
        for frame in _read(batch, sources[name], day, manifests.get(name, {}))
    ]
    return Landed(pl.DataFrame(rows, schema=REPORT), pl.concat([pl.DataFrame(schema=polars_schema(RawCdr)), *frames]))


def _described(file: Arrived) -> Row:
    series, sequence_nr = series_of(file.path.rsplit("/", 1)[-1]) or (None, None)
    return {
        "path": file.path,
        "source": file.path.split("/", 1)[0],
        "file_id": hashlib.sha256(file.content).hexdigest(),
        "bytes": len(file.content),
        "records": 0,
        "series": series,
        "sequence_nr": sequence_nr,
    }


def _opened(file: Arrived, source: Source | None) -> tuple[bytes, Recognised]:
    """The text of a file, and its kind.

    Raises:
        UnusableFileError: it cannot be unpacked, is cut off, holds nothing, or is of none of the source's layouts.
    """
    if source is None:
        raise UnusableFileError("unknown_source", "the folder is no source of sources.csv")
    content = unpack(file.content, file.path)
    if source.completeness == "newline" and not content.endswith((b"\n", b"\r")):
        raise UnusableFileError("truncated_file", "the last line has no line end, and the source declares one")
    text = as_text(content, source.encoding or "utf-8")
    kind = _recognised(text, _layouts_of(source))
    if source.encoding or kind.layout.encoding == "utf-8":
        return text, kind
    return as_text(content, kind.layout.encoding), kind


def _layouts_of(source: Source) -> list[Layout]:
    """The layouts that the source's files may have, and after them those that are set aside, whoever sends them."""
    layouts = [LAYOUTS[name] for name in source.layouts]
    return [*layouts, *(layout for layout in SET_ASIDE if layout not in layouts)]


def _recognised(text: bytes, layouts: Sequence[Layout]) -> Recognised:
    sample = first_lines(text, SAMPLE)
    if not sample:
        raise UnusableFileError("empty_file", "the file holds no record")
    kind = recognise(sample, layouts)
    if kind is None:
        names = " or ".join(layout.name for layout in layouts)
        raise UnusableFileError("unknown_layout", f"the first lines are not of layout {names}", len(lines_of([text])))
    return kind


def _refuse(row: Row, error: UnusableFileError) -> None:
    row |= {"layout": error.layout, "records": error.rows, "reason": error.reason, "detail": error.detail}


def _batches(files: Sequence[_Opened]) -> Iterator[list[_Opened]]:
    """The files in groups of about BATCH_BYTES of text."""
    batch, size = list[_Opened](), 0
    for file in files:
        if batch and size + len(file.text) > BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += len(file.text)
    if batch:
        yield batch


def _read(files: Sequence[_Opened], source: Source, day: date, manifest: Manifest) -> list[pl.DataFrame]:
    """Read files of one kind together; if Arrow cannot read one of them, each alone. Their rows are filled in."""
    try:
        return _read_together(files, source, day, manifest)
    except pa.ArrowInvalid as error:
        if len(files) == 1:
            _refuse(files[0].row, UnusableFileError("unreadable_file", f"not readable as text with fields: {error}"))
            return []
    return [frame for file in files for frame in _read([file], source, day, manifest)]


def _read_together(files: Sequence[_Opened], source: Source, day: date, manifest: Manifest) -> list[pl.DataFrame]:
    found, layout = read_files([file.text for file in files], files[0].kind), files[0].kind.layout
    for place, error in found.refused.items():
        _refuse(files[place].row, error)
    if found.records is None:
        return []
    unified, swapped = unify(found.records, layout, Reading(source.time_zone, day))
    records = _raw_cdr(unified, [file.row for file in files], layout, day)
    counted = records.group_by(unified["file"]).agg(pl.len(), pl.col("talk_s").sum()).rows()
    for place, rows, seconds in counted:
        if place not in found.refused:
            row, declared = files[place].row, found.declared.get(place)
            name, whole = row["path"].rsplit("/", 1)[-1], place in found.closed
            read = FileRead(name, layout.name, Totals(rows, seconds), whole, declared, swapped.get(place))
            _settle(row, read, source, manifest)
    used = [place for place, file in enumerate(files) if "reason" not in file.row]
    return [records if len(used) == len(files) else records.filter(unified["file"].is_in(used))]


def _settle(row: Row, file: FileRead, source: Source, manifest: Manifest) -> None:
    """Fill in the row of a file that was read."""
    row |= {"layout": file.layout, "records": file.counted.records}
    try:
        if declared := declared_totals(file, source, manifest):
            row |= {"declared_records": declared.records, "declared_s": declared.seconds}
            require_declared(file, declared)
    except UnusableFileError as error:
        _refuse(row, error)


def _raw_cdr(unified: pl.DataFrame, rows: Sequence[Row], layout: Layout, day: date) -> pl.DataFrame:
    """Unified records with the columns of raw_cdr that say from which file they come."""
    of_file = {name: pl.Series([row[name] for row in rows]).gather(unified["file"]) for name in ("path", "file_id")}
    constant = {"landing_day": day, "source": rows[0]["source"], "layout": layout.name}
    known = {name: pl.lit(value) for name, value in constant.items()}
    return pl.DataFrame(conform(unified.with_columns(**of_file, **known), RawCdr))
