"""One side of a benchmark in processes of its own: how long it took, what it computed, and what it held in memory."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

REPOSITORY = Path(__file__).parents[1]
WATCH_S = 0.25


@dataclass
class Measured:
    """What a side did: seconds of the clock by step, and results; and, of all its processes together, processor
    seconds and the most memory they held at once.
    """

    seconds: dict[str, float]
    results: dict[str, Any] = field(default_factory=dict)
    processor_s: float = 0
    peak_bytes: int = 0


def in_own_process(*command: str, servers: Sequence[Path] = ()) -> Measured:
    """Run `python -m command`, which prints a Measured as JSON in its last line, and watch its processes.

    Args:
        command: module and arguments.
        servers: files with the process ids of servers that it may start and that leave its process tree.
    """
    child = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
    watch = _Watch(child.pid, servers)
    watch.start()
    output, _ = child.communicate()
    watch.stop()
    if child.returncode:
        sys.exit(f"{' '.join(command)} failed with exit code {child.returncode}")
    measured = Measured(**json.loads(output.strip().splitlines()[-1]))
    measured.processor_s, measured.peak_bytes = watch.processor_s, watch.peak_bytes
    return measured


class _Watch(threading.Thread):
    """Looks at a process and all below it four times a second.

    Processor time of a process is what was seen last, so up to a quarter of a second of each is missed. Memory that
    processes share is counted once, by proportional set size where the system tells it.
    """

    def __init__(self, pid: int, servers: Sequence[Path]) -> None:
        super().__init__(daemon=True)
        self._pid, self._servers, self._done = pid, servers, threading.Event()
        self._processor: dict[tuple[int, float], float] = {}
        self.peak_bytes = 0

    @property
    def processor_s(self) -> float:
        return sum(self._processor.values())

    def run(self) -> None:
        while not self._done.wait(WATCH_S):
            try:
                tree = _tree(self._pid)
            except psutil.NoSuchProcess:
                return
            servers = [process for file in self._servers for process in _server(file)]
            self.peak_bytes = max(self.peak_bytes, sum(map(self._look, [*tree, *servers])))

    def _look(self, process: psutil.Process) -> int:
        try:
            used = process.cpu_times()
            self._processor[process.pid, process.create_time()] = used.user + used.system
            memory = process.memory_full_info()
            return int(getattr(memory, "pss", memory.rss))
        except psutil.Error:  # it has ended since it was listed
            return 0

    def stop(self) -> None:
        self._done.set()
        self.join()


def _tree(pid: int) -> list[psutil.Process]:
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def _server(pid_file: Path) -> list[psutil.Process]:
    """The processes of a server whose id is the first line of a file; none if it does not run."""
    try:
        return _tree(int(pid_file.read_text(encoding="utf-8").split()[0]))
    except (OSError, ValueError, IndexError, psutil.Error):
        return []


def timed(seconds: dict[str, float], step: str) -> "_Step":
    """A context whose seconds of the clock are noted under the name of a step."""
    return _Step(seconds, step)


class _Step:
    def __init__(self, seconds: dict[str, float], step: str) -> None:
        self._seconds, self._step = seconds, step

    def __enter__(self) -> None:
        self._started = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self._seconds[self._step] = time.perf_counter() - self._started
