"""Ingesting a sender's files: many at once, each copied, skipped, held or failed, none of them in another's way."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from pyarrow import fs
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from telebill_assets.ingestion.plan import Incoming, Place, Plan
from telebill_assets.ingestion.verified_copy import DRAFT_END, ChangedFileError, copy, sha256

Outcome = Literal["copied", "skipped", "held", "failed"]

PARALLEL = 16
ATTEMPTS = 4
GIVE_UP_AFTER = 100
"""Failures in a row, after which the rest is not tried: the zone is full, or may not be written."""
ABANDONED_AFTER = timedelta(hours=1)
"""Age of a draft that no running ingestion is still writing."""
FINAL = (FileNotFoundError, FileExistsError, PermissionError, IsADirectoryError, NotADirectoryError)
"""Errors that another attempt does not mend."""


@dataclass(frozen=True)
class Result:
    """What became of a file, and why, if it did not come in."""

    file: Incoming
    outcome: Outcome
    detail: str = ""
    sha256: str = ""
    there_sha256: str = ""
    """Of the file that has the name already, if its content is another one."""


@dataclass
class Ingestion:
    """Carries out a plan. `results` may be read once: it does the work."""

    plan: Plan
    parallel: int = PARALLEL
    wait: Callable[[float], None] | None = None
    """How to pass the time between attempts; tests do not."""
    _there: dict[str, int] = field(init=False, default_factory=dict)
    _failed_in_a_row: int = field(init=False, default=0)
    _counting: threading.Lock = field(init=False, default_factory=threading.Lock)

    def results(self) -> Iterator[Result]:
        """Copy the files and say of each what became of it, as it happens.

        Raises:
            OSError: the landing folder can be neither listed nor made.
        """
        self.plan.target.files.create_dir(self.plan.target.path)
        self._there = _prepared(self.plan.target)
        by_name: dict[str, list[Incoming]] = defaultdict(list)
        for file in self.plan.incoming:
            by_name[file.name].append(file)
        pool = ThreadPoolExecutor(self.parallel)
        try:
            for done in as_completed([pool.submit(self._one_name, files) for files in by_name.values()]):
                yield from done.result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _one_name(self, files: list[Incoming]) -> list[Result]:
        """Files that come to the same name, one after the other."""
        results = []
        for file in files:
            if self._failed_in_a_row >= GIVE_UP_AFTER:
                results.append(Result(file, "failed", f"not tried, after {GIVE_UP_AFTER} failures in a row"))
                continue
            results.append(self._one(file))
            with self._counting:
                self._failed_in_a_row = self._failed_in_a_row + 1 if results[-1].outcome == "failed" else 0
        return results

    def _one(self, file: Incoming) -> Result:
        try:
            return self._retrying()(self._compared if file.name in self._there else self._copied, file)
        except FileExistsError:
            return self._one_that_appeared(file)
        except (OSError, ChangedFileError) as error:
            return Result(file, "failed", _said(error))

    def _one_that_appeared(self, file: Incoming) -> Result:
        try:
            return self._compared(file)
        except OSError as error:
            return Result(file, "failed", _said(error))

    def _copied(self, file: Incoming) -> Result:
        found = copy(self.plan.origin, file, self.plan.target)
        self._there[file.name] = file.size
        return Result(file, "copied", sha256=found)

    def _compared(self, file: Incoming) -> Result:
        here, there = sha256(self.plan.origin, file.path), sha256(self.plan.target, self._place(file))
        if here == there:
            return Result(file, "skipped", sha256=here)
        return Result(file, "held", "the landing folder has another file of this name", here, there)

    def _place(self, file: Incoming) -> str:
        return f"{self.plan.target.path}/{file.name}"

    def _retrying(self) -> Retrying:
        remote = self.plan.origin.remote or self.plan.target.remote
        retrying = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, OSError) and not isinstance(error, FINAL)),
            stop=stop_after_attempt(ATTEMPTS if remote else 1),
            wait=wait_exponential_jitter(initial=0.5, max=10),
            reraise=True,
        )
        return retrying.copy(sleep=self.wait) if self.wait else retrying


def landed_names(folder: Place) -> dict[str, int]:
    """Names and sizes of the files that readers see in a landing folder."""
    found = folder.files.get_file_info(fs.FileSelector(folder.path, allow_not_found=True))
    return {
        info.base_name: info.size
        for info in found
        if info.type == fs.FileType.File and not info.base_name.startswith(".")
    }


def _prepared(folder: Place) -> dict[str, int]:
    """The files of the landing folder; drafts that a broken run left behind are removed."""
    abandoned = datetime.now(UTC) - ABANDONED_AFTER
    for info in folder.files.get_file_info(fs.FileSelector(folder.path, allow_not_found=True)):
        is_draft = info.base_name.startswith(".") and info.base_name.endswith(DRAFT_END)
        if info.type == fs.FileType.File and is_draft and info.mtime and info.mtime < abandoned:
            folder.files.delete_file(info.path)
    return landed_names(folder)


def _said(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
