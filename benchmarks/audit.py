"""What the audit costs: the share of a landing day's processor time that goes into proofs.

    make bench-audit               3,000 files of 1,000 records

The three daily jobs run once, all of their tasks in this process on one thread, and every function of the audit is
timed where the jobs call it: Pandera's checks of the rows that are written, the checks that set records aside, keys
compared over all files, what is counted for checks, and the checks between tables. Writing and publishing are not the
audit's, and neither is what Spark takes to start and to move tasks about.
"""

import argparse
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # as in a task; it must be set before Polars is imported

from rich.console import Console
from rich.table import Table

from benchmarks.day import DAY, SEED, STAGES, settings_of
from telebill_assets.audit import publication, written
from telebill_assets.compute.request import JobRequest
from telebill_assets.compute.runner import LocalRunner
from telebill_assets.demo.landing_files import Generator
from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.lake.lake import Lake
from telebill_assets.mediation import outcomes
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.reference.load import load
from telebill_assets.reference.publish import publish
from telebill_assets.spark.distribute import Cluster, by_key_here
from telebill_assets.stages.daily_aggregates import checks as daily_checks
from telebill_assets.stages.daily_aggregates import job as daily_job
from telebill_assets.stages.raw_cdr import checks as raw_checks
from telebill_assets.stages.validated_usage import checks as usage_checks
from telebill_assets.stages.validated_usage import job as usage_job

AUDIT = (
    (written, "examine", "Pandera's checks of the rows that are written"),
    (outcomes, "suspend_broken", "Pandera's checks that set records aside"),
    (publication, "repeated_keys", "keys compared over all files"),
    (usage_job, "call_counts", "counted for checks"),
    (daily_job, "sample_calls", "counted for checks"),
    (raw_checks, "check", "checks between tables"),
    (usage_checks, "check", "checks between tables"),
    (daily_checks, "check", "checks between tables"),
)
"""Where the jobs call the audit: module, function, and what it is for."""


class OneProcess(Cluster):
    """Runs every task in this process."""

    cores = 2  # type: ignore[assignment]

    def each(self, pieces: Sequence[Any], task: Callable[..., Any], shared: Any) -> list[Any]:
        return [task(piece, shared) for piece in pieces]

    def by_key(
        self, pieces: Sequence[Any], split: Callable[..., Any], merge: Callable[..., Any], shared: Any
    ) -> tuple[list[Any], list[Any]]:
        return by_key_here(pieces, split, merge, shared)


@contextmanager
def timed_audit(spent: dict[str, float]) -> Iterator[None]:
    """Add up the processor seconds of the audit's functions by purpose; a call within another counts once."""
    depth = [0]

    def timing(function: Callable[..., Any], purpose: str) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            started = time.process_time()
            depth[0] += 1
            try:
                return function(*arguments, **named)
            finally:
                depth[0] -= 1
                if not depth[0]:
                    spent[purpose] = spent.get(purpose, 0) + time.process_time() - started

        return timed

    with ExitStack() as stack:
        for module, name, purpose in AUDIT:
            stack.enter_context(mock.patch.object(module, name, timing(getattr(module, name), purpose)))
        yield


def run(home: Path) -> tuple[dict[str, float], dict[str, float]]:
    """The three daily jobs; processor seconds by stage, and those of the audit by purpose."""
    settings, stages, spent = settings_of(home), {}, {}
    shutil.rmtree(settings.lake_dir, ignore_errors=True)
    publish(load(settings.reference_dir, LAYOUTS), Lake.open(settings), "benchmark", "benchmark")
    runner = LocalRunner(settings, OneProcess(settings))
    with timed_audit(spent):
        for stage in STAGES:
            started = time.process_time()
            runner.run(JobRequest(job=stage, partition=DAY, run_id="benchmark", code_version="benchmark"))
            stages[stage] = time.process_time() - started
    return stages, spent


def show(records: int, stages: dict[str, float], spent: dict[str, float]) -> None:
    """Print the day by stage, and the audit by purpose with its share of the day."""
    table = Table(title=f"The audit of one landing day: {records:,} records, one thread")
    for column in ("", "processor s", "share of the day"):
        table.add_column(column, justify="right" if column else "left")
    whole = sum(stages.values())
    for rows in (stages, spent):
        for name, seconds in rows.items():
            table.add_row(name, f"{seconds:,.2f}", f"{seconds / whole:.1%}")
        table.add_section()
    table.add_row("the day", f"{whole:,.2f}", "")
    table.add_row("the audit", f"{sum(spent.values()):,.2f}", f"{sum(spent.values()) / whole:.1%}")
    Console().print(table)


def main() -> None:
    """Generate the day, run it, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=3_000)
    parser.add_argument("--records", type=int, default=1_000)
    parser.add_argument("--home", type=Path, default=Path(".telebill/benchmark"))
    options = parser.parse_args()
    home = options.home.absolute()
    settings = settings_of(home)
    shutil.rmtree(settings.landing_dir, ignore_errors=True)
    write_reference_files(settings.reference_dir)
    Console().print(f"Generating {options.files:,} files of {options.records:,} records ...")
    manifest = Generator(settings.landing_dir, SEED, options.files, options.records).write_days([DAY])
    show(manifest.records, *run(home))


if __name__ == "__main__":
    main()
