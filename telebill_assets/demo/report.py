"""The demo's last words: the table of figures, and whether they are what the manifest says."""

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from telebill_assets.demo.manifest import Manifest
from telebill_assets.demo.summary import Summary
from telebill_assets.settings import Settings

SHOWN_DOCUMENTS = ("STU-", "NLT-", "NLD-")
"""The sample invoice, a US and a German one."""


def disagreements(manifest: Manifest, summary: Summary) -> list[str]:
    """Every figure of the manifest that the ledger does not report."""
    injected: Mapping[str, object] = {
        "files": manifest.files,
        "records": manifest.records,
        "validated": manifest.validated,
        "duplicates": sum(manifest.duplicates.values()),
        "non_billable": sum(manifest.non_billable.values()),
        **{f"suspended {reason}": count for reason, count in manifest.suspended.items()},
        **{f"suspended file {reason}": count for reason, count in manifest.files_suspended.items()},
    }
    reported: Mapping[str, object] = {
        "files": summary.files,
        "records": summary.records,
        "validated": summary.validated,
        "duplicates": summary.duplicates,
        "non_billable": summary.non_billable,
        **{f"suspended {reason}": count for reason, count in summary.suspended.items()},
        **{f"suspended file {reason}": count for reason, count in summary.files_suspended.items()},
    }
    return [
        f"{name}: injected {injected.get(name, 0)}, reported {reported.get(name, 0)}"
        for name in sorted(injected.keys() | reported.keys())
        if injected.get(name, 0) != reported.get(name, 0)
    ]


def show_summary(console: Console, summary: Summary, path: Path, settings: Settings) -> None:
    """Print the figures, the gates, three invoices and how to open the UI."""
    console.print(_figures(summary))
    console.print(_gates(summary))
    console.print(f"Figures as JSON: {path}")
    for document in _three(summary.documents):
        console.print(f"Invoice: {document}", soft_wrap=True)
    console.print(
        f"Close report: {settings.close_dir / f'{summary.month:%Y-%m}' / 'close-report.html'}", soft_wrap=True
    )
    home = settings.home.absolute()
    console.print(f"Look at it in Dagster: TELEBILL_HOME={home} make ui", soft_wrap=True)


def _figures(summary: Summary) -> Table:
    table = Table(title=f"telebill demo, {summary.month:%B %Y}", show_header=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    rows: list[tuple[str, str]] = [
        ("files", f"{summary.files:,}"),
        *((f"  suspended as {reason}", f"{count:,}") for reason, count in summary.files_suspended.items()),
        ("records", f"{summary.records:,}"),
        ("duplicates", f"{summary.duplicates:,}"),
        ("non-billable", f"{summary.non_billable:,}"),
        ("validated", f"{summary.validated:,}"),
        ("suspended", f"{sum(summary.suspended.values()):,}"),
        *((f"  {reason}", f"{count:,}") for reason, count in summary.suspended.items()),
        ("priced calls", f"{summary.priced_calls:,}"),
        ("billed minutes", f"{summary.billed_seconds / 60:,.1f}"),
        ("charge lines", f"{summary.charge_lines:,}"),
        ("net, all currencies", summary.net),
        *((f"tax, {level}", amount) for level, amount in summary.tax.items()),
        ("pass-through", summary.pass_through),
        ("invoices", f"{summary.invoices:,}"),
        ("payable, all currencies", summary.payable),
        *((f"  payable in {currency}", totals.payable) for currency, totals in summary.by_currency.items()),
    ]
    for row in rows:
        table.add_row(*row)
    return table


def _gates(summary: Summary) -> Table:
    table = Table(title="Audit gates and the ledger's balance")
    for title in ("gate", "", "figure"):
        table.add_column(title)
    for gate in summary.gates:
        table.add_row(gate.name, "[green]pass[/]" if gate.passed else "[red]FAIL[/]", gate.figure)
    return table


def _three(documents: list[str]) -> list[str]:
    found = [next((path for path in documents if Path(path).name.startswith(start)), None) for start in SHOWN_DOCUMENTS]
    return [path for path in found if path]
