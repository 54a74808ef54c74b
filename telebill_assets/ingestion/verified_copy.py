"""Copying one file so that a reader of the landing zone sees all of it or nothing, and what it sees was verified."""

import hashlib
import os
from contextlib import suppress
from uuid import uuid4

from pyarrow import fs

from telebill_assets.ingestion.plan import Incoming, Place

CHUNK = 1 << 20
DRAFT_END = ".part"


class CorruptCopyError(OSError):
    """What was stored is not what was read."""


class ChangedFileError(Exception):
    """The sender's file changed while it was read."""


def sha256(place: Place, path: str) -> str:
    """SHA-256 of a file as it is stored, read in pieces."""
    digest = hashlib.sha256()
    with place.files.open_input_stream(path, compression=None) as stream:
        while piece := stream.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def copy(origin: Place, file: Incoming, target: Place) -> str:
    """Copy a file to `target`/<its name>, and return its SHA-256.

    It is written under a name with a leading dot, which readers ignore, read back, and only then given its name:
    by a rename in a folder, by the store's own copy of the whole object in S3.

    Raises:
        ChangedFileError: the file changed while it was read.
        CorruptCopyError: what was read back has another hash.
        FileExistsError: meanwhile there is a file of this name; it is left alone.
        OSError: a file system failed.
    """
    draft, final = f"{target.path}/.{file.name}.{uuid4().hex}{DRAFT_END}", f"{target.path}/{file.name}"
    try:
        read = _write(origin, file.path, target, draft)
        _require_unchanged(origin, file)
        _require_stored(target, draft, read)
        _require_free(target, final)
        target.files.move(draft, final)
    except BaseException:
        with suppress(OSError):  # nothing was written, or nothing can be reached: the draft stays hidden
            target.files.delete_file(draft)
        raise
    return read


def _write(origin: Place, path: str, target: Place, draft: str) -> str:
    digest = hashlib.sha256()
    with (
        origin.files.open_input_stream(path, compression=None) as reader,
        target.files.open_output_stream(draft, compression=None) as writer,
    ):
        while piece := reader.read(CHUNK):
            digest.update(piece)
            writer.write(piece)
    return digest.hexdigest()


def _require_unchanged(origin: Place, file: Incoming) -> None:
    now = origin.files.get_file_info(file.path)
    if (now.size, now.mtime) != (file.size, file.changed_at):
        raise ChangedFileError(f"{file.path} changed while it was read")


def _require_stored(target: Place, draft: str, read: str) -> None:
    if isinstance(target.files, fs.LocalFileSystem):
        _to_disk(draft)
    if sha256(target, draft) != read:
        raise CorruptCopyError("what was stored is not what was read")


def _require_free(target: Place, final: str) -> None:
    if target.files.get_file_info(final).type != fs.FileType.NotFound:
        raise FileExistsError(final)


def _to_disk(path: str) -> None:
    """Without this, a power cut may leave the new name with an empty file behind it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
