"""One big billing month through telebill, beside the same sums in DuckDB SQL.

    make bench-month          30,000 accounts, 31 days, 45 million aggregate rows, 200,000 charge lines

Telebill rates, taxes and invoices the month: its charge lines are taxed by the sandbox server in a process of its own,
and its invoices are numbered and final in PostgreSQL. DuckDB reads the same files and computes the same lines, taxes
and invoices, in a process of its own, after it. Their results must be equal, account by account, to the cent.
"""

import argparse
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import date
from importlib import resources
from pathlib import Path
from time import sleep

import polars as pl
from rich.console import Console
from rich.table import Table

from benchmarks.month_data import Size, publish_month
from benchmarks.month_in_duckdb import month_in_duckdb
from benchmarks.processes import Measured, in_own_process, timed
from telebill_assets.compute.days import days_of_month
from telebill_assets.compute.request import JobRequest
from telebill_assets.compute.runner import LocalRunner
from telebill_assets.database.migrate import migrate
from telebill_assets.database.server import database_url
from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.invoicing.frames import final_invoices
from telebill_assets.lake.lake import Lake
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.reference.load import load
from telebill_assets.reference.publish import publish
from telebill_assets.settings import Settings
from telebill_assets.spark.session import spark_session
from telebill_assets.tables.daily_aggregates import DailyAggregates
from telebill_assets.tables.registry import TABLES

MONTH = date(2020, 5, 1)
SEED = 2020
STAGES = ("rated_usage", "taxed_charges", "invoices")
CORES = 2
START = "start of Spark, PostgreSQL and the sandbox"
REFERENCE = ("accounts", "subscriptions", "plan_fees", "charges", "products")
SANDBOX = "from telebill_assets.taxation.sandbox.server import serve; serve('127.0.0.1', {port})"


INVOICES = "invoices.parquet"
COMPARED = ("account_id", "usage_lines", "lines", "net", "tax", "payable")


def settings_of(home: Path, suretax_url: str = "") -> Settings:
    """Telebill on two cores."""
    return Settings(home=home, spark_master=f"local[{CORES}]", spark_memory="1g", suretax_url=suretax_url)


def run_telebill(home: Path) -> Measured:
    """The three monthly jobs with audits and publication, into a new database."""
    seconds: dict[str, float] = {}
    shutil.rmtree(settings_of(home).postgres_dir, ignore_errors=True)
    with ExitStack() as running:
        with timed(seconds, START):
            settings = settings_of(home, running.enter_context(sandbox()))
            migrate(database_url(settings))
            spark_session(settings)
        for stage in STAGES:
            request = JobRequest(job=stage, partition=MONTH, run_id="benchmark", code_version="benchmark")
            with timed(seconds, stage):
                report = LocalRunner(settings).run(request)
            if not report.published:
                sys.exit(f"{stage} was held back: {[check.figure for check in report.checks if not check.passed]}")
        found = final_invoices(database_url(settings), MONTH)
    lines = found.lines.group_by("account_id").agg(usage_lines=(pl.col("line_kind") == "usage").sum(), lines=pl.len())
    whole = found.invoices.join(lines, on="account_id").select(COMPARED)
    (home / "telebill").mkdir(exist_ok=True)
    whole.write_parquet(home / "telebill" / INVOICES)
    return Measured(seconds, {"charge lines": found.lines.height, "invoices": whole.height})


def run_duckdb(home: Path) -> Measured:
    """The same month in DuckDB SQL."""
    lake, out = Lake.open(settings_of(home)), home / "duckdb"
    seconds: dict[str, float] = {}
    shutil.rmtree(out, ignore_errors=True)
    tables = {name: lake.paths(TABLES[name]) for name in REFERENCE}
    tables["aggregates"] = lake.paths(DailyAggregates, landing_day=days_of_month(MONTH))
    rates = resources.files("telebill_assets.taxation.sandbox").joinpath("demo_rates.csv")
    with timed(seconds, "all in SQL"):
        month_in_duckdb(tables, Path(str(rates)), MONTH, out, CORES)
    invoices = pl.read_parquet(out / INVOICES)
    return Measured(seconds, {"charge lines": int(invoices["lines"].sum()), "invoices": invoices.height})


RUNS = {"telebill": run_telebill, "duckdb": run_duckdb}


@contextmanager
def sandbox() -> Iterator[str]:
    """The URL of a sandbox server in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-c", SANDBOX.format(port=port)])
    try:
        while socket.socket().connect_ex(("127.0.0.1", port)):
            sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def differences(home: Path) -> list[str]:
    """Accounts whose invoices differ."""
    ours, theirs = (pl.read_parquet(home / side / INVOICES).select(COMPARED) for side in RUNS)
    both = ours.join(theirs, on="account_id", how="full", suffix="_of_peer")
    figures = COMPARED[1:]
    same = [pl.col(name).eq_missing(pl.col(f"{name}_of_peer")) for name in figures]
    wrong = both.filter(~pl.all_horizontal(same))
    shown = [f"{row}" for row in wrong.head(3).iter_rows(named=True)]
    return [f"{wrong.height:,} of {both.height:,} invoices differ", *shown] if wrong.height else []


def show(rows: int, telebill: Measured, peer: Measured) -> None:
    """Print the table."""
    lines = f"{telebill.results['charge lines']:,} charge lines, {telebill.results['invoices']:,} invoices"
    table = Table(title=f"One billing month: {rows:,} aggregate rows, {lines}, {CORES} cores")
    for column in ("", "seconds", "processor s", "rows/s", "peak memory"):
        table.add_column(column, justify="right" if column else "left")
    ours = sum(telebill.seconds[stage] for stage in STAGES)
    theirs = sum(peer.seconds.values())
    for name, seconds in telebill.seconds.items():
        table.add_row(name, f"{seconds:,.1f}", "", f"{rows / seconds:,.0f}" if name == STAGES[0] else "", "")
    table.add_section()
    for name, seconds, measured in (("telebill", ours, telebill), ("DuckDB", theirs, peer)):
        memory = f"{measured.peak_bytes / 2**30:,.1f} GiB"
        table.add_row(name, f"{seconds:,.1f}", f"{measured.processor_s:,.1f}", f"{rows / seconds:,.0f}", memory)
    table.add_row("ratio", f"{ours / theirs:.2f}", f"{telebill.processor_s / peer.processor_s:.2f}", "", "")
    Console().print(table)


def generate(home: Path, size: Size) -> int:
    """Make the month in a new lake, with the demo's products, sellers and destinations."""
    settings = settings_of(home)
    shutil.rmtree(settings.lake_dir, ignore_errors=True)
    write_reference_files(settings.reference_dir)
    lake = Lake.open(settings)
    publish(load(settings.reference_dir, LAYOUTS), lake, "benchmark", "benchmark")
    return publish_month(lake, size, SEED)


def main() -> None:
    """Generate the month, run both sides, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--accounts", type=int, default=30_000)
    parser.add_argument("--rows", type=int, default=45_000_000)
    parser.add_argument("--home", type=Path, default=Path(".telebill/benchmark-month"))
    parser.add_argument("--only", choices=RUNS, help="run one side in this process; prints JSON")
    options = parser.parse_args()
    home = options.home.absolute()
    if options.only:
        print(json.dumps(asdict(RUNS[options.only](home))))
        return
    Console().print(f"Generating {options.rows:,} aggregate rows of {options.accounts:,} accounts ...")
    rows = generate(home, Size(MONTH, options.accounts, options.rows))
    servers = [settings_of(home).postgres_dir / "postmaster.pid"]
    telebill, peer = (
        in_own_process("benchmarks.month", "--home", str(home), "--only", side, servers=servers) for side in RUNS
    )
    show(rows, telebill, peer)
    if wrong := differences(home):
        sys.exit("The results differ:\n" + "\n".join(wrong))
    Console().print("The results are equal: usage lines, net, tax and payable of every account, to the cent.")


if __name__ == "__main__":
    main()
