"""Proposing a layout for a file that nobody has declared yet."""

from dataclasses import dataclass

from telebill_assets.mediation.layouts import LAYOUTS
from telebill_assets.mediation.lines import as_text, first_lines
from telebill_assets.mediation.recognise import SAMPLE, recognise
from telebill_assets.mediation.unpack import unpack
from telebill_assets.mediation.unusable import UnusableFileError


@dataclass(frozen=True)
class Guess:
    """A known layout, or why there is none."""

    layout: str | None
    title: str | None
    reason: str | None


def guess_layout(content: bytes, name: str) -> Guess:
    """The first known layout that the file's first lines are of."""
    try:
        sample = first_lines(as_text(unpack(content, name)), SAMPLE)
    except UnusableFileError as error:
        return Guess(None, None, error.detail)
    if not sample:
        return Guess(None, None, "the file holds no record")
    found = recognise(sample, LAYOUTS.values())
    if found is None:
        return Guess(None, None, "the first lines are of no known layout")
    return Guess(found.layout.name, found.layout.title, None)
