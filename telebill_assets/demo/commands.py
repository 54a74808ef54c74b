"""`telebill generate` and `telebill demo`."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from telebill_assets.compute.days import days_of_month
from telebill_assets.database.server import database_url
from telebill_assets.demo.landing_files import Generator
from telebill_assets.demo.manifest import Manifest
from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.demo.report import disagreements, show_summary
from telebill_assets.demo.summary import Summary, summarise
from telebill_assets.errors import OperatorError
from telebill_assets.lake.lake import Lake
from telebill_assets.settings import Settings
from telebill_assets.taxation.sandbox.server import LOOPBACK, running_sandbox

MONTH = date(2020, 4, 1)
SEED = 2020
DEMO_FILES, DEMO_RECORDS = 12, 150


class DemoFailedError(OperatorError):
    """The demo found something that it did not put in, or the other way round."""


def generate(  # noqa: PLR0917
    folder: Annotated[Path, typer.Argument(help="Landing zone to write to")],
    start: Annotated[str, typer.Option(help="First landing day")] = MONTH.isoformat(),
    days: Annotated[int, typer.Option(min=1, help="Landing days")] = 1,
    files: Annotated[int, typer.Option(min=1, help="Files a day, in turn from all sources")] = DEMO_FILES,
    records: Annotated[int, typer.Option(min=1, help="Records a file")] = DEMO_RECORDS,
    seed: Annotated[int, typer.Option(min=0, help="The same seed makes the same files")] = SEED,
    faults: Annotated[bool, typer.Option(help="Put faults into the files")] = True,  # noqa: FBT002
    reference: Annotated[Path | None, typer.Option(help="Also write the demo's reference files here")] = None,
) -> None:
    """Write landing files of the demo operator, and a manifest of what is in them."""
    try:
        first = date.fromisoformat(start)
    except ValueError:
        raise typer.BadParameter(f"{start!r} is no date such as {MONTH}", param_hint="--start") from None
    if faults and records < 50:
        raise typer.BadParameter("files with faults need 50 records or more", param_hint="--records")
    generator = Generator(folder, seed, files, records, faults)
    with _progress("Generating", days) as step:
        manifest = generator.write_days([first + timedelta(days=n) for n in range(days)], lambda _: step())
    if reference:
        write_reference_files(reference)
    _save(folder / "manifest.json", manifest)
    Console().print(f"{manifest.files:,} files, {manifest.records:,} records in {folder}")


def demo(
    files: Annotated[int, typer.Option(min=4, help="Files a day")] = DEMO_FILES,
    records: Annotated[int, typer.Option(min=50, help="Records a file")] = DEMO_RECORDS,
    seed: Annotated[int, typer.Option(min=0, help="The same seed makes the same month")] = SEED,
) -> None:
    """Run a whole month of the demo operator through Dagster, from landing files to invoices."""
    from telebill_assets.operate import Operator  # noqa: PLC0415  # Dagster takes seconds to import
    from telebill_assets.spark.session import spark_session  # noqa: PLC0415

    settings, console = Settings(), Console()
    spark_session(settings)
    database_url(settings)  # what is not there is said before the work, not after it
    days = days_of_month(MONTH)
    manifest = _prepare(settings, days, files, records, seed)
    with _sandbox(settings.suretax_url):
        operator = Operator(settings)
        with _progress("Reference data", 1) as step:
            operator.publish_reference()
            step()
        with _progress("Landing days", len(days)) as step:
            for day in days:
                operator.run_day(day.isoformat())
                step()
        with _progress("Month close", 1) as step:
            operator.run_month(MONTH.isoformat())
            step()
    summary = summarise(Lake.open(settings), settings, MONTH)
    path = settings.home.absolute() / "summary.json"
    path.write_text(summary.model_dump_json(indent=2) + "\n", encoding="utf-8")
    show_summary(console, summary, path, settings)
    _require_agreement(manifest, summary)
    console.print("What the manifest injected is what suspense and the ledger report, reason by reason.")


def _prepare(settings: Settings, days: list[date], files: int, records: int, seed: int) -> Manifest:
    """The same files again for the same seed; what another run left in the landing zone is removed."""
    shutil.rmtree(settings.landing_dir, ignore_errors=True)
    write_reference_files(settings.reference_dir)
    with _progress("Generating files", len(days)) as step:
        manifest = Generator(settings.landing_dir, seed, files, records).write_days(days, lambda _: step())
    _save(settings.home / "manifest.json", manifest)
    return manifest


@contextmanager
def _sandbox(url: str) -> Iterator[None]:
    """The sandbox server, if SureTax is expected on this machine."""
    place = urlsplit(url)
    if place.hostname not in {LOOPBACK, "localhost"}:
        yield
        return
    with running_sandbox(place.port or 80):
        yield


@contextmanager
def _progress(title: str, steps: int) -> Iterator["_Step"]:
    columns = (TextColumn(f"{title:<18}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console()) as bar:
        task = bar.add_task(title, total=steps)
        yield _Step(bar, task)


class _Step:
    """Moves a progress bar on by one."""

    def __init__(self, bar: Progress, task: object) -> None:
        self._bar, self._task = bar, task

    def __call__(self) -> None:
        self._bar.advance(self._task)  # type: ignore[arg-type]


def _save(path: Path, manifest: Manifest) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")


def _require_agreement(manifest: Manifest, summary: Summary) -> None:
    wrong = disagreements(manifest, summary)
    wrong += [f"gate {gate.name} failed: {gate.figure}" for gate in summary.gates if not gate.passed]
    if wrong:
        raise DemoFailedError("\n".join(wrong))
