"""The waterfall of a month: from files to the amount payable, every loss and effect with its figure."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

import polars as pl
from pydantic import BaseModel, ConfigDict

from telebill_assets.audit.ledger import Counts
from telebill_assets.proof.month_tables import MonthTables
from telebill_assets.tables.line_kinds import LINE_KINDS


class Step(BaseModel):
    """One step. A `total` is what is left; the others are taken away or added, and carry their sign."""

    model_config = ConfigDict(frozen=True)

    name: str
    total: bool = False
    records: int | None = None
    talk_s: int | None = None
    billed_s: int | None = None
    amount: Decimal | None = None


class Waterfall(BaseModel):
    """Files by what became of them; records from files to priced calls; money per currency."""

    model_config = ConfigDict(frozen=True)

    files: list[Step]
    records: list[Step]
    money: dict[str, list[Step]]


def waterfall(month: MonthTables, counts: Counts) -> Waterfall:
    """Build it from what the tables hold. `counts` are the sums of the recount."""
    currencies = sorted({str(total.currency) for total in counts.totals if total.currency})
    rounded = _rounded(month.rated)
    return Waterfall(
        files=_files(month.register),
        records=_records(counts),
        money={currency: _money(counts, currency, rounded.get(currency, Decimal(0))) for currency in currencies},
    )


def _files(register: pl.LazyFrame) -> list[Step]:
    counted = register.group_by("status", "reason").agg(pl.len().alias("files")).sort("status", "reason")
    rows = counted.collect().to_dicts()
    total = Step(name="files", total=True, records=sum(row["files"] for row in rows))
    return [total, *(Step(name=_named(row["status"], row["reason"]), records=row["files"]) for row in rows)]


def _records(counts: Counts) -> list[Step]:
    lost = [
        step
        for outcome in ("duplicate", "non_billable", "suspended")
        for step in _by_reason(counts, "validated_usage", outcome)
    ]
    return [
        _total(counts, "received", "raw_cdr", "received"),
        *lost,
        _total(counts, "validated", "validated_usage", "validated"),
        *_by_reason(counts, "daily_aggregates", "suspended"),
        _total(counts, "priced", "daily_aggregates", "priced"),
    ]


def _total(counts: Counts, name: str, stage: str, outcome: str) -> Step:
    of = counts.of(outcome, stage)
    billed = int(of["billed_s"]) if outcome == "priced" else None
    return Step(name=name, total=True, records=int(of["records"]), talk_s=int(of["talk_s"]), billed_s=billed)


def _by_reason(counts: Counts, stage: str, outcome: str) -> list[Step]:
    found: dict[str, tuple[int, int]] = {}
    for total in counts.where(outcome, stage):
        records, talk_s = found.get(str(total.reason), (0, 0))
        found[str(total.reason)] = records + total.records, talk_s + total.talk_s
    return [
        Step(name=_named(outcome, reason), records=-records, talk_s=-talk_s)
        for reason, (records, talk_s) in sorted(found.items())
    ]


def _money(counts: Counts, currency: str, rounded: Decimal) -> list[Step]:
    kinds = {total.outcome: total for total in counts.where(stage="rated_usage", currency=currency)}
    exact = sum((total.amount for total in kinds.values()), start=Decimal(0))
    effects = [
        Step(name=kind, records=kinds[kind].records, amount=kinds[kind].amount)
        for kind in _in_order(kinds)
        if kind != "usage"
    ]
    priced, payable = counts.of("priced", "daily_aggregates", currency), counts.of("payable", "invoices", currency)
    held = counts.of("held", "invoices", currency)
    lines = sum(total.records for total in kinds.values())
    return [
        Step(name="call charges", total=True, records=int(priced["records"]), amount=Decimal(priced["amount"])),
        *effects,
        Step(name="rounding to the minor unit", amount=rounded - exact),
        Step(name="charge lines", total=True, records=lines, amount=rounded),
        *([Step(name="held", records=-int(held["records"]), amount=-held["amount"])] if held["records"] else []),
        *_taxes(counts, currency),
        Step(name="payable", total=True, records=int(payable["records"]), amount=Decimal(payable["amount"])),
    ]


def _taxes(counts: Counts, currency: str) -> Iterable[Step]:
    found = counts.where("tax", "invoices", currency)
    levels = sorted(found, key=lambda total: str(total.reason))
    return [Step(name=f"tax: {total.reason}", records=total.records, amount=total.amount) for total in levels]


def _in_order(kinds: Iterable[str]) -> Sequence[str]:
    """As the charge lines are declared; kinds that are not come last."""
    return sorted(kinds, key=lambda kind: (LINE_KINDS.index(kind) if kind in LINE_KINDS else len(LINE_KINDS), kind))


def _rounded(rated: pl.LazyFrame) -> dict[str, Decimal]:
    """Charge lines as they are rounded, by currency."""
    return dict(rated.group_by("currency").agg(pl.col("amount").sum()).collect().iter_rows())


def _named(outcome: str, reason: str | None) -> str:
    words = outcome.replace("_", "-")
    return f"{words}: {reason}" if reason else words
