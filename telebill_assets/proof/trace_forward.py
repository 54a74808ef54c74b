"""From a record forward: its file and line, its outcome, its price, its charge line, its invoice."""

import re
from datetime import date
from typing import Any

import polars as pl

from telebill_assets.audit.masking import mask
from telebill_assets.compute.tariff import lake_tariff
from telebill_assets.database.server import connect
from telebill_assets.lake.lake import Lake
from telebill_assets.proof.comparisons import PER_LINE
from telebill_assets.proof.trace_models import Occurrence, Price, RecordTrace, UnknownError
from telebill_assets.rating.call.price_calls import price_calls
from telebill_assets.tables.excluded_usage import ExcludedUsage
from telebill_assets.tables.rated_usage import RatedUsage
from telebill_assets.tables.raw_cdr import RawCdr
from telebill_assets.tables.suspended_usage import SuspendedUsage
from telebill_assets.tables.table import TableModel
from telebill_assets.tables.validated_usage import ValidatedUsage

FILE_AND_LINE = re.compile(r"(?P<path>[^/]+/(?P<day>\d{4}-\d{2}-\d{2})/.+):(?P<line>\d+)")
PRICED = "daily_aggregates"

Found = dict[str, Any]


def trace_record(lake: Lake, url: str, asked: str) -> RecordTrace:
    """Every record with this key, or the record at this file:line.

    Raises:
        UnknownError: no settled record has it.
    """
    validated = _find(lake, ValidatedUsage, asked)
    suspended = _find(lake, SuspendedUsage, asked)
    excluded = _find(lake, ExcludedUsage, asked)
    unpriced = {(row["path"], row["line"]): row for row in suspended if row["stage"] == PRICED}
    found = [
        *(_validated(lake, url, row, unpriced.get((row["path"], row["line"]))) for row in validated),
        *(_suspended(row) for row in suspended if row["stage"] != PRICED),
        *(_excluded(lake, row) for row in excluded),
    ]
    if not found:
        raise UnknownError(
            f"No record has the key {mask(asked)}; expected a record key as in validated_usage, or <file>:<line> "
            "as in suspended_usage"
        )
    return RecordTrace(
        asked=asked, occurrences=sorted(found, key=lambda each: (each.landing_day, each.path, each.line))
    )


def _find(lake: Lake, model: TableModel, asked: str) -> list[Found]:
    found = lake.scan(model).filter(pl.col("record_key") == asked).collect().to_dicts()
    place = FILE_AND_LINE.fullmatch(asked)
    return found if found or place is None else _at(lake, model, place["path"], int(place["line"])).to_dicts()


def _at(lake: Lake, model: TableModel, path: str, line: int) -> pl.DataFrame:
    day = date.fromisoformat(path.split("/")[1])
    return lake.scan(model, landing_day=day).filter(pl.col("path") == path, pl.col("line") == line).collect()


def _validated(lake: Lake, url: str, row: Found, unpriced: Found | None) -> Occurrence:
    facts = _facts(row) | {"caller": _masked(row["caller"]), "callee": _masked(row["callee"])}
    if unpriced:
        return Occurrence(**facts, outcome="suspended", reason=unpriced["reason"], detail=unpriced["detail"])
    this = _at(lake, ValidatedUsage, row["path"], row["line"])
    values = price_calls(this, lake_tariff(lake)).row(0, named=True)
    line_id = _charge_line(lake, row["landing_day"].replace(day=1), values)
    number, invoice_line = _invoice(url, row["landing_day"].replace(day=1), line_id)
    return Occurrence(
        **facts,
        outcome="validated",
        price=Price(**{name: values.get(name) for name in Price.model_fields}),
        charge_line=line_id,
        invoice_number=number,
        invoice_line=invoice_line,
    )


def _suspended(row: Found) -> Occurrence:
    return Occurrence(**_facts(row), outcome="suspended", reason=row["reason"], detail=row["detail"])


def _excluded(lake: Lake, row: Found) -> Occurrence:
    winner = f"{row['winner_path']}:{row['winner_line']}" if row["winner_path"] else _call_of(lake, row)
    return Occurrence(**_facts(row), outcome=row["outcome"], reason=row["reason"], instead=winner)


def _call_of(lake: Lake, row: Found) -> str | None:
    """The call that a row accompanies: the record of the same call in the same day's landing."""
    raw = _at(lake, RawCdr, row["path"], row["line"]).to_dicts()
    if not raw or raw[0]["leg_kind"] == "call":
        return None
    landed = lake.scan(RawCdr, landing_day=row["landing_day"])
    same = [pl.col(name) == raw[0][name] for name in ("source", "call_key")]
    calls = landed.filter(*same, pl.col("leg_kind") == "call").select("path", "line").head(1).collect().rows()
    return f"{calls[0][0]}:{calls[0][1]}" if calls else None


def _charge_line(lake: Lake, month: date, priced: Found) -> str | None:
    """The usage line that sums the call; None if the month is not rated yet."""
    keys = [pl.col(name) == priced[name] for name in PER_LINE]
    usage = lake.scan(RatedUsage, billing_month=month).filter(pl.col("line_kind") == "usage", *keys)
    found = usage.select("line_id").collect().to_series().to_list()
    return str(found[0]) if found else None


def _invoice(url: str, month: date, line_id: str | None) -> tuple[str | None, int | None]:
    with connect(url) as connection:
        found = connection.execute(
            "SELECT invoice_number, number FROM invoice JOIN invoice_line USING (invoice_id) "
            "WHERE billing_month = %s AND line_id = %s AND status = 'final'",
            [month, line_id],
        ).fetchone()
    return (str(found[0]), int(str(found[1]))) if found else (None, None)


def _facts(row: Found) -> Found:
    names = ("landing_day", "path", "line", "record_key", "start_at", "talk_s")
    return {name: row.get(name) for name in names}


def _masked(number: str | None) -> str | None:
    return mask(number) if number else None
