"""The names of the CDR sources, without reading all reference files."""

from pathlib import Path

from telebill_assets.lake.lake import Lake
from telebill_assets.reference.findings import InvalidReferenceError
from telebill_assets.reference.rows import read_csv, typed
from telebill_assets.schemas.reference.sources import Sources


def known_sources(folder: Path, lake: Lake) -> list[str]:
    """Names of the sources in sources.csv, or else in the lake, in order.

    Raises:
        InvalidReferenceError: sources.csv cannot be used.
    """
    path = folder / "sources.csv"
    if not path.is_file():
        return sorted(lake.read_arrow(Sources)["source"].to_pylist())
    texts, wrong = read_csv(path, Sources)
    found = typed(path.name, Sources, texts)
    if wrong or found.findings:
        raise InvalidReferenceError([*wrong, *found.findings])
    return sorted(row["source"] for row in found.sound)
