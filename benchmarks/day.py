"""One big landing day through telebill, beside the same work in DuckDB SQL.

    make bench-day                 3,000 files of 1,000 records
    make bench-day FILES=30000     the reference day: 30,000 files, 30,000,000 records

Both read the same files in processes of their own, one after the other, on the same cores. Their results must be
equal, to the cent. The ratio is telebill's time over DuckDB's; telebill also registers files, keeps every original
text, audits every table and publishes atomically, which the peer does not.
"""

import argparse
import json
import shutil
import sys
from collections import Counter
from dataclasses import asdict
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
from rich.console import Console
from rich.table import Table

from benchmarks.day_in_duckdb import day_in_duckdb
from benchmarks.processes import Measured, in_own_process, timed
from telebill_assets.compute.request import JobRequest
from telebill_assets.compute.runner import LocalRunner
from telebill_assets.demo.landing_files import Generator
from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.lake.lake import Lake
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.reference.load import load
from telebill_assets.reference.publish import publish
from telebill_assets.settings import Settings
from telebill_assets.spark.session import spark_session
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.ledger import Ledger

DAY = date(2020, 4, 5)
SEED = 2020
STAGES = ("raw_cdr", "validated_usage", "daily_aggregates")
CORES = 2
START = "start of Spark"
AGGREGATE_COLUMNS = (
    "call_date, account_id, service_id, direction, plan_id, rate_id, destination, jurisdiction, band, currency, "
    "calls, talk_s, billed_s, charge"
)


def settings_of(home: Path) -> Settings:
    """Telebill on two cores with a fresh lake."""
    return Settings(home=home, spark_master=f"local[{CORES}]", spark_memory="1g")


def run_telebill(home: Path) -> Measured:
    """The three daily jobs with audits and publication, in this process."""
    settings, seconds = settings_of(home), {}
    shutil.rmtree(settings.lake_dir, ignore_errors=True)
    publish(load(settings.reference_dir, LAYOUTS), Lake.open(settings), "benchmark", "benchmark")
    with timed(seconds, START):
        spark_session(settings)
    for stage in STAGES:
        request = JobRequest(job=stage, partition=DAY, run_id="benchmark", code_version="benchmark")
        with timed(seconds, stage):
            report = LocalRunner(settings).run(request)
        if not report.published:
            failed = [check.figure for check in report.checks if not check.passed]
            sys.exit(f"{stage} was held back: {failed}")
    ledger = Lake.open(settings).frame(Ledger, period=DAY, stage=list(STAGES[1:]))
    outcome = pl.concat_str("outcome", "reason", separator="/", ignore_nulls=True)
    counted = ledger.filter(pl.col("outcome") != "priced").group_by(outcome=outcome).agg(pl.sum("records"))
    return Measured(seconds, dict(counted.iter_rows()))


def run_duckdb(home: Path) -> Measured:
    """The same day in DuckDB SQL, in this process."""
    settings, out, seconds = settings_of(home), home / "duckdb", {}
    shutil.rmtree(out, ignore_errors=True)
    with timed(seconds, "all in SQL"):
        outcomes = day_in_duckdb(settings.landing_dir, settings.reference_dir, DAY, out, CORES)
    return Measured(seconds, outcomes)


RUNS = {"telebill": run_telebill, "duckdb": run_duckdb}


def differences(home: Path, telebill: Measured, peer: Measured) -> list[str]:
    """Every way in which the two results differ."""
    ours = Lake.open(settings_of(home)).frame(DailyAggregates, landing_day=DAY).to_arrow()
    db = duckdb.connect()
    db.register("ours", ours)
    theirs = f"SELECT {AGGREGATE_COLUMNS} FROM '{home}/duckdb/daily_aggregates.parquet'"
    mine = f"SELECT {AGGREGATE_COLUMNS} FROM ours"
    found = []
    for title, query in (("only telebill", f"{mine} EXCEPT {theirs}"), ("only DuckDB", f"{theirs} EXCEPT {mine}")):
        rows = db.execute(f"SELECT count(*) FROM ({query})").fetchall()[0][0]
        found += [f"{rows} aggregates are in {title}"] if rows else []
    wrong = Counter(telebill.results)
    wrong.subtract(peer.results)
    return found + [f"{name}: telebill has {n:+} records" for name, n in sorted(wrong.items()) if n]


def show(home: Path, records: int, telebill: Measured, peer: Measured) -> None:
    """Print the table."""
    table = Table(title=f"One landing day: {records:,} records, {CORES} cores")
    for column in ("", "seconds", "processor s", "records/s", "peak memory"):
        table.add_column(column, justify="right" if column else "left")
    ours = sum(telebill.seconds[stage] for stage in STAGES)
    theirs = sum(peer.seconds.values())
    for name, seconds in telebill.seconds.items():
        table.add_row(name, f"{seconds:,.1f}", "", f"{records / seconds:,.0f}" if name in STAGES else "", "")
    table.add_section()
    for name, seconds, measured in (("telebill", ours, telebill), ("DuckDB", theirs, peer)):
        memory = f"{measured.peak_bytes / 2**30:,.1f} GiB"
        table.add_row(name, f"{seconds:,.1f}", f"{measured.processor_s:,.1f}", f"{records / seconds:,.0f}", memory)
    table.add_row("ratio", f"{ours / theirs:.2f}", f"{telebill.processor_s / peer.processor_s:.2f}", "", "")
    Console().print(table)
    kept = sum(path.stat().st_size for path in (home / "lake").rglob("*.parquet"))
    Console().print(f"{kept / 2**20:,.0f} MiB of Parquet in telebill's lake")


def main() -> None:
    """Generate the day, run both sides, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=3_000)
    parser.add_argument("--records", type=int, default=1_000)
    parser.add_argument("--home", type=Path, default=Path(".telebill/benchmark"))
    parser.add_argument("--only", choices=RUNS, help="run one side in this process; prints JSON")
    options = parser.parse_args()
    home = options.home.absolute()
    if options.only:
        print(json.dumps(asdict(RUNS[options.only](home))))
        return
    settings = settings_of(home)
    shutil.rmtree(settings.landing_dir, ignore_errors=True)
    write_reference_files(settings.reference_dir)
    Console().print(f"Generating {options.files:,} files of {options.records:,} records ...")
    manifest = Generator(settings.landing_dir, SEED, options.files, options.records).write_days([DAY])
    telebill, peer = (in_own_process("benchmarks.day", "--home", str(home), "--only", side) for side in RUNS)
    show(home, manifest.records, telebill, peer)
    wrong = differences(home, telebill, peer)
    if wrong:
        sys.exit("The results differ:\n" + "\n".join(wrong))
    Console().print("The results are equal: every aggregate, every outcome, to the last decimal.")


if __name__ == "__main__":
    main()
