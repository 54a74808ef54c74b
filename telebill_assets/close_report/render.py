"""The page: one HTML file without external assets. Everything from data is escaped by the template."""

from collections import Counter
from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from telebill_assets.audit.ageing import AGES
from telebill_assets.close_report.charts import Chart, show, trend_chart, waterfall_chart
from telebill_assets.close_report.figures import CloseReport, Control, Day

VERDICTS = ("fail", "warn", "pass")


def render(report: CloseReport) -> str:
    """The report as HTML; the same report gives the same bytes."""
    environment = Environment(
        loader=PackageLoader("telebill_assets.close_report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["figure"] = show
    waterfall = report.reconciliation.waterfall
    return environment.get_template("report.html.j2").render(
        report=report,
        verdicts=_verdicts(report.controls),
        controls=sorted(report.controls, key=lambda control: VERDICTS.index(control.verdict)),
        files=waterfall.files,
        records=waterfall_chart("Records from files to priced calls", waterfall.records, "records"),
        money={
            currency: waterfall_chart(f"From call charges to the amount payable, {currency}", steps, "amount")
            for currency, steps in waterfall.money.items()
        },
        trends=_trends(report.days),
        currencies=_currencies(report.days),
        ages=[f"{name} days" for name in AGES],
    )


def _verdicts(controls: Sequence[Control]) -> dict[str, int]:
    counted = Counter(control.verdict for control in controls)
    return {verdict: counted[verdict] for verdict in VERDICTS}


def _trends(days: Sequence[Day]) -> list[Chart]:
    labels = [day.day.isoformat() for day in days]
    return [
        trend_chart("Records received", labels, [day.records for day in days]),
        trend_chart("Talk seconds received", labels, [day.talk_s for day in days]),
        *(
            trend_chart(f"Call charges, {currency}", labels, [day.charge.get(currency, 0) for day in days])
            for currency in _currencies(days)
        ),
        trend_chart("Records suspended", labels, [day.suspended for day in days]),
    ]


def _currencies(days: Sequence[Day]) -> list[str]:
    return sorted({currency for day in days for currency in day.charge})
