"""A rate deck of 200,000 prefixes: imported, then loaded, checked, published and made ready to price.

    make bench-deck

Beside it, DuckDB reads the same two files with the types of their columns and writes them as Parquet, checking nothing.
"""

import argparse
import csv
import random
import shutil
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.lake.lake import Lake
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.rating.tariff import Tariff
from telebill_assets.reference.load import load
from telebill_assets.reference.publish import publish
from telebill_assets.settings import Settings
from telebill_assets.tariffs.deck_import import Choices, import_deck, propose
from telebill_assets.tariffs.layout import layout_of

SEED = 2020
LIMIT_S = 10
PREFIXES = range(3_000_000, 9_799_999)
TYPES = {
    "destinations": {},
    "rates": {
        "valid_from": "DATE",
        "valid_to": "DATE",
        "connect_fee": "DECIMAL(18,8)",
        "rate": "DECIMAL(18,8)",
        "from_s": "INTEGER",
        "unit_s": "INTEGER",
        "increment_s": "INTEGER",
    },
}
Timed = dict[str, tuple[float, float]]
"""Seconds of the clock and of the processor, by step."""


def write_deck(path: Path, prefixes: int) -> None:
    """A carrier's deck with one price per prefix of seven digits."""
    numbers = random.Random(SEED)  # noqa: S311  test data
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("Code", "Rate"))
        for prefix in sorted(numbers.sample(PREFIXES, prefixes)):
            writer.writerow((prefix, f"0.{numbers.randrange(1, 9_999):04d}"))


def timed(steps: Timed, name: str, step: Callable[[], Any]) -> Any:
    """Run a step and note its seconds."""
    clock, processor = time.perf_counter(), time.process_time()
    found = step()
    steps[name] = time.perf_counter() - clock, time.process_time() - processor
    return found


def total(steps: Timed, *names: str) -> tuple[float, float]:
    """Seconds of some steps, or of all."""
    chosen = [steps[name] for name in names or steps]
    return sum(clock for clock, _ in chosen), sum(processor for _, processor in chosen)


def run_telebill(home: Path, prefixes: int) -> tuple[Timed, Path]:
    """Import the deck into the demo's reference files, then do what materialising the reference assets does."""
    steps: Timed = {}
    reference, proposal = home / "reference", home / "proposal"
    write_reference_files(reference)
    write_deck(home / "deck.csv", prefixes)
    options = {"interval": "60/60", "effective": date(2020, 5, 1), "country": "001"}
    layout = layout_of(options, ("prefix=Code", "rate=Rate"))
    choices = Choices("us-minute", carry_over=False)

    def import_and_propose() -> None:
        propose(import_deck(home / "deck.csv", layout, reference, choices), reference, proposal)

    timed(steps, "import", import_and_propose)
    data = timed(steps, "load and check", lambda: load(proposal, LAYOUTS))
    lake = Lake.open(Settings(home=home))
    timed(steps, "publish", lambda: publish(data, lake, "benchmark", "benchmark"))
    timed(steps, "build the tariff", lambda: ready(Tariff.build(data.tables)))
    return steps, proposal


def ready(tariff: Tariff) -> None:
    """Compute what price_calls needs of the tariff."""
    tariff.prepared()


def run_duckdb(folder: Path, home: Path) -> Timed:
    """Read the two files with their types and write them as Parquet."""
    steps: Timed = {}
    db = duckdb.connect()
    db.execute("SET threads = 2")

    def read(name: str) -> None:
        types = ", ".join(f"'{column}': '{kind}'" for column, kind in TYPES[name].items())
        typed = f", types = {{{types}}}" if types else ""
        source = f"read_csv('{folder}/{name}.csv', header = true, all_varchar = {not types}{typed})"
        db.execute(f"COPY (SELECT * FROM {source}) TO '{home}/{name}.parquet' (FORMAT parquet, COMPRESSION zstd)")

    for name in TYPES:
        timed(steps, f"read and write {name}", lambda name=name: read(name))
    return steps


def main() -> None:
    """Run both sides and print; fail if loading, checking and publishing takes longer than promised."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefixes", type=int, default=200_000)
    parser.add_argument("--home", type=Path, default=Path(".telebill/benchmark-deck"))
    options = parser.parse_args()
    home = options.home.absolute()
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    steps, folder = run_telebill(home, options.prefixes)
    peer = run_duckdb(folder, home)
    promised, reading = total(steps, "load and check", "publish"), total(peer)
    table = Table(title=f"A deck of {options.prefixes:,} prefixes")
    for name in ("", "seconds", "of processor"):
        table.add_column(name, justify="right" if name else "left")
    for name, seconds in steps.items():
        table.add_row(name, *(f"{each:,.2f}" for each in seconds))
    table.add_section()
    for name, seconds in (("load, check and publish", promised), ("DuckDB", reading)):
        table.add_row(name, *(f"{each:,.2f}" for each in seconds))
    table.add_row("ratio", *(f"{ours / theirs:,.1f}" for ours, theirs in zip(promised, reading, strict=True)))
    Console().print(table)
    if promised[0] > LIMIT_S:
        sys.exit(f"load, check and publish took {promised[0]:.1f} s, more than {LIMIT_S} s")


if __name__ == "__main__":
    main()
