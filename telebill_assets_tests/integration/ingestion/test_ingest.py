"""Files come into the landing zone whole, verified and once, whatever breaks on the way."""

import gzip
import hashlib
import os
import time
from datetime import date
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from pyarrow import PythonFile, fs

from telebill_assets.errors import InvalidInputError
from telebill_assets.ingestion import ingest as ingesting
from telebill_assets.ingestion.ingest import Ingestion
from telebill_assets.ingestion.missing_files import missing_files
from telebill_assets.ingestion.plan import Place, Plan, plan
from telebill_assets.ingestion.verified_copy import sha256
from telebill_assets.stages.raw_cdr.landing_zone import list_files

DAY = date(2020, 4, 3)


@pytest.fixture
def sent(tmp_path) -> Path:
    folder = tmp_path / "sent"
    folder.mkdir()
    return folder


@pytest.fixture
def zone(tmp_path) -> Path:
    return tmp_path / "landing"


def write(folder: Path, **contents: str | bytes) -> None:
    for name, content in contents.items():
        path = folder / name.replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def ingest(made: Plan, parallel: int = 4) -> dict[str, str]:
    results = Ingestion(made, parallel, wait=lambda _: None).results()
    return {result.file.path.removeprefix(made.origin.path).lstrip("/"): result.outcome for result in results}


def planned(sent: Path, zone: Path) -> Plan:
    return plan(str(sent), str(zone), "pbx", DAY)


def landed(zone: Path) -> dict[str, bytes]:
    """What a reader of the landing zone sees."""
    return {file.path.rpartition("/")[2]: (zone / file.path).read_bytes() for file in list_files(str(zone), DAY)}


def hidden(zone: Path) -> list[str]:
    return [path.name for path in (zone / "pbx" / DAY.isoformat()).iterdir() if path.name.startswith(".")]


def remote(target: fs.FileSystem, made: Plan) -> Plan:
    """The same plan with a target that is not a plain folder of this machine."""
    return Plan(made.origin, Place(target, made.target.path, "remote"), made.incoming, made.ignored)


def test_every_byte_arrives_under_the_day_and_nothing_else_is_left(sent, zone):
    contents = {f"cdr-{n:04}.csv": os.urandom(n * 997) for n in range(60)}
    contents["packed.csv.gz"] = gzip.compress(b"a,b\n" * 500_000)  # as it is, not unpacked
    for name, content in contents.items():
        (sent / name).write_bytes(content)
    assert set(ingest(planned(sent, zone)).values()) == {"copied"}
    assert landed(zone) == contents
    assert hidden(zone) == []


def test_the_hash_that_is_reported_is_the_files(sent, zone):
    write(sent, a="some,record\n" * 200_000)
    (result,) = Ingestion(planned(sent, zone)).results()
    assert result.sha256 == hashlib.sha256((sent / "a").read_bytes()).hexdigest()


def test_a_second_run_copies_nothing(sent, zone):
    write(sent, a="1", b="2")
    ingest(planned(sent, zone))
    before = {path: path.stat().st_mtime_ns for path in zone.rglob("*")}
    assert ingest(planned(sent, zone)) == {"a": "skipped", "b": "skipped"}
    assert {path: path.stat().st_mtime_ns for path in zone.rglob("*")} == before


def test_the_same_name_with_other_content_is_held_and_nothing_is_overwritten(sent, zone):
    write(sent, a="first")
    ingest(planned(sent, zone))
    write(sent, a="other", b="new")
    results = {result.file.name: result for result in Ingestion(planned(sent, zone)).results()}
    assert {name: result.outcome for name, result in results.items()} == {"a": "held", "b": "copied"}
    assert results["a"].sha256 == hashlib.sha256(b"other").hexdigest()
    assert results["a"].there_sha256 == hashlib.sha256(b"first").hexdigest()
    assert landed(zone) == {"a": b"first", "b": b"new"}


def test_a_run_that_broke_goes_on_where_it_stopped(sent, zone):
    write(sent, **{f"f{n}": f"content {n}" for n in range(30)})
    made, results = planned(sent, zone), []
    for result in Ingestion(made, parallel=1).results():
        results.append(result)
        if len(results) == 10:
            break  # the process is stopped here
    left = zone / "pbx" / DAY.isoformat() / ".f29.0123.part"  # and had half a file written
    left.write_bytes(b"cont")
    assert 10 <= len(landed(zone)) < 30
    assert "f29" not in landed(zone) or landed(zone)["f29"] == b"content 29"
    outcomes = ingest(planned(sent, zone))
    assert len(outcomes) == 30
    assert list(outcomes.values()).count("skipped") >= 10
    assert landed(zone) == {f"f{n}": f"content {n}".encode() for n in range(30)}


def test_old_drafts_are_removed_and_those_of_a_running_ingestion_are_not(sent, zone):
    write(sent, a="1")
    folder = zone / "pbx" / DAY.isoformat()
    write(folder, **{"_dot_a.old.part": "half", "_dot_b.young.part": "half"})
    long_ago = time.time() - 2 * 3600
    os.utime(folder / ".a.old.part", (long_ago, long_ago))
    ingest(planned(sent, zone))
    assert hidden(zone) == [".b.young.part"]


def test_subfolders_are_part_of_the_name_and_hidden_or_unfinished_files_stay(sent, zone):
    write(sent, **{"node1/a.csv": "1", "node2/a.csv": "2", ".hidden": "x", ".git/config": "x", "c.csv.part": "x"})
    made = planned(sent, zone)
    assert made.ignored == 3
    ingest(made)
    assert landed(zone) == {"node1__a.csv": b"1", "node2__a.csv": b"2"}


def test_of_two_files_that_come_to_the_same_name_the_second_is_held(sent, zone):
    write(sent, **{"n/a": "in a folder", "n__a": "its name", "m/a": "alike", "m__a": "alike"})
    assert ingest(planned(sent, zone)) == {"m/a": "copied", "m__a": "skipped", "n/a": "copied", "n__a": "held"}


def test_a_single_file(sent, zone):
    write(sent, a="1", b="2")
    ingest(plan(str(sent / "a"), str(zone), "pbx", DAY))
    assert landed(zone) == {"a": b"1"}


@pytest.mark.parametrize("origin", ["nowhere", "landing", "landing/pbx", "."])
def test_an_origin_that_cannot_be_is_refused_before_any_work(tmp_path, zone, origin):
    (zone / "pbx").mkdir(parents=True)
    with pytest.raises(InvalidInputError, match=r"no such folder|within each other"):
        plan(str(tmp_path / origin), str(zone), "pbx", DAY)


class Store(fs.FileSystemHandler):
    """A remote store: the files of a local one, through Python, where things can be made to go wrong."""

    def __init__(self):
        self.local, self.failures, self.spoilt = fs.LocalFileSystem(), 0, False

    def open_output_stream(self, path, metadata):  # noqa: ARG002
        if self.failures:
            self.failures -= 1
            raise OSError("AWS Error SLOW_DOWN")
        stream = Path(path).open("wb")  # noqa: SIM115  # Arrow closes it
        return PythonFile(Spoiling(stream) if self.spoilt else stream, mode="w")

    def open_input_stream(self, path):
        return PythonFile(Path(path).open("rb"), mode="r")

    def get_type_name(self):
        return "store"

    def get_file_info(self, paths):
        return self.local.get_file_info(paths)

    def get_file_info_selector(self, selector):
        return self.local.get_file_info(selector)

    def create_dir(self, path, recursive):
        self.local.create_dir(path, recursive=recursive)

    def delete_file(self, path):
        self.local.delete_file(path)

    def move(self, src, dest):
        self.local.move(src, dest)

    def normalize_path(self, path):
        return path

    def _unused(self, *arguments):
        raise NotImplementedError

    copy_file = delete_dir = delete_dir_contents = delete_root_dir_contents = _unused
    open_append_stream = open_input_file = _unused


class Spoiling:
    """Turns one bit of what is written."""

    def __init__(self, stream):
        self._stream = stream

    def write(self, piece):
        self._stream.write(bytes([piece[0] ^ 1]) + bytes(piece[1:]))
        return len(piece)

    def __getattr__(self, name):
        return getattr(self._stream, name)


def test_a_corrupt_copy_is_found_and_never_visible(sent, zone):
    write(sent, a="content")
    store = Store()
    store.spoilt = True
    (result,) = Ingestion(remote(fs.PyFileSystem(store), planned(sent, zone)), wait=lambda _: None).results()
    assert (result.outcome, result.detail) == ("failed", "what was stored is not what was read")
    assert landed(zone) == {}
    assert hidden(zone) == []


def test_errors_of_the_moment_are_tried_again(sent, zone):
    write(sent, a="content")
    store, pauses = Store(), []
    store.failures = 3
    results = Ingestion(remote(fs.PyFileSystem(store), planned(sent, zone)), wait=pauses.append).results()
    assert [result.outcome for result in results] == ["copied"]
    assert len(pauses) == 3
    assert landed(zone) == {"a": b"content"}


def test_errors_that_stay_are_reported_and_the_others_come_in(sent, zone):
    write(sent, a="content", b="more")
    store = Store()
    store.failures = ingesting.ATTEMPTS
    made = remote(fs.PyFileSystem(store), planned(sent, zone))
    assert sorted(ingest(made, parallel=1).values()) == ["copied", "failed"]


def test_after_many_failures_in_a_row_the_rest_is_not_tried(sent, zone, monkeypatch):
    monkeypatch.setattr(ingesting, "GIVE_UP_AFTER", 3)
    write(sent, **{f"f{n}": "x" for n in range(20)})
    store = Store()
    store.failures = 10**6
    list(Ingestion(remote(fs.PyFileSystem(store), planned(sent, zone)), parallel=1, wait=lambda _: None).results())
    assert 10**6 - store.failures == 3 * ingesting.ATTEMPTS


def test_a_file_that_grew_while_it_was_read_does_not_come_in(sent, zone):
    write(sent, a="some")
    made = planned(sent, zone)
    write(sent, a="some and more")
    (result,) = Ingestion(made).results()
    assert (result.outcome, "changed while it was read" in result.detail) == ("failed", True)
    assert landed(zone) == {}


def test_an_object_store_takes_the_same_road(sent):
    write(sent, **{"a.csv": "1" * 3_000_000, "b.csv": "2"})
    store = fs.PyFileSystem(fs.FSSpecHandler(MemoryFileSystem()))
    made = plan(str(sent), str(sent.parent / "unused"), "pbx", DAY)
    target = Place(store, "/bucket/pbx/2020-04-03", "memory")
    made = Plan(made.origin, target, made.incoming, 0)
    assert ingest(made) == {"a.csv": "copied", "b.csv": "copied"}
    assert ingest(made) == {"a.csv": "skipped", "b.csv": "skipped"}
    assert sha256(target, "/bucket/pbx/2020-04-03/a.csv") == hashlib.sha256(b"1" * 3_000_000).hexdigest()
    assert sorted(info.base_name for info in store.get_file_info(fs.FileSelector(target.path))) == ["a.csv", "b.csv"]


def missing(zone: Path, **names: list[str]) -> dict[str, list[tuple[int, int]]]:
    for day, files in names.items():
        write(zone / "pbx" / day.replace("d", "2020-04-"), **dict.fromkeys(files, ""))
    return missing_files(Place.of(str(zone)).under("pbx"), DAY)


def test_gaps_within_the_day(zone):
    assert missing(zone, d03=["cdr-0007.csv", "cdr-0010.csv", "cdr-0011.csv.gz", "ok-1", "ok-2"]) == {
        "cdr-{}": [(8, 9)]
    }


def test_a_counter_that_goes_on_is_compared_with_the_last_day_that_has_files(zone):
    assert missing(zone, d01=["c7"], d03=["c10", "c11"]) == {"c{}": [(8, 9)]}


def test_a_counter_that_begins_daily_must_begin(zone):
    assert missing(zone, d02=["c1", "c2", "c3"], d03=["c3", "c4"]) == {"c{}": [(1, 2)]}
    assert missing(zone, d02=["c1", "c2", "c3"], d03=["c1", "c2", "c3", "c4"]) == {}
