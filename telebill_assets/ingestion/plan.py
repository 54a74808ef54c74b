"""What is to be ingested: the sender's files, and the name each one gets in its landing folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pyarrow import fs

from telebill_assets.errors import InvalidInputError
from telebill_assets.storage import filesystem

UNFINISHED = (".part", ".partial", ".filepart", ".tmp")
"""Endings that transfer programs give to files they have not finished."""
SUBFOLDER = "__"


@dataclass(frozen=True)
class Place:
    """A folder of a file system: `path` is its path there, `address` what the operator calls it."""

    files: fs.FileSystem
    path: str
    address: str

    @classmethod
    def of(cls, address: str) -> "Place":
        """A place by its folder name or URI.

        Raises:
            InvalidInputError: the address is no place.
        """
        try:
            files, path = filesystem(address if "://" in address else str(Path(address).absolute()))
        except (OSError, ValueError) as error:  # an unknown scheme, no bucket, no region
            raise InvalidInputError(f"{address} is no folder, file or URI that can be read: {error}") from None
        return cls(files, path.rstrip("/"), address)

    @property
    def remote(self) -> bool:
        """Whether errors may be of the moment and worth another attempt."""
        return not isinstance(self.files, fs.LocalFileSystem)

    def under(self, *parts: str) -> "Place":
        """A folder below this one."""
        return Place(self.files, "/".join((self.path, *parts)), "/".join((self.address.rstrip("/"), *parts)))


@dataclass(frozen=True)
class Incoming:
    """A file of the sender: where it is, how it looked when it was listed, and its name in the landing folder."""

    path: str
    name: str
    size: int
    changed_at: datetime | None


@dataclass(frozen=True)
class Plan:
    """The files to ingest and the landing folder they go to."""

    origin: Place
    target: Place
    incoming: Sequence[Incoming]
    ignored: int
    """Hidden, unfinished and special files."""


def plan(origin: str, zone: str, source: str, day: date) -> Plan:
    """List the sender's files, once.

    A file in a subfolder keeps the folder's name in its own, because landing folders are flat: `node1/a.csv` becomes
    `node1__a.csv`.

    Raises:
        InvalidInputError: there is no such folder or file, or it lies in the landing zone, or the zone in it.
    """
    here, landing = Place.of(origin), Place.of(zone)
    try:
        info = here.files.get_file_info(here.path)
        if info.type == fs.FileType.NotFound:
            raise InvalidInputError(f"{origin}: there is no such folder or file")
        _require_apart(here, landing)
        single = info.type == fs.FileType.File
        found = [info] if single else here.files.get_file_info(fs.FileSelector(here.path, recursive=True))
    except OSError as error:
        raise InvalidInputError(f"{origin} cannot be read: {error}") from None
    files = [info for info in found if info.type != fs.FileType.Directory]
    folder = here.path.rpartition("/")[0] if single else here.path
    wanted = [info for info in files if info.type == fs.FileType.File and _finished(_below(info.path, folder))]
    incoming = [Incoming(info.path, _name(_below(info.path, folder)), info.size, info.mtime) for info in wanted]
    return Plan(
        here,
        landing.under(source, day.isoformat()),
        sorted(incoming, key=lambda file: file.path),
        len(files) - len(wanted),
    )


def _below(path: str, folder: str) -> str:
    return path.removeprefix(folder).lstrip("/")


def _finished(path: str) -> bool:
    hidden = any(part.startswith(".") for part in path.split("/"))
    return not hidden and not path.lower().endswith(UNFINISHED)


def _name(path: str) -> str:
    return path.replace("/", SUBFOLDER)


def _require_apart(origin: Place, zone: Place) -> None:
    if origin.files.type_name != zone.files.type_name:
        return
    one, other = f"{origin.path}/", f"{zone.path}/"
    if one.startswith(other) or other.startswith(one):
        raise InvalidInputError(f"{origin.address} and the landing zone {zone.address} lie within each other")
