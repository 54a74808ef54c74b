"""The landing zone: which files count, how they are cut into tasks, what manifests declare."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from telebill_assets.mediation.source import Source
from telebill_assets.mediation.totals import Totals
from telebill_assets.stages.raw_cdr.landing_zone import (
    BYTES_PER_TASK,
    FILES_PER_TASK,
    LandingFile,
    cut_files,
    list_files,
    read_manifests,
)

DAY = date(2020, 4, 3)
MIB = 1024 * 1024


def test_files_of_the_day_count_but_hidden_ones_and_manifests(tmp_path):
    folder = tmp_path / "sbc" / DAY.isoformat()
    folder.mkdir(parents=True)
    for name in ("b.csv", "a.csv.gz", ".part", "manifest.csv"):
        (folder / name).write_bytes(b"12345")
    (tmp_path / "sbc" / "2020-04-04").mkdir()
    (tmp_path / "sbc" / "2020-04-04" / "late.csv").write_bytes(b"1")
    assert list_files(str(tmp_path), DAY) == [
        LandingFile("sbc/2020-04-03/a.csv.gz", 5),
        LandingFile("sbc/2020-04-03/b.csv", 5),
    ]
    assert list_files(str(tmp_path / "nowhere"), DAY) == []


def test_a_small_day_is_one_task_and_a_larger_one_a_task_for_each_core():
    assert len(cut_files([LandingFile("a", 100)] * 12, cores=8)) == 1
    assert [len(piece) for piece in cut_files([LandingFile("a", MIB)] * 8, cores=4)] == [2, 2, 2, 2]


def test_archives_count_by_the_text_in_them():
    assert len(cut_files([LandingFile("a.csv", 8 * MIB)] * 8, cores=1)) == 3
    assert len(cut_files([LandingFile("a.csv.gz", 8 * MIB)] * 8, cores=1)) == 8


@settings(deadline=None)
@given(st.lists(st.integers(0, BYTES_PER_TASK * 2), max_size=60), st.integers(1, 8))
def test_every_file_is_in_one_task_in_its_order(sizes, cores):
    files = [LandingFile(f"{i:02}", size) for i, size in enumerate(sizes)]
    pieces = cut_files(files, cores)
    assert [path for piece in pieces for path in piece] == [file.path for file in files]
    assert all(pieces)
    size = dict(zip((file.path for file in files), sizes, strict=True))
    largest = max(sizes, default=0)
    assert all(sum(size[path] for path in piece) <= BYTES_PER_TASK + largest + len(files) for piece in pieces)


def test_many_small_files_make_several_tasks():
    assert len(cut_files([LandingFile("a", 10)] * (FILES_PER_TASK * 3), cores=1)) == 3


def test_manifests_are_read_of_sources_that_send_them(tmp_path):
    folder = tmp_path / "pbx" / DAY.isoformat()
    folder.mkdir(parents=True)
    (folder / "manifest.csv").write_text("file,records,seconds\na.csv,3,180\nb.csv,2,\nc.csv,many,1\n")
    sources = {
        "pbx": Source(("telebill_csv",), "UTC", completeness="manifest"),
        "sbc": Source(("telebill_csv",), "UTC", completeness="manifest"),
        "other": Source(("telebill_csv",), "UTC"),
    }
    assert read_manifests(str(tmp_path), sources, DAY) == {
        "pbx": {"a.csv": Totals(3, 180), "b.csv": Totals(2)},
        "sbc": {},
    }
