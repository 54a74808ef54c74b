"""The bytes of text files become their lines, with nothing lost."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

BOM = "\ufeff"
UTF8_BOM = BOM.encode()
UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
FIRST_BYTES = 16 * 1024
"""Bytes in which the first lines of a file are looked for at first; lines are short."""
CR, LF = b"\r\n"

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Lines:
    """Lines of one or more files, as parallel arrays: the place of the file, the number in the file, the text."""

    file: Numbers
    """The files in ascending order of their places."""
    number: Numbers
    """The first line of a file is 1."""
    text: pa.Array

    def __len__(self) -> int:
        return len(self.file)

    def where(self, keep: Flags) -> "Lines":
        """The lines whose flag is true, with their numbers in the file."""
        if keep.all():
            return self
        return Lines(self.file[keep], self.number[keep], self.text.filter(pa.array(keep)))

    def count(self, files: int) -> Numbers:
        """How many lines each file has."""
        return np.bincount(self.file, minlength=files)

    def after(self, lines: int) -> Flags:
        """Whether each line comes after the first so many of its file."""
        starts = np.searchsorted(self.file, self.file)
        return np.arange(len(self)) - starts >= lines

    def first(self) -> Numbers:
        """Positions of the first line of each file."""
        return np.flatnonzero(np.diff(self.file, prepend=-1))

    def last(self) -> Numbers:
        """Positions of the last line of each file."""
        return np.flatnonzero(np.diff(self.file, append=-1))

    def texts_at(self, positions: Numbers) -> list[tuple[int, str]]:
        """Files and texts of the lines at these positions."""
        texts = self.text.take(pa.array(positions)).to_pylist()
        return list(zip(self.file[positions].tolist(), texts, strict=True))

    @classmethod
    def together(cls, parts: Sequence["Lines"]) -> "Lines":
        """The lines of several parts, in the order of the parts."""
        return cls(
            np.concatenate([part.file for part in parts]),
            np.concatenate([part.number for part in parts]),
            pa.concat_arrays([part.text for part in parts]),
        )


def as_text(content: bytes, encoding: str = "utf-8") -> bytes:
    r"""Text in UTF-8 whose lines end with LF or CRLF, without byte order mark.

    Bytes that are not of the encoding, and the control character 1, are written as \xNN.
    """
    text = _as_utf8(content, encoding).removeprefix(UTF8_BOM).replace(b"\x01", rb"\x01")
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if _has_lone_cr(text) else text


def first_lines(text: bytes, count: int) -> list[str]:
    """The first lines that are not blank."""
    size = FIRST_BYTES
    while True:
        head = text[:size]
        if size < len(text):
            head = head[: head.rfind(b"\n") + 1]
        lines = [line for line in map(bytes.decode, head.splitlines()) if line.strip()]
        if len(lines) >= count or size >= len(text):
            return lines[:count]
        size *= 2


def lines_of(texts: Sequence[bytes]) -> Lines:
    """The lines that are not blank, of texts in UTF-8 whose lines end with LF or CRLF."""
    by_file = pc.split_pattern(pa.array(texts, pa.string()), "\n")
    file = np.asarray(pc.list_parent_indices(by_file))
    number = np.arange(1, len(file) + 1) - np.asarray(by_file.offsets)[file]
    text = by_file.flatten()
    if any(b"\r" in each for each in texts):
        text = pc.utf8_rtrim(text, "\r")
    blank = pc.or_(pc.equal(pc.binary_length(text), 0), pc.utf8_is_space(text))
    return Lines(file, number, text).where(~np.asarray(blank))


def _as_utf8(content: bytes, encoding: str) -> bytes:
    if content.startswith(UTF16_BOMS):
        return content.decode("utf-16", errors="backslashreplace").encode()
    content = content.removeprefix(UTF8_BOM)
    if encoding != "utf-8":
        return content.decode(encoding, errors="backslashreplace").encode()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("utf-8", errors="backslashreplace").encode()
    return content


def _has_lone_cr(text: bytes) -> bool:
    """Whether a line ends with CR alone, as on old systems."""
    if b"\r" not in text:
        return False
    codes = np.frombuffer(text, np.uint8)
    after = np.flatnonzero(codes == CR) + 1
    return bool(after[-1] == len(codes) or (codes[after] != LF).any())
