"""Checks asked side by side: most are small queries, whose planning would leave the cluster waiting."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from pyspark import inheritable_thread_target
from pyspark.sql import SparkSession

from telebill_assets.audit.check import CheckResult

AT_ONCE = 4


class Asked:
    """Checks that are answered in threads of their own; their Spark jobs belong to the job group that asked."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE)

    def ask(self, checks: Callable[[], Sequence[CheckResult]]) -> Future[Sequence[CheckResult]]:
        """Start checks; the result raises their error."""
        return self._threads.submit(inheritable_thread_target(SparkSession.active())(checks))


def together(*checks: Callable[[], CheckResult]) -> list[CheckResult]:
    """Run checks at the same time; their verdicts in the order of the arguments. The first error is raised."""
    asked = Asked()
    answers = [asked.ask(partial(_alone, check)) for check in checks]
    return [verdict for answer in answers for verdict in answer.result()]


def _alone(check: Callable[[], CheckResult]) -> list[CheckResult]:
    return [check()]
