"""Control totals: what a trailer or a manifest says a file holds, against what it does hold."""

from dataclasses import dataclass

from telebill_assets.mediation.unusable import UnusableFileError


@dataclass(frozen=True)
class Totals:
    """Records and talk seconds of a file; seconds may be left out."""

    records: int
    seconds: int | None = None


def require_totals(declared: Totals, records: int, seconds: int, layout: str, where: str) -> None:
    """Compare what was declared with what was counted.

    Raises:
        UnusableFileError: they differ.
    """
    if declared.records != records:
        detail = f"the {where} declares {declared.records} records, the file holds {records}"
        raise UnusableFileError("totals_differ", detail, records, layout)
    if declared.seconds is not None and declared.seconds != seconds:
        detail = f"the {where} declares {declared.seconds} seconds, the records hold {seconds}"
        raise UnusableFileError("totals_differ", detail, records, layout)
