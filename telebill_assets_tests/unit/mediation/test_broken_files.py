"""Files that were cut, shuffled or damaged on the way: nothing fails, and no row is lost or counted twice."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from telebill_assets.audit.ledger import count
from telebill_assets.compute.request import JobRequest
from telebill_assets.compute.runner import job_context
from telebill_assets.demo.reference_files import write_reference_files
from telebill_assets.lake.lake import Lake
from telebill_assets.mediation.landing import Arrived, Landed, read_batch
from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.mediation.source import Source
from telebill_assets.reference.load import load
from telebill_assets.reference.publish import publish
from telebill_assets.stages.raw_cdr import job as raw_cdr
from telebill_assets.stages.validated_usage import job as validated_usage
from telebill_assets.tables.file_register import FileRegister
from telebill_assets.tables.ledger import Ledger
from telebill_assets.tables.reasons import FILE_REASONS, SET_ASIDE_REASONS
from telebill_assets_tests.support.broken_files import SAMPLES, broken
from telebill_assets_tests.support.in_process import InProcess

DAY = date(2020, 4, 13)
ANY = {name: Source(tuple(LAYOUTS), zone) for name, zone in (("any", "UTC"), ("other", "America/New_York"))}


def read(files: Sequence[Arrived]) -> Landed:
    return read_batch(files, ANY, DAY)


def arrived(name: str, content: bytes, number: int = 0, source: str = "any") -> Arrived:
    return Arrived(f"{source}/{DAY.isoformat()}/{number}-{name}", content)


def assert_same(found: Landed, expected: Sequence[Landed]) -> None:
    """The same files and records, whatever their order."""
    assert_frame_equal(found.report.sort("path"), pl.concat([each.report for each in expected]).sort("path"))
    assert_frame_equal(
        found.records.sort("path", "line"), pl.concat([each.records for each in expected]).sort("path", "line")
    )


@examples(deadline=None, derandomize=True)
@given(st.randoms(use_true_random=False))
def test_a_broken_file_is_read_or_refused_with_a_reason(random):
    landed = read([arrived(*broken(random))])
    (row,) = landed.report.to_dicts()
    if row["reason"] is not None:
        assert row["reason"] in {**FILE_REASONS, **SET_ASIDE_REASONS}
        assert landed.records.is_empty()
        return
    assert row["records"] == landed.records.height > 0
    lines = landed.records["line"].to_list()
    assert lines == sorted(set(lines))


@st.composite
def batches(draw: st.DrawFn) -> list[list[Arrived]]:
    """Files in any grouping, most of them of the same layout and the same source; some are whole."""
    random = draw(st.randoms(use_true_random=False))
    usual = random.choice(SAMPLES)
    groups: list[list[Arrived]] = [[] for _ in range(random.randrange(1, 3))]
    for number in range(random.randrange(2, 6)):
        sample = usual if random.random() < 0.8 else random.choice(SAMPLES)
        whole = random.random() < 0.3
        name, content = (sample.name, sample.read_bytes()) if whole else broken(random, sample)
        random.choice(groups).append(arrived(name, content, number, random.choice(["any", "any", "other"])))
    return groups


@examples(deadline=None)
@given(batches())
def test_files_that_are_read_together_are_read_as_each_alone(groups):
    for group in filter(None, groups):
        assert_same(read(group), [read([file]) for file in group])


@examples(deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_damaged_file_among_good_ones_changes_only_its_own_rows(random):
    sample = random.choice(SAMPLES)
    good = [arrived(sample.name, sample.read_bytes(), number) for number in range(4)]
    damaged = arrived(*broken(random, sample), number=random.randrange(4))
    files = [damaged if file.path == damaged.path else file for file in good]
    before, after = read(good), read(files)
    others = pl.col("path") != damaged.path
    assert_frame_equal(after.report.filter(others), before.report.filter(others))
    assert_frame_equal(
        after.records.filter(others).sort("path", "line"), before.records.filter(others).sort("path", "line")
    )
    assert_same(Landed(after.report.filter(~others), after.records.filter(~others)), [read([damaged])])


def test_a_line_break_in_quotes_of_one_file_leaves_the_others_alone():
    """A call in two lines, a quote that nobody closes, and a plain file, in one batch."""
    (sample,) = (path for path in SAMPLES if path.name == "asterisk_master.csv")
    line = sample.read_bytes().splitlines(keepends=True)[0]
    files = [
        arrived("broken_in_two.csv", line.replace(b"Dial", b"Di\nal") + line * 2),
        arrived("never_closed.csv", line.replace(b"Dial", b'Di"al') + line),
        arrived("plain.csv", line + line),
    ]
    records = read(files).records.with_columns(name=pl.col("path").str.split("-").list.last())
    lines = {name: part["line"].to_list() for (name,), part in records.partition_by("name", as_dict=True).items()}
    assert lines == {"broken_in_two.csv": [1, 3, 4], "never_closed.csv": [1, 2], "plain.csv": [1, 2]}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_day_of_broken_files_balances(settings, seed):
    """Through the real jobs: every readable record has one outcome, counted here from the tables' ledger by file."""
    random = Random(seed)  # noqa: S311
    write_reference_files(settings.reference_dir)
    sources = settings.reference_dir / "sources.csv"
    sources.write_text(f"{sources.read_text()}any,{' '.join(LAYOUTS)},UTC,US,1,1,011\n")
    lake = Lake.open(settings)
    publish(load(settings.reference_dir, LAYOUTS), lake, "run", "1.0")
    folder = settings.landing_dir / "any" / DAY.isoformat()
    folder.mkdir(parents=True)
    for i in range(60):
        name, content = broken(random)
        (folder / f"{i}-{name}").write_bytes(content)
    for job in (raw_cdr, validated_usage):
        request = JobRequest(job=job.STAGE, partition=DAY, run_id="run", code_version="1.0")
        report = job.run(job_context(request, settings, InProcess(settings)))
        assert report.published, [check.figure for check in report.checks if not check.passed]
    register = lake.frame(FileRegister, landing_day=DAY).to_dicts()
    assert len(register) == 60
    received = Counter({row["path"]: row["records"] for row in register if row["status"] in {"landed", "duplicate"}})
    settled = lake.frame(Ledger, period=DAY, stage="validated_usage")
    outcomes: Counter[str] = Counter()
    for row in settled.to_dicts():
        outcomes[row["path"]] += row["records"]
    assert +outcomes == +received
    assert count(settled).of("suspended")["records"] > 0
