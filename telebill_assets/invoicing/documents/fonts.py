"""The fonts of the documents: four weights of Source Sans Pro and no font of the system."""

from pathlib import Path
from tempfile import TemporaryDirectory

import font_source_sans_pro  # type: ignore[import-untyped]
import typst

WEIGHTS = ("SourceSansPro", "SourceSansProIt", "SourceSansProSemibold", "SourceSansProBold")


def fonts() -> typst.Fonts:
    """The fonts that typst may use: one file for each of the four weights.

    The package's folder holds every weight as OTF and as TTF, and typst takes whichever the file system lists first:
    two machines would render different bytes. So typst sees a folder of links; it remembers the files behind them.
    """
    with TemporaryDirectory(prefix="telebill-fonts-") as folder:
        for weight in WEIGHTS:
            file = Path(font_source_sans_pro.font_files_ttf[weight])
            (Path(folder) / file.name).symlink_to(file)
        return typst.Fonts(include_system_fonts=False, font_paths=[folder])
