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
import pyarrow.fs as pafs
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession

from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.mediation.reader import UnusableFileError, read_records, unpack
from telebill_assets.mediation.unify import RAW_CDR, unify
from telebill_assets.storage import filesystem

BYTES_PER_TASK = 32 * 1024 * 1024
FILES_PER_TASK = 400
ROW_GROUP = 100_000
"""Records of many small files share a row group, so that later stages scan few of them."""

REPORT = pa.schema(
    [
        ("path", pa.string()),
        ("source", pa.string()),
        ("layout", pa.string()),
        ("file_id", pa.string()),
        ("bytes", pa.int64()),
        ("records", pa.int64()),
        ("reason", pa.string()),
        ("detail", pa.string()),
        ("data_file", pa.string()),
    ]
)
REPORT_DDL = (
    "path string, source string, layout string, file_id string, bytes long, records long, "
    "reason string, detail string, data_file string"
)


@dataclass(frozen=True)
class Source:
    """What a task needs to know about a CDR source."""

    layout: str
    time_zone: str


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
        if info.type == pafs.FileType.File and not info.base_name.startswith(".")
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
    return frame.mapInArrow(_landing_task(zone, dict(sources), day, folder), REPORT_DDL)


def _landing_task(
    zone: str, sources: Mapping[str, Source], day: date, folder: str
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
                    row, records = read_file(content, path, sources, day)
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
    content: bytes, path: str, sources: Mapping[str, Source], day: date
) -> tuple[dict[str, object], pa.RecordBatch | None]:
    """Read one file: its register row, and its records unless the whole file is unusable."""
    name = path.split("/", 1)[0]
    row: dict[str, object] = {
        "path": path,
        "source": name,
        "file_id": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "records": 0,
    }
    source = sources.get(name)
    if source is None:
        return {**row, "reason": "unknown_source", "detail": "the folder is no source of sources.csv"}, None
    layout = LAYOUTS[source.layout]
    try:
        found = read_records(unpack(content, path), layout)
    except UnusableFileError as error:
        return {**row, "reason": error.reason, "detail": error.detail}, None
    records = unify(
        found, layout, source.time_zone, landing_day=day, path=path, file_id=str(row["file_id"]), source=name
    )
    return {**row, "layout": layout.name, "records": records.num_rows}, records
