"""One side of a benchmark in processes of its own: how long it took, what it computed, and what it held in memory."""

import json
import subprocess
import sys
import threading
import time
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


def in_own_process(*command: str) -> Measured:
    """Run `python -m command`, which prints a Measured as JSON in its last line, and watch its processes."""
    child = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
    watch = _Watch(child.pid)
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

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid, self._done = pid, threading.Event()
        self._processor: dict[tuple[int, float], float] = {}
        self.peak_bytes = 0

    @property
    def processor_s(self) -> float:
        return sum(self._processor.values())

    def run(self) -> None:
        while not self._done.wait(WATCH_S):
            try:
                root = psutil.Process(self._pid)
                tree = [root, *root.children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            self.peak_bytes = max(self.peak_bytes, sum(map(self._look, tree)))

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
