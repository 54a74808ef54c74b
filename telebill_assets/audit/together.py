"""Checks asked side by side: most are small queries, whose planning would leave the cluster waiting."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from telebill_assets.audit.check import CheckResult

AT_ONCE = 4


def together(*checks: Callable[[], CheckResult]) -> list[CheckResult]:
    """Run checks at the same time; their verdicts in the order of the arguments. The first error is raised."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(lambda check: check(), checks))
