"""Checks asked side by side: most are small queries, whose planning would leave the cluster waiting."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from pyspark import inheritable_thread_target
from pyspark.sql import SparkSession

from telebill_assets.audit.check import CheckResult

AT_ONCE = 4
Answer = TypeVar("Answer")


class Asked:
    """Checks that are answered in threads of their own; their Spark jobs belong to the job group that asked."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE)

    def ask(self, checks: Callable[[], Answer]) -> Future[Answer]:
        """Start checks; the result raises their error."""
        return self._threads.submit(inheritable_thread_target(SparkSession.active())(checks))


def together(*checks: Callable[[], CheckResult]) -> list[CheckResult]:
    """Run checks at the same time; their verdicts in the order of the arguments. The first error is raised."""
    asked = Asked()
    return [answer.result() for answer in [asked.ask(check) for check in checks]]
