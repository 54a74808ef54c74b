"""Reading: many files of each of the commonest layouts become raw records, beside DuckDB reading the same text.

    python -m benchmarks.reading [--files 3000] [--records 1000]

Both read on one core and write Parquet. telebill reads as its tasks do, without Spark around them.
DuckDB reads all fields as text, which is less than telebill does: it maps no column, reads no time and keeps neither
line nor text. The ratio says how much the mapping costs.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from telebill_assets.mediation.source import Source
from telebill_assets.stages.raw_cdr.job import Day, land_files
from telebill_assets.stages.raw_cdr.landing_zone import cut_files, list_files

DAY = date(2020, 4, 3)
MIDNIGHT = datetime(2020, 4, 3)  # noqa: DTZ001

Line = Callable[[int], str]


def _stamps(number: int, format: str = "%Y-%m-%d %H:%M:%S") -> tuple[str, str, str]:  # noqa: A002
    start = MIDNIGHT + timedelta(seconds=number % 80_000)
    return (
        start.strftime(format),
        (start + timedelta(seconds=4)).strftime(format),
        (start + timedelta(seconds=64)).strftime(format),
    )


def _telebill_csv(n: int) -> str:
    start, answer, end = _stamps(n, "%Y-%m-%dT%H:%M:%SZ")
    numbers = f"+1512555{n % 10000:04d},+1312555{n % 9999:04d}"
    return f"r{n},,trunk-{n % 90},outbound,{numbers},{start},{answer},{end},60,answered"


def _asterisk_master(n: int) -> str:
    start, answer, end = _stamps(n)
    caller = f'"""A"" <{n % 900}>"'
    return (
        f'"acct-{n % 90}","512555{n % 10000:04d}","1312555{n % 9999:04d}","from-internal",{caller},"SIP/a-{n}",'
        f'"SIP/b-{n}","Dial","SIP/b,60,t","{start}","{answer}","{end}",64,60,"ANSWERED","DOCUMENTATION",'
        f'"{1585904531 + n}.{n}",""'
    )


def _cisco_cucm(n: int) -> str:
    start = 1585872000 + n % 80_000
    times = f"{start},{start + 4},{start + 64},60"
    return f"1,2,{n},100{n % 10},1312555{n % 9999:04d},{times},p-{n},SEP{n % 90:012d},SIP-TRUNK"


def _freeswitch(n: int) -> str:
    start, answer, end = _stamps(n)
    fields = ("A", f"512555{n % 10000:04d}", f"1312555{n % 9999:04d}", "default", start, answer, end, "64", "60")
    tail = ("NORMAL_CLEARING", f"{n:08x}-0001-4a4b-8c8d-000000000001", "", f"acct-{n % 90}", "PCMU", "PCMU")
    return ",".join(f'"{field}"' for field in (*fields, *tail))


def _threecx(n: int) -> str:
    start, answer, end = _stamps(n, "%Y/%m/%d %H:%M:%S")
    call, ends = f"Call {n},{n:016X}_{n % 99},00:01:00", f"Ext.{n % 900},1312555{n % 9999:04d}"
    head = f"{call},{start},{answer},{end},TerminatedByDst,{ends}"
    return (
        f'{head},{n % 900},10001,1312555{n % 9999:04d},,,,,,,,"Chain: Ext.{n % 900},",Internal,External,External,a,b,c,'
    )


CUCM_HEADER = (
    "cdrRecordType,globalCallID_callManagerId,globalCallID_callId,callingPartyNumber,finalCalledPartyNumber,"
    "dateTimeOrigination,dateTimeConnect,dateTimeDisconnect,duration,pkid,origDeviceName,destDeviceName\n"
    + ",".join(["INTEGER"] * 12)
)
TELEBILL_HEADER = (
    "record_id,leg,service_key,direction,caller,callee,start_time,answer_time,end_time,billable_seconds,disposition"
)
LAYOUTS: dict[str, tuple[str, Line]] = {
    "telebill_csv": (TELEBILL_HEADER, _telebill_csv),
    "asterisk_master": ("", _asterisk_master),
    "cisco_cucm": (CUCM_HEADER, _cisco_cucm),
    "freeswitch": ("", _freeswitch),
    "3cx": ("", _threecx),
}


def write_files(folder: Path, layout: str, files: int, records: int) -> None:
    """Files of a layout; every record is another call."""
    header, line = LAYOUTS[layout]
    folder.mkdir(parents=True)
    for i in range(files):
        lines: Iterator[str] = (line(i * records + k) for k in range(records))
        text = "\n".join([*([header] if header else []), *lines]) + "\n"
        (folder / f"cdr-{i:05d}.csv").write_text(text)


def main() -> None:
    """Print seconds and records per second of each layout, and the ratio to DuckDB."""
    options = argparse.ArgumentParser()
    options.add_argument("--files", type=int, default=3_000)
    options.add_argument("--records", type=int, default=1_000)
    asked = options.parse_args()
    home = Path(tempfile.mkdtemp(prefix="telebill-reading-"))
    total = asked.files * asked.records
    print(f"{'layout':<16} {'telebill s':>10} {'records/s':>12} {'DuckDB s':>9} {'ratio':>6}")
    for layout in LAYOUTS:
        zone, out = home / layout, home / f"{layout}-out"
        write_files(zone / "source" / DAY.isoformat(), layout, asked.files, asked.records)
        started = time.perf_counter()
        files = list_files(str(zone), DAY)
        day = Day(str(zone), DAY, {"source": Source((layout,), "UTC")}, {}, str(out))
        landed = sum(land_files(paths, day).report["records"].sum() for paths in cut_files(files, 1))
        ours = time.perf_counter() - started
        written = sum(pq.read_metadata(path).num_rows for path in out.glob("*.parquet"))
        if (landed, written) != (total, total):
            raise SystemExit(f"{layout}: {landed} records landed and {written} written, expected {total}")
        theirs = _in_duckdb(zone, layout, home / f"{layout}.parquet", total)
        print(f"{layout:<16} {ours:>10.1f} {total / ours:>12,.0f} {theirs:>9.1f} {ours / theirs:>6.2f}")
        shutil.rmtree(zone)
        shutil.rmtree(out)
    shutil.rmtree(home)


def _in_duckdb(zone: Path, layout: str, out: Path, total: int) -> float:
    header = LAYOUTS[layout][0]
    skip = header.count("\n") + 1 if header else 0
    started = time.perf_counter()
    db = duckdb.connect(config={"threads": 1})
    read = (
        f"read_csv('{zone}/*/*/*.csv', header=false, skip={skip}, all_varchar=true, delim=',', quote='\"', escape='\"')"
    )
    db.execute(f"COPY (FROM {read}) TO '{out}' (COMPRESSION zstd)")
    seconds = time.perf_counter() - started
    if pq.read_metadata(out).num_rows != total:
        raise SystemExit(f"DuckDB read other than {total} records of {layout}")
    return seconds


if __name__ == "__main__":
    main()
