"""Exemption codes: which taxes an item's codes switch off. Source: SureTax Communications appendix A."""

from collections.abc import Iterable

FEDERAL, STATE = "0", "1"
LOCAL = frozenset("2345")
EXCISE, USF, TRS = "00", "35", "60"
E911 = frozenset({"06", "33"})


def is_exempt(codes: Iterable[str], tax_type: str, *, is_fee: bool) -> bool:
    """Whether one of the codes exempts a tax of this TaxTypeCode; unknown codes exempt nothing."""
    return any(_exempts(code, tax_type[0], tax_type[1:], is_fee=is_fee) for code in codes)


def _exempts(code: str, level: str, kind: str, *, is_fee: bool) -> bool:
    excise = level == FEDERAL and kind == EXCISE
    return {
        "01": excise,
        "02": level == STATE,
        "03": excise or level == STATE,
        "04": level in LOCAL,
        "05": excise or level in LOCAL,
        "06": level == STATE or level in LOCAL,
        "07": excise or level == STATE or level in LOCAL,
        "09": level == FEDERAL and kind in {EXCISE, USF, TRS},
        "10": is_fee,
        "11": is_fee and kind in E911,
        "14": kind in E911,
        "19": not (level == FEDERAL and kind == USF),
        "24": level == FEDERAL and kind == USF,
        "36": kind == "51",
        "37": kind == "42",
        "38": kind == "41",
        "39": kind == "40",
        "99": True,
    }.get(code, False)
