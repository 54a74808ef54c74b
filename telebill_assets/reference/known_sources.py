"""The names of the CDR sources, without reading all reference files."""

from pathlib import Path

from telebill_assets.lake.lake import Lake
from telebill_assets.reference.rows import read_rows
from telebill_assets.tables.reference.sources import Sources


def known_sources(folder: Path, lake: Lake) -> list[str]:
    """Names of the sources in sources.csv, or else in the lake, in order.

    Raises:
        InvalidReferenceError: sources.csv cannot be used.
    """
    path = folder / "sources.csv"
    if not path.is_file():
        return sorted(lake.frame(Sources)["source"])
    return sorted(read_rows(path, Sources).frame["source"])
