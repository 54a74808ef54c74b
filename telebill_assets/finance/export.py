"""The unified export of a month: charges, taxes, invoices, journal and manifest, byte-identical on re-run."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel

from telebill_assets.database.server import connect
from telebill_assets.errors import OperatorError
from telebill_assets.finance.final_rows import invoices_to_post, rows
from telebill_assets.finance.gl_accounts import AccountMap
from telebill_assets.finance.journal import entries, postings
from telebill_assets.finance.layout import AMOUNTS, FILES, LAYOUT_VERSION
from telebill_assets.finance.writers import WRITERS, Row, sha256_of

MANIFEST = "manifest.json"


class NothingToExportError(OperatorError):
    """The month has no final invoice."""


class ExportError(OperatorError):
    """The exported files do not add up; nothing was replaced."""


class ExportedFile(BaseModel):
    """A file of the export, with its control totals."""

    name: str
    rows: int
    sums: dict[str, dict[str, str]]
    """Sums of the amounts per currency."""
    sha256: str


class Manifest(BaseModel):
    """What an export holds."""

    layout_version: int = LAYOUT_VERSION
    billing_month: date
    format: str
    files: list[ExportedFile]


@dataclass
class _Totals:
    """Counts rows and sums amounts per currency while rows pass by."""

    amounts: tuple[str, ...]
    rows: int = 0
    sums: dict[str, dict[str, Decimal]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Decimal)))

    def counting(self, passing: Iterable[Row]) -> Iterator[Row]:
        for row in passing:
            self.rows += 1
            for name in self.amounts:
                self.sums[row["currency"]][name] += row[name]
            yield row


def export(url: str, month: date, kind: str, folder: Path, accounts: AccountMap) -> Manifest:
    """Write a month's final invoices to `folder`, replacing an earlier export of that month and format.

    Args:
        url: DSN of the billing database.
        month: first day of the billing month.
        kind: csv or parquet.
        folder: where the files go; made if missing.
        accounts: the general-ledger accounts.

    Raises:
        NothingToExportError: the month has no final invoice.
        UnmappedError: naming every posting without an account.
        UnbalancedInvoiceError, ExportError: the invoices do not add up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        needed = postings(invoices_to_post(connection, month))
        if not needed:
            raise NothingToExportError(
                f"{month:%Y-%m} has no final invoice; the month must be closed before its export"
            )
        known = accounts.require(needed)
        journal = (entry for invoice in invoices_to_post(connection, month) for entry in entries(invoice, known))
        parts = {name: journal if name == "journal" else rows(connection, name, month) for name in FILES}
        totals = {name: _write(folder, name, kind, part) for name, part in parts.items()}
    _require_agreement(totals)
    return _publish(folder, month, kind, totals)


def _draft(folder: Path, name: str, kind: str) -> Path:
    return folder / f"{name}.{kind}.part"


def _write(folder: Path, name: str, kind: str, part: Iterable[Row]) -> _Totals:
    totals = _Totals(AMOUNTS[name])
    WRITERS[kind](_draft(folder, name, kind), FILES[name], totals.counting(part))
    return totals


def _require_agreement(totals: dict[str, _Totals]) -> None:
    """Payable is charges plus taxes, and debit is credit, in every currency."""
    wrong = []
    for currency, invoiced in totals["invoices"].sums.items():
        charges, taxes = totals["charges"].sums[currency]["amount"], totals["taxes"].sums[currency]["amount"]
        posted = totals["journal"].sums[currency]
        if charges + taxes != invoiced["payable"]:
            wrong.append(f"{currency}: charges {charges} + taxes {taxes}, payable {invoiced['payable']}")
        if posted["debit"] != posted["credit"]:
            wrong.append(f"{currency}: debit {posted['debit']}, credit {posted['credit']}")
    if wrong:
        raise ExportError("\n".join(wrong))


def _publish(folder: Path, month: date, kind: str, totals: dict[str, _Totals]) -> Manifest:
    """The files get their names only when all of them are there; the manifest comes last."""
    manifest = Manifest(
        billing_month=month,
        format=kind,
        files=[
            ExportedFile(
                name=f"{name}.{kind}",
                rows=total.rows,
                sums={
                    currency: {amount: str(sums[amount]) for amount in total.amounts}
                    for currency, sums in sorted(total.sums.items())
                    if sums
                },
                sha256=sha256_of(_draft(folder, name, kind)),
            )
            for name, total in totals.items()
        ],
    )
    for name in totals:
        _draft(folder, name, kind).replace(folder / f"{name}.{kind}")
    draft = _draft(folder, "manifest", "json")
    draft.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    draft.replace(folder / MANIFEST)
    return manifest
