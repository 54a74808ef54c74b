"""What a control is: a name, a one-line meaning, and whether its failure holds the partition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from telebill_assets.audit.check import CheckResult

SAMPLES = 5


@dataclass(frozen=True)
class Control:
    """A declared control. Blocking ones hold the partition; the others warn."""

    name: str
    meaning: str
    blocking: bool

    def result(
        self,
        *,
        passed: bool,
        figure: str,
        threshold: str = "",
        failures: Mapping[str, int] | None = None,
        samples: Sequence[str] = (),
        breakdown: Mapping[str, str] | None = None,
    ) -> CheckResult:
        """The control's verdict; at most SAMPLES samples are kept, and failures only if it failed."""
        return CheckResult(
            name=self.name,
            description=self.meaning,
            passed=passed,
            blocking=self.blocking,
            figure=figure,
            threshold=threshold,
            failures={} if passed else {name: count for name, count in (failures or {}).items() if count},
            samples=list(samples)[:SAMPLES],
            breakdown=dict(breakdown or {}),
        )

    def not_judged(self, why: str) -> CheckResult:
        """The verdict where there is nothing to compare with yet; it passes, and says why."""
        return self.result(passed=True, figure=f"not judged: {why}")


def percent(part: int | Decimal, whole: int | Decimal) -> Decimal:
    """Part of whole in per cent, to two decimals; of nothing, 0."""
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01")) if whole else Decimal("0.00")
