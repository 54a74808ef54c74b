"""Is a file that was read whole? What its source, its trailer and its manifest say, against what was found in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from telebill_assets.mediation.manifest import MANIFEST
from telebill_assets.mediation.source import Source
from telebill_assets.mediation.totals import Totals, require_totals
from telebill_assets.mediation.unusable import UnusableFileError


@dataclass(frozen=True)
class FileRead:
    """What was found in one file."""

    name: str
    layout: str
    counted: Totals
    closed: bool
    """Whether a trailer closes it."""
    declared: Totals | None
    """The totals of the trailer."""
    swapped: str | None
    """What is wrong with the order of day and month in its dates."""

    def unusable(self, reason: str, detail: str) -> UnusableFileError:
        """The error that says that the file cannot be used."""
        return UnusableFileError(reason, detail, self.counted.records, self.layout)


def declared_totals(file: FileRead, source: Source, manifest: Mapping[str, Totals]) -> Totals | None:
    """The totals that the trailer or the manifest declares.

    Raises:
        UnusableFileError: the source declares that whole files have a trailer, or a row in the manifest, and this one
            has none; or its dates are not as its layout declares.
    """
    if source.completeness == "trailer" and not file.closed:
        raise file.unusable("truncated_file", "the line that closes the file is missing")
    if file.swapped:
        raise UnusableFileError("date_order", file.swapped)
    if source.completeness != "manifest":
        return file.declared
    if file.name not in manifest:
        raise file.unusable("truncated_file", f"{MANIFEST} does not list the file")
    return manifest[file.name]


def require_declared(file: FileRead, declared: Totals) -> None:
    """Compare what was declared with what was counted.

    Raises:
        UnusableFileError: they differ.
    """
    where = "trailer" if file.declared else "manifest"
    require_totals(declared, file.counted.records, file.counted.seconds or 0, file.layout, where)
