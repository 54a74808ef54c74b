"""manifest.csv: what a sender says it sent on a day. One row per file, with its records and, if it knows, seconds."""

import csv
import io
from collections.abc import Mapping
from datetime import date

from telebill_assets.mediation.totals import Totals
from telebill_assets.storage import filesystem

MANIFEST = "manifest.csv"


def read_manifest(zone: str, source: str, day: date) -> Mapping[str, Totals]:
    """Declared totals by file name from <zone>/<source>/<day>/manifest.csv (columns file, records, seconds).

    A row that cannot be read declares nothing, so its file is held for want of a declaration. Empty if there is no
    manifest.
    """
    files, root = filesystem(zone)
    try:
        with files.open_input_stream(f"{root}/{source}/{day.isoformat()}/{MANIFEST}") as stream:
            text = stream.read().decode("utf-8-sig", errors="replace")
    except FileNotFoundError:
        return {}
    rows = csv.DictReader(io.StringIO(text))
    return {row["file"]: Totals(int(row["records"]), _seconds(row)) for row in rows if _readable(row)}


def _readable(row: Mapping[str, str | None]) -> bool:
    return bool(row.get("file")) and (row.get("records") or "").isdigit() and (row.get("seconds") or "0").isdigit()


def _seconds(row: Mapping[str, str | None]) -> int | None:
    text = row.get("seconds")
    return int(text) if text else None
