"""Balances: a whole must equal the sum of its parts, to the unit and the cent."""

from collections.abc import Mapping
from decimal import Decimal

from telebill_assets.audit.check import CheckResult
from telebill_assets.audit.figures import figure

Totals = Mapping[str, int | Decimal]
"""Totals by measure: records, talk_s, amount ..."""


def balance(name: str, description: str, whole: tuple[str, Totals], parts: Mapping[str, Totals]) -> CheckResult:
    """Compare a named whole with the sum of its named parts, measure by measure.

    Measures missing in a part count as zero. The figure shows every measure as an equation.
    """
    title, totals = whole
    sums = {measure: sum((part.get(measure, 0) for part in parts.values()), start=0) for measure in totals}
    wrong = {measure: totals[measure] - sums[measure] for measure in totals if totals[measure] != sums[measure]}
    equations = [
        f"{measure}: {title} {figure(totals[measure])} {'≠' if measure in wrong else '='} "
        + " + ".join(f"{part} {figure(amounts.get(measure, 0))}" for part, amounts in parts.items())
        for measure in totals
    ]
    differences = [f"{measure} differs by {figure(difference)}" for measure, difference in wrong.items()]
    return CheckResult(
        name=name,
        description=description,
        passed=not wrong,
        figure="; ".join(equations),
        failures=dict.fromkeys(wrong, 1),
        samples=differences,
    )
