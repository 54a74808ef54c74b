"""manifest.csv: what a sender says it sent on a day. One row per file, with its records and, if it knows, seconds."""

import csv
import io
from collections.abc import Mapping

from telebill_assets.mediation.totals import Totals

MANIFEST = "manifest.csv"

Manifest = Mapping[str, Totals]
"""Declared totals by file name."""


def manifest_of(content: bytes) -> Manifest:
    """Declared totals from a manifest.csv (columns file, records, seconds).

    A row that cannot be read declares nothing, so its file is held for want of a declaration.
    """
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig", errors="replace")))
    return {row["file"]: Totals(int(row["records"]), _seconds(row)) for row in rows if _readable(row)}


def _readable(row: Mapping[str, str | None]) -> bool:
    return bool(row.get("file")) and (row.get("records") or "").isdigit() and (row.get("seconds") or "0").isdigit()


def _seconds(row: Mapping[str, str | None]) -> int | None:
    text = row.get("seconds")
    return int(text) if text else None
