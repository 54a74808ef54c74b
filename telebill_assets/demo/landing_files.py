"""The generator of landing files: any number of days, files and records, the same for the same seed."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from zlib import crc32

import numpy as np

from telebill_assets.demo.calls import Origin, origins, random_calls
from telebill_assets.demo.customers import customers
from telebill_assets.demo.faults import break_lines, inject
from telebill_assets.demo.manifest import Manifest
from telebill_assets.demo.reference_files import ENDED_ACCOUNT
from telebill_assets.demo.writers import WRITERS

BOM = b"\xef\xbb\xbf"
REPEATED = 2
"""Records of the day before that each source sends again."""


@dataclass
class Generator:
    """Writes landing files below `zone` and keeps count of what it wrote."""

    zone: Path
    seed: int
    files_per_day: int
    records_per_file: int
    faults: bool = True
    manifest: Manifest = field(init=False)
    _sent: dict[str, list[str]] = field(init=False, default_factory=dict)
    """Good lines of the last day, by source."""

    def __post_init__(self) -> None:
        self.manifest = Manifest(seed=self.seed)
        known = [customer for customer in customers() if customer.account_id != ENDED_ACCOUNT]
        self._origins = origins(known)

    def write_days(self, days: list[date], on_day: Callable[[date], None] = lambda _: None) -> Manifest:
        """Write all files of these days, in order; `on_day` is called after each."""
        for day in days:
            for i in range(self.files_per_day):
                origin = self._origins[i % len(self._origins)]
                self._write_file(origin, day, i // len(self._origins) + 1)
            if self.faults:
                self._write_bad_files(day)
            on_day(day)
        return self.manifest

    def _write_file(self, origin: Origin, day: date, number: int) -> None:
        source = origin.source
        rng = np.random.default_rng([self.seed, crc32(source.encode()), day.toordinal(), number])
        tag = f"{source}-{day:%y%m%d}-{number:04d}"
        calls = random_calls(rng, origin, day, self.records_per_file, tag)
        if self.faults:
            inject(rng, calls)
        header, lines = WRITERS[source](calls)
        expected = calls["expected"].tolist()
        if self.faults:
            self._repeat_and_break(rng, source, number, lines, expected)
        content = self._encoded([*header, *lines], number, day)
        name = f"cdr-{day:%Y%m%d}-{number:04d}.csv"
        if number % 3 == 0:
            name, content = f"{name}.gz", gzip.compress(content, mtime=0)
        self._save(source, day, name, content)
        self.manifest.files += 1
        self.manifest.count(expected)
        if self.faults and number == 1 and day.day % 5 == 0:
            self._save(source, day, f"cdr-{day:%Y%m%d}-{number:04d}-again.csv", content)
            self.manifest.files += 1
            self.manifest.count(["duplicate/duplicate_file"] * len(expected))

    def _repeat_and_break(
        self, rng: np.random.Generator, source: str, number: int, lines: list[str], expected: list[str]
    ) -> None:
        """Malformed lines, records sent twice in the file, and records of the day before sent again."""
        good = np.flatnonzero(np.array(expected) == "validated").tolist()
        broken = rng.choice(good, 2, replace=False).tolist()
        break_lines(lines, broken)
        for row in broken:
            expected[row] = "suspended/malformed"
        repeatable = [row for row in good if row not in broken][:REPEATED]
        again = [lines[row] for row in repeatable]
        if number == 1:
            again += self._sent.get(source, [])
            self._sent[source] = [lines[row] for row in repeatable]
        lines += again
        expected += ["duplicate/duplicate_record"] * len(again)

    def _encoded(self, lines: list[str], number: int, day: date) -> bytes:
        """Some files have CRLF, some a byte order mark, as real senders' files do."""
        odd = self.faults and (number + day.day) % 2
        text = ("\r\n" if odd else "\n").join(lines) + ("\r\n" if odd else "\n")
        return (BOM if odd else b"") + text.encode()

    def _write_bad_files(self, day: date) -> None:
        """Files of which nothing can be used; each kind comes on its own days."""
        header, _ = WRITERS["sbc-east"](random_calls(np.random.default_rng(0), self._origins[-1], day, 1, "none"))
        bad = {
            3: ("truncated.csv.gz", gzip.compress(b"x" * 5_000 + str(day).encode(), mtime=0)[:-9], "truncated_file"),
            4: ("empty.csv", b"", "empty_file"),
            6: ("header-only.csv", ("\n".join(header) + "\n").encode(), "empty_file"),
            7: ("report.csv", b"Agent report\nname,calls\nSmith,12\n", "unknown_layout"),
            8: ("damaged.csv.gz", b"this is no archive " + str(day).encode(), "unreadable_file"),
        }
        found = bad.get(day.day % 10)
        if found:
            name, content, reason = found
            self._save("sbc-east", day, name, content)
            self.manifest.count_suspended_file(reason)

    def _save(self, source: str, day: date, name: str, content: bytes) -> None:
        folder = self.zone / source / day.isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
