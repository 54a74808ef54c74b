"""What the audit costs: one landing day with it and without it, in processes of their own, one after the other.

    make bench-audit          3,000 files of 1,000 records

Without means: no rule measured, no key or schema compared, no control asked. What is written, the ledger included, and
what is published is the same on both sides, so the ratio is the price of the proofs alone. The few sums over the ledger
and the aggregates that balances compare run on both sides; they take no time beside the calls. On a machine that others
use too, the ratio of processor time says more than that of wall time.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from unittest import mock

import psutil
from rich.console import Console
from rich.table import Table
from telebill_assets.compute.jobs import daily_aggregates, raw_cdr, validated_usage

from benchmarks.day import CORES, DAY, REPOSITORY, SEED, STAGES, Measured, run_telebill, settings_of
from telebill_assets.audit.check import CheckResult
from telebill_assets.compute import publication
from telebill_assets.demo.landing_files import Generator
from telebill_assets.demo.reference_files import write_reference_files

SIDES = ("audited", "unaudited")
PROCESSOR = "processor ms"
PASSED = CheckResult(name="none", description="not audited", passed=True, figure="")


class Unobserved:
    """Stands for the measurement of a table that nobody measures."""

    rows = 0
    counts = None


@contextmanager
def unaudited() -> Iterator[None]:
    """Switch every check off; a job then writes and publishes, and asks nothing."""
    replaced = {
        publication: {
            "observe": lambda frame, *_: (frame, Unobserved()),
            "examine": lambda *_: [],
            "schema_check": lambda *_: PASSED,
            "merged": lambda *_: [],
            "_all_written": lambda *_: PASSED,
        },
        raw_cdr.controls: {"check": lambda *_: []},
        validated_usage.controls: {"check": lambda *_: [], "check_times": lambda *_: PASSED},
        daily_aggregates.controls: {"check": lambda *_: []},
        raw_cdr: {"_gates": lambda *_: []},
        validated_usage: {"balance": lambda *_: PASSED, "identity_check": lambda *_: PASSED},
        daily_aggregates: {"balance": lambda *_: PASSED, "identity_check": lambda *_: PASSED},
    }
    with ExitStack() as stack:
        for module, functions in replaced.items():
            stack.enter_context(mock.patch.multiple(module, **functions))
        yield


def run(side: str, home: Path) -> Measured:
    """The three daily jobs, in this process. `outcomes` is what they cost: processor milliseconds."""
    with unaudited() if side == "unaudited" else nullcontext():
        measured = run_telebill(home)
    return Measured(measured.seconds, {PROCESSOR: _processor_ms()})


def _processor_ms() -> int:
    """Processor time of this process and all below it: Python, the JVM and its Python workers, ended ones included."""
    root = psutil.Process()
    times = [process.cpu_times() for process in (root, *root.children(recursive=True))]
    return int(1000 * sum(t.user + t.system + t.children_user + t.children_system for t in times))


def in_own_process(side: str, home: Path) -> Measured:
    """Run one side in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.audit", "--home", str(home), "--only", side]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, check=False)
    if done.returncode:
        sys.exit(f"{side} failed with exit code {done.returncode}")
    return Measured(**json.loads(done.stdout.strip().splitlines()[-1]))


def show(records: int, found: dict[str, list[Measured]]) -> None:
    """Print seconds by stage and side, the fastest of the rounds, and the ratio."""
    best = {
        side: {stage: min(measured.seconds[stage] for measured in rounds) for stage in STAGES}
        for side, rounds in found.items()
    }
    table = Table(title=f"The audit of one landing day: {records:,} records, {CORES} cores, fastest of each stage")
    for column in ("", *SIDES, "ratio"):
        table.add_column(column, justify="right" if column else "left")
    totals = {side: sum(best[side].values()) for side in SIDES}
    for stage in STAGES:
        with_audit, without = (best[side][stage] for side in SIDES)
        table.add_row(stage, f"{with_audit:,.1f}", f"{without:,.1f}", f"{with_audit / without:.2f}")
    processor = {
        side: min(measured.outcomes[PROCESSOR] for measured in rounds) / 1000 for side, rounds in found.items()
    }
    table.add_section()
    for name, cost in (("the day", totals), ("processor time, start included", processor)):
        ratio = f"{cost['audited'] / cost['unaudited']:.3f}"
        table.add_row(name, *(f"{cost[side]:,.1f}" for side in SIDES), ratio)
    Console().print(table)


def main() -> None:
    """Generate the day, run both sides in turn, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=3_000)
    parser.add_argument("--records", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=2, help="how often each side runs, in turn")
    parser.add_argument("--home", type=Path, default=Path(".telebill/benchmark"))
    parser.add_argument("--only", choices=SIDES, help="run one side in this process; prints JSON")
    options = parser.parse_args()
    home = options.home.absolute()
    if options.only:
        print(json.dumps(asdict(run(options.only, home))))
        return
    settings = settings_of(home)
    shutil.rmtree(settings.landing_dir, ignore_errors=True)
    write_reference_files(settings.reference_dir)
    Console().print(f"Generating {options.files:,} files of {options.records:,} records ...")
    manifest = Generator(settings.landing_dir, SEED, options.files, options.records).write_days([DAY])
    found: dict[str, list[Measured]] = {side: [] for side in SIDES}
    for number in range(options.rounds):
        for side in SIDES if number % 2 else reversed(SIDES):
            found[side].append(in_own_process(side, home))
    show(manifest.records, found)


if __name__ == "__main__":
    main()
