"""Landing: the files of a day are read by Arrow inside Spark tasks, and every record is written once.

A task reads its files one after the other, writes their records to Parquet itself and reports one row per
file. A file that cannot be used is reported with its reason and never stops the others.
"""

import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.fs as pafs
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession

from telebill_assets.mediation.layouts import LAYOUTS, SET_ASIDE
from telebill_assets.mediation.layouts.columns import Reading
from telebill_assets.mediation.manifest import MANIFEST, read_manifest
from telebill_assets.mediation.reader import CdrFile, read_records
from telebill_assets.mediation.sequences import series_of
from telebill_assets.mediation.totals import Totals, require_totals
from telebill_assets.mediation.unify import RAW_CDR, unify
from telebill_assets.mediation.unpack import unpack
from telebill_assets.mediation.unusable import UnusableFileError
from telebill_assets.storage import filesystem

BYTES_PER_TASK = 32 * 1024 * 1024
FILES_PER_TASK = 400
ROW_GROUP = 100_000
"""Records of many small files share a row group, so that later stages scan few of them."""

Manifest = Mapping[str, Totals]
NO_MANIFESTS: Mapping[str, Manifest] = {}

REPORT = pa.schema(
    [
        ("path", pa.string()),
        ("source", pa.string()),
        ("layout", pa.string()),
        ("file_id", pa.string()),
        ("bytes", pa.int64()),
        ("records", pa.int64()),
        ("declared_records", pa.int64()),
        ("declared_s", pa.int64()),
        ("series", pa.string()),
        ("sequence_nr", pa.int64()),
        ("reason", pa.string()),
        ("detail", pa.string()),
        ("data_file", pa.string()),
    ]
)
REPORT_DDL = (
    "path string, source string, layout string, file_id string, bytes long, records long, declared_records long, "
    "declared_s long, series string, sequence_nr long, reason string, detail string, data_file string"
)


@dataclass(frozen=True)
class Source:
    """What a task needs to know about a CDR source."""

    layouts: tuple[str, ...]
    """Names of the layouts that its files may have, in the order in which they are tried."""
    time_zone: str
    encoding: str = ""
    completeness: str = ""
    """What every whole file has: newline, trailer or manifest; empty: nothing is declared."""


@dataclass(frozen=True)
class LandingFile:
    """A file of the landing zone; `path` is <source>/<day>/<name> below it."""

    path: str
    size: int

    @property
    def source(self) -> str:
        return self.path.split("/", 1)[0]


def list_files(zone: str, day: date) -> list[LandingFile]:
    """Files that landed on a day, over all sources, in arrival order (by path)."""
    files, root = filesystem(zone)
    sources = files.get_file_info(pafs.FileSelector(root, allow_not_found=True))
    folders = [f"{info.path}/{day.isoformat()}" for info in sources if info.type == pafs.FileType.Directory]
    found = [
        LandingFile(info.path.removeprefix(root).lstrip("/"), info.size)
        for folder in folders
        for info in files.get_file_info(pafs.FileSelector(folder, allow_not_found=True))
        if info.type == pafs.FileType.File and not info.base_name.startswith(".") and info.base_name != MANIFEST
    ]
    return sorted(found, key=lambda file: file.path)


def land(
    spark: SparkSession,
    zone: str,
    files: Sequence[LandingFile],
    *,
    sources: Mapping[str, Source],
    day: date,
    folder: str,
) -> DataFrame:
    """Read the files and write their records below `folder`; one row per file (columns of REPORT).

    Evaluating the frame writes data files, so it must be evaluated once: save it, then read it back. Only the
    data files it names belong to the result; a task that was retried may have left others.
    """
    batches = pa.table({"path": [file.path for file in files]}, schema=pa.schema([("path", pa.string())]))
    size = sum(file.size for file in files)
    tasks = max(spark.sparkContext.defaultParallelism, len(files) // FILES_PER_TASK, size // BYTES_PER_TASK)
    frame = spark.createDataFrame(batches).repartition(max(1, min(tasks, len(files))))
    declared = {
        name: read_manifest(zone, name, day) for name, source in sources.items() if source.completeness == "manifest"
    }
    return frame.mapInArrow(_landing_task(zone, dict(sources), declared, day, folder), REPORT_DDL)


def _landing_task(
    zone: str, sources: Mapping[str, Source], manifests: Mapping[str, Manifest], day: date, folder: str
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        source_files, root = filesystem(zone)
        target_files, target = filesystem(folder)
        target_files.create_dir(target)
        data_file = f"{target}/{uuid.uuid4()}.parquet"
        rows = []
        with pq.ParquetWriter(data_file, RAW_CDR, filesystem=target_files, compression="zstd") as writer:
            waiting: list[pa.RecordBatch] = []
            for batch in batches:
                for path in batch["path"].to_pylist():
                    with source_files.open_input_stream(f"{root}/{path}", compression=None) as stream:
                        content = stream.read()
                    row, records = read_file(content, path, sources, day, manifests)
                    if records is not None:
                        waiting.append(records)
                    if sum(map(len, waiting)) >= ROW_GROUP:
                        writer.write_table(pa.Table.from_batches(waiting))
                        waiting.clear()
                    rows.append({**row, "data_file": data_file if records is not None else None})
            writer.write_table(pa.Table.from_batches(waiting, RAW_CDR))
        yield from pa.Table.from_pylist(rows, REPORT).to_batches()

    return run


def read_file(
    content: bytes,
    path: str,
    sources: Mapping[str, Source],
    day: date,
    manifests: Mapping[str, Manifest] = NO_MANIFESTS,
) -> tuple[dict[str, object], pa.RecordBatch | None]:
    """Read one file: its register row, and its records unless the whole file is unusable."""
    name, file_name = path.split("/", 1)[0], path.rsplit("/", 1)[-1]
    series, sequence_nr = series_of(file_name) or (None, None)
    row: dict[str, object] = {
        "path": path,
        "source": name,
        "file_id": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "records": 0,
        "series": series,
        "sequence_nr": sequence_nr,
    }
    source = sources.get(name)
    if source is None:
        return {**row, "reason": "unknown_source", "detail": "the folder is no source of sources.csv"}, None
    try:
        file = _read(unpack(content, path), source)
        reading = Reading(source.time_zone, day)
        records = unify(file, reading, path=path, file_id=str(row["file_id"]), source=name)
        declared = _declared(file, source, manifests.get(name, {}), file_name)
        row |= {"declared_records": declared.records, "declared_s": declared.seconds} if declared else {}
        if declared:
            require_totals(declared, records.num_rows, _seconds(records), file.layout.name, where=_where(file))
    except UnusableFileError as error:
        unusable = {"layout": error.layout, "records": error.rows, "reason": error.reason, "detail": error.detail}
        return row | unusable, None
    except pa.ArrowInvalid as error:
        return row | {"reason": "unreadable_file", "detail": f"not readable as text with fields: {error}"}, None
    return row | {"layout": file.layout.name, "records": records.num_rows}, records


def _read(content: bytes, source: Source) -> CdrFile:
    if source.completeness == "newline" and not content.endswith((b"\n", b"\r")):
        raise UnusableFileError("truncated_file", "the last line has no line end, and the source declares one")
    layouts = [LAYOUTS[layout] for layout in source.layouts]
    file = read_records(
        content, [*layouts, *(layout for layout in SET_ASIDE if layout not in layouts)], source.encoding
    )
    if source.completeness == "trailer" and not file.closed:
        rows = len(file.records.line)
        raise UnusableFileError("truncated_file", "the line that closes the file is missing", rows, file.layout.name)
    return file


def _declared(file: CdrFile, source: Source, manifest: Manifest, name: str) -> Totals | None:
    if source.completeness != "manifest":
        return file.declared
    if name not in manifest:
        rows = len(file.records.line)
        raise UnusableFileError("truncated_file", f"{MANIFEST} does not list the file", rows, file.layout.name)
    return manifest[name]


def _where(file: CdrFile) -> str:
    return "trailer" if file.declared else "manifest"


def _seconds(records: pa.RecordBatch) -> int:
    return pc.sum(records["talk_s"]).as_py() or 0
