"""The bytes of a text file become its lines, with nothing lost."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from telebill_assets.mediation.unusable import UnusableFileError

UTF8_BOM = b"\xef\xbb\xbf"
UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
NO_DELIMITER = "\x01"


def as_utf8(content: bytes, encoding: str = "utf-8") -> bytes:
    r"""Text in UTF-8 without byte order mark. Bytes that are not of the encoding are written as \xNN."""
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


def lines_of(content: bytes) -> tuple[pa.Array, pa.Array]:
    """Line numbers and texts of the lines that are not blank. Lines end with LF, CRLF or CR.

    Raises:
        UnusableFileError: there is no such line.
    """
    if not content.strip():
        raise UnusableFileError("empty_file", "the file holds no record")
    content = content.replace(NO_DELIMITER.encode(), rb"\x01")
    table = pacsv.read_csv(
        io.BytesIO(content),
        pacsv.ReadOptions(use_threads=False, column_names=["raw"], block_size=max(len(content), 1)),
        pacsv.ParseOptions(delimiter=NO_DELIMITER, quote_char=False, ignore_empty_lines=False),
        pacsv.ConvertOptions(column_types={"raw": pa.string()}, strings_can_be_null=False),
    )
    texts = table["raw"].combine_chunks()
    present = pc.not_equal(pc.utf8_trim_whitespace(texts), "")
    numbers = pa.array(np.flatnonzero(np.asarray(present)) + 1, pa.int64())
    if not len(numbers):
        raise UnusableFileError("empty_file", "the file holds no record")
    return numbers, texts.filter(present)
