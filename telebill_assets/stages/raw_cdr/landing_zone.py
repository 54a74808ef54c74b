"""The landing zone: which files a day has, what their senders declare of them, and how they are cut into tasks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from math import ceil

from pyarrow import fs

from telebill_assets.mediation.landing import Arrived
from telebill_assets.mediation.manifest import MANIFEST, Manifest, manifest_of
from telebill_assets.mediation.source import Source
from telebill_assets.storage import filesystem

BYTES_PER_TASK = 32 * 1024 * 1024
FILES_PER_TASK = 400
LEAST_BYTES = 2 * 1024 * 1024
"""Less text than this is not worth another task."""
PACKED = 5
"""How many times larger than its archive a text is, about."""


@dataclass(frozen=True)
class LandingFile:
    """A file of the landing zone; `path` is <source>/<day>/<name> below it."""

    path: str
    size: int

    @property
    def text_size(self) -> int:
        """About how many bytes of text it holds."""
        return self.size * (PACKED if self.path.endswith((".gz", ".zip")) else 1)


def list_files(zone: str, day: date) -> list[LandingFile]:
    """Files that landed on a day, over all sources, in arrival order (by path)."""
    files, root = filesystem(zone)
    sources = files.get_file_info(fs.FileSelector(root, allow_not_found=True))
    folders = [f"{info.path}/{day.isoformat()}" for info in sources if info.type == fs.FileType.Directory]
    found = [
        LandingFile(info.path.removeprefix(root).lstrip("/"), info.size)
        for folder in folders
        for info in files.get_file_info(fs.FileSelector(folder, allow_not_found=True))
        if info.type == fs.FileType.File and not info.base_name.startswith(".") and info.base_name != MANIFEST
    ]
    return sorted(found, key=lambda file: file.path)


def cut_files(files: Sequence[LandingFile], cores: int) -> list[list[str]]:
    """Paths of about equal amounts of text, one list per task; neighbours stay together, for they are alike.

    Example: 30 MB in 50 files make a task for each core, 300 MB make ten tasks.
    """
    if not files:
        return []
    ends = list(accumulate(file.text_size + 1 for file in files))
    least = min(cores, ceil(ends[-1] / LEAST_BYTES))
    tasks = max(least, ceil(ends[-1] / BYTES_PER_TASK), ceil(len(files) / FILES_PER_TASK))
    pieces: dict[int, list[str]] = {}
    for file, end in zip(files, ends, strict=True):
        pieces.setdefault((end - 1) * tasks // ends[-1], []).append(file.path)
    return list(pieces.values())


def read_manifests(zone: str, sources: Mapping[str, Source], day: date) -> dict[str, Manifest]:
    """What the manifests of the day declare, by source; empty for a source that should have sent one and has not."""
    return {
        name: _read_manifest(zone, name, day) for name, source in sources.items() if source.completeness == "manifest"
    }


def _read_manifest(zone: str, source: str, day: date) -> Manifest:
    files, root = filesystem(zone)
    try:
        with files.open_input_stream(f"{root}/{source}/{day.isoformat()}/{MANIFEST}") as stream:
            return manifest_of(stream.read())
    except FileNotFoundError:
        return {}


def arrived(zone: str, paths: Sequence[str]) -> Iterator[Arrived]:
    """Read files of the landing zone, one after the other."""
    files, root = filesystem(zone)
    for path in paths:
        with files.open_input_stream(f"{root}/{path}", compression=None) as stream:
            yield Arrived(path, stream.read())
