"""Geometry of the charts: figures become bars. The template draws them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from telebill_assets.proof.waterfall import Step

WIDTH = 1000
LABEL = 300
FIGURE = 120
ROW = 30
THIN = 2.0
TREND_HEIGHT = 96

Number = int | Decimal


@dataclass(frozen=True)
class Bar:
    """A bar with its label and figure. `kind` is total, plus or minus."""

    label: str
    figure: str
    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """Bars within a box, and what they show in words."""

    title: str
    summary: str
    width: int
    height: int
    bars: list[Bar]


def waterfall_chart(title: str, steps: Sequence[Step], measure: str) -> Chart:
    """Horizontal bars, one a step: totals from zero, what is added or taken away where it happens."""
    values = [_value(step, measure) for step in steps]
    spans = _spans(steps, values)
    low, high = min([0.0, *(start for start, _ in spans)]), max([1.0, *(end for _, end in spans)])
    scale = (WIDTH - LABEL - FIGURE) / (high - low)
    bars = [
        Bar(
            label=step.name,
            figure=show(value),
            kind="total" if step.total else ("minus" if value < 0 else "plus"),
            x=round(LABEL + (start - low) * scale, 1),
            y=float(number * ROW),
            width=round(max((end - start) * scale, THIN), 1),
            height=ROW - 8.0,
        )
        for number, (step, value, (start, end)) in enumerate(zip(steps, values, spans, strict=True))
    ]
    totals = [f"{step.name} {show(value)}" for step, value in zip(steps, values, strict=True) if step.total]
    return Chart(title, "; ".join(totals), WIDTH, ROW * len(steps), bars)


def trend_chart(title: str, labels: Sequence[str], values: Sequence[Number]) -> Chart:
    """Upright bars, one a day, from zero to the highest."""
    highest = max([*values, 1])
    slot = WIDTH / max(len(values), 1)
    bars = [
        Bar(
            label=label,
            figure=show(value),
            kind="total",
            x=round(number * slot + slot * 0.12, 1),
            y=round(TREND_HEIGHT - TREND_HEIGHT * float(value / highest), 1),
            width=round(slot * 0.76, 1),
            height=round(TREND_HEIGHT * float(value / highest), 1),
        )
        for number, (label, value) in enumerate(zip(labels, values, strict=True))
    ]
    summary = f"lowest {show(min(values, default=0))}, highest {show(max(values, default=0))}"
    return Chart(title, f"{summary}, sum {show(sum(values))}", WIDTH, TREND_HEIGHT, bars)


def show(value: Number | None) -> str:
    """A figure for people: whole numbers, or amounts with two decimals, grouped by thousands."""
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


def _value(step: Step, measure: str) -> Number:
    found: Number | None = getattr(step, measure)
    return 0 if found is None else found


def _spans(steps: Sequence[Step], values: Sequence[Number]) -> list[tuple[float, float]]:
    """Where each bar starts and ends, in the chart's own unit."""
    spans, level = [], 0.0
    for step, value in zip(steps, values, strict=True):
        before = 0.0 if step.total else level
        level = float(value) if step.total else level + float(value)
        spans.append((min(before, level), max(before, level)))
    return spans
