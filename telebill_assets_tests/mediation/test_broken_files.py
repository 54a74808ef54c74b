"""Files that were cut, shuffled or damaged on the way: nothing fails, and no row is lost or counted twice."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from telebill_assets.audit.ledger import count
from telebill_assets.compute.request import JobRequest
from telebill_assets.compute.runner import LocalRunner
from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.lake.lake import Lake
from telebill_assets.mediation.landing import Source, read_file
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.reference.load import load
from telebill_assets.reference.publish import publish
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.reasons import FILE_REASONS, SET_ASIDE_REASONS

SAMPLES = sorted(Path(__file__).with_name("samples").iterdir())
DAY = date(2020, 4, 13)
ANY = {"any": Source(tuple(LAYOUTS), "UTC")}
INJECTED = (b"\x00", b"\xff", b'"', b",", b"\r", b"\n", b"\\", b"\xef\xbb\xbf", b"\x1f", b"|", b"'", b"NULL", b"-1")

Breaking = Callable[[bytes, Random], bytes]


def cut(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def shuffle(content: bytes, random: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    random.shuffle(lines)
    return b"".join(lines)


def repeat(content: bytes, random: Random) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    return content + b"".join(random.choices(lines, k=3))


def inject(content: bytes, random: Random) -> bytes:
    for _ in range(random.randrange(1, 5)):
        place = random.randrange(len(content) + 1)
        content = content[:place] + random.choice(INJECTED) + content[place:]
    return content


def change(content: bytes, random: Random) -> bytes:
    if not content:
        return content
    place = random.randrange(len(content))
    return content[:place] + bytes([random.randrange(256)]) + content[place + 1 :]


BREAKINGS: tuple[Breaking, ...] = (cut, shuffle, repeat, inject, change)


def broken(random: Random) -> tuple[str, bytes]:
    """A sample after one to three mishaps."""
    sample = random.choice(SAMPLES)
    content = sample.read_bytes()
    for _ in range(random.randrange(1, 4)):
        content = random.choice(BREAKINGS)(content, random)
    return sample.name, content


@examples(max_examples=300, deadline=None, derandomize=True)
@given(st.randoms(use_true_random=False))
def test_a_broken_file_is_read_or_refused_with_a_reason(random):
    name, content = broken(random)
    row, records = read_file(content, f"any/{DAY.isoformat()}/{name}", ANY, DAY)
    if records is None:
        assert row["reason"] in {**FILE_REASONS, **SET_ASIDE_REASONS}
        return
    assert row["records"] == records.num_rows > 0
    lines = records["line"].to_pylist()
    assert lines == sorted(set(lines))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_day_of_broken_files_balances(spark, settings, seed):
    """Through the real jobs: every readable record has one outcome, counted here from the tables' ledger by file."""
    random = Random(seed)  # noqa: S311
    write_reference_files(settings.reference_dir)
    sources = settings.reference_dir / "sources.csv"
    sources.write_text(f"{sources.read_text()}any,{' '.join(LAYOUTS)},UTC,US,1,1,011\n")
    publish(load(settings.reference_dir, LAYOUTS), Lake.open(settings), "run", "1.0")
    folder = settings.landing_dir / "any" / DAY.isoformat()
    folder.mkdir(parents=True)
    for i in range(60):
        name, content = broken(random)
        (folder / f"{i}-{name}").write_bytes(content)
    for job in ("raw_cdr", "validated_usage"):
        report = LocalRunner(settings).run(JobRequest(job=job, partition=DAY, run_id="run", code_version="1.0"))
        assert report.published, [check.figure for check in report.checks if not check.passed]
    lake = Lake.open(settings)
    register = lake.read_arrow(FileRegister, landing_day=DAY).to_pylist()
    assert len(register) == 60
    received = Counter({row["path"]: row["records"] for row in register if row["status"] in {"landed", "duplicate"}})
    settled = lake.read_arrow(Ledger, period=DAY, stage="validated_usage").to_pylist()
    outcomes: Counter[str] = Counter()
    for row in settled:
        outcomes[row["path"]] += row["records"]
    assert +outcomes == +received
    assert count(lake.read(spark, Ledger, period=DAY, stage="validated_usage")).of("suspended")["records"] > 0
