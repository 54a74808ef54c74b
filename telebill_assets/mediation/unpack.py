"""A file as it arrived becomes the bytes of its text: archives are recognised by their first bytes."""

import gzip
import io
import zipfile
import zlib

from telebill_assets.mediation.unusable import UnusableFileError

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
ENCRYPTED = 0x1


def unpack(content: bytes, name: str) -> bytes:
    """Decompress gzip, and zip with one member; anything else is returned as it is.

    Raises:
        UnusableFileError: the archive is cut off, damaged, encrypted, or holds more or less than one file.
    """
    if content.startswith(ZIP):
        return _unzip(content)
    if content.startswith(GZIP) or name.endswith(".gz"):
        return _gunzip(content)
    if name.endswith(".zip"):
        raise UnusableFileError("unreadable_file", "not a readable zip archive")
    return content


def _gunzip(content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except EOFError as error:
        raise UnusableFileError("truncated_file", "the gzip stream ends before its end mark") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise UnusableFileError("unreadable_file", f"not a readable gzip stream: {error}") from error


def _unzip(content: bytes) -> bytes:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:  # it begins as a zip archive, but its directory is at the end
        raise UnusableFileError("truncated_file", "the zip archive ends before its directory") from error
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) != 1:
        raise UnusableFileError("unreadable_file", f"the zip archive holds {len(members)} files, expected one")
    if members[0].flag_bits & ENCRYPTED:
        raise UnusableFileError("unreadable_file", "the zip archive is encrypted")
    try:
        return archive.read(members[0])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise UnusableFileError("unreadable_file", f"not a readable zip archive: {error}") from error
