"""Published cases of longest prefixes, answered by the search that finds the destination of every call."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from telebill_assets.quote.fields import Case, WrongCaseError, wrong
from telebill_assets.rating.call.destinations import DIGITS, number_key
from telebill_assets.rating.call.prefixes import NONE, Prefixes

PUNCTUATION = r"[ ().\-/]"


def answer(cases: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Answer cases {"id", "prefixes": [...], "number"} with {"id", "prefix"}, null if none starts the number.

    A plus and punctuation are ignored; the prefix is answered as it was written. Wrong cases get {"id", "error"}.
    """
    return [_answer(case) for case in cases]


def _answer(case: Case) -> dict[str, Any]:
    try:
        return {"id": case.get("id"), "prefix": _longest(case)}
    except WrongCaseError as error:
        return {"id": case.get("id"), "error": str(error)}


def _longest(case: Case) -> str | None:
    listed = case.get("prefixes")
    if not isinstance(listed, list):
        raise wrong("prefixes", listed, "a list of prefixes")
    written: dict[str, str] = {}
    for i, prefix in enumerate(listed):
        written.setdefault(_digits(prefix, f"prefixes[{i}]", DIGITS), str(prefix))
    number = _digits(case.get("number"), "number", 100)
    if not number:
        raise wrong("number", case.get("number"), "digits")
    rows = [{"prefix": prefix, "owner": 0, "valid_from": None, "valid_to": None} for prefix in written]
    found = Prefixes.build(rows)
    key, day = np.array([number_key(number[:DIGITS])], np.int64), np.zeros(1, np.int64)
    version = int(found.find(key, day)[0])
    return None if version == NONE else written[found.texts[version]]


def _digits(value: object, name: str, most: int) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise wrong(name, value, "digits")
    digits = re.sub(PUNCTUATION, "", str(value)).removeprefix("+")
    if not re.fullmatch(rf"[0-9]{{0,{most}}}", digits):
        raise wrong(name, value, f"at most {most} digits")
    return digits
