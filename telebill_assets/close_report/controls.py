"""The verdicts of every check of a month, from the job reports of its days and stages."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from telebill_assets.audit.check import CheckResult
from telebill_assets.close_report.figures import Control
from telebill_assets.compute.request import JobReport

NEVER_RAN = "The stage ran for every partition of the month"


def controls(reports: Iterable[tuple[str, date, JobReport | None]]) -> list[Control]:
    """One control for each check of each stage, in the order of the road; a stage that never ran is one that failed.

    Args:
        reports: stage, partition and newest report, None where there is none.
    """
    checks: dict[tuple[str, str], list[CheckResult]] = defaultdict(list)
    missing: dict[str, list[date]] = defaultdict(list)
    for stage, partition, report in reports:
        if report is None:
            missing[stage].append(partition)
        for check in report.checks if report else ():
            checks[stage, check.name].append(check)
    return [
        *(_never_ran(stage, partitions) for stage, partitions in missing.items()),
        *(_control(stage, found) for (stage, _), found in checks.items()),
    ]


def _control(stage: str, found: list[CheckResult]) -> Control:
    failing = [check for check in found if not check.passed]
    worst = failing[-1] if failing else found[-1]
    return Control(
        stage=stage,
        name=worst.name,
        meaning=worst.description,
        threshold=str(worst.model_dump().get("threshold") or ("0 failures" if worst.blocking else "")),
        figure=worst.figure,
        passed=len(found) - len(failing),
        warned=sum(not check.blocking for check in failing),
        failed=sum(check.blocking for check in failing),
    )


def _never_ran(stage: str, partitions: list[date]) -> Control:
    days = ", ".join(partition.isoformat() for partition in partitions[:3])
    more = f" and {len(partitions) - 3} more" if len(partitions) > 3 else ""
    return Control(
        stage=stage,
        name="ran",
        meaning=NEVER_RAN,
        threshold="no partition without a report",
        figure=f"no report of {days}{more}",
        passed=0,
        warned=0,
        failed=len(partitions),
    )
