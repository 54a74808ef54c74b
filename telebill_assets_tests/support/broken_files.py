"""Sample files after mishaps on their way: cut, shuffled, sent twice, with bytes that do not belong."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import telebill_assets_tests

SAMPLES = sorted(Path(telebill_assets_tests.__file__).with_name("unit").joinpath("mediation", "samples").iterdir())
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


def broken(random: Random, sample: Path | None = None) -> tuple[str, bytes]:
    """A sample, of any layout or a certain one, after one to three mishaps."""
    sample = sample or random.choice(SAMPLES)
    content = sample.read_bytes()
    for _ in range(random.randrange(1, 4)):
        content = random.choice(BREAKINGS)(content, random)
    return sample.name, content
