"""`telebill quote --cases`: JSON Lines of published cases in, JSON Lines of answers out, in the same order."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any

from telebill_assets.errors import InvalidInputError


class Kind(StrEnum):
    """What a file of cases asks; each is answered by the module of its name, answer(cases)."""

    CALL = "call"
    PREFIX = "prefix"
    TIERS = "tiers"
    ALLOWANCE = "allowance"


class UnreadableCasesError(InvalidInputError):
    """The file of cases cannot be read."""


def answers(path: Path, kind: Kind) -> Iterator[str]:
    """Answer the cases of a file; every line of the answer is JSON.

    A line that is no case is answered {"id": null, "error"}. Blank lines have no answer.

    Raises:
        UnreadableCasesError: there is no such file, or it is no UTF-8 text.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is no UTF-8 text" if isinstance(error, ValueError) else "it cannot be read"
        raise UnreadableCasesError(f"{path}: {reason}; expected JSON Lines with one case a line") from error
    read = [_case(line, nr) for nr, line in enumerate(lines, start=1) if line.strip()]
    module = import_module(f"telebill_assets.quote.{kind.value}")
    found = iter(module.answer([case for case in read if not isinstance(case, str)]))
    for case in read:
        answer = {"id": None, "error": case} if isinstance(case, str) else next(found)
        yield json.dumps(answer, ensure_ascii=False, default=str)


def _case(line: str, nr: int) -> Mapping[str, Any] | str:
    """The case, or what is wrong with the line. Numbers are kept exact."""
    try:
        case = json.loads(line, parse_float=Decimal, parse_constant=_no_constant)
    except ValueError as error:
        return f"line {nr} is no JSON: {error}"
    return case if isinstance(case, dict) else f"line {nr} is no JSON object"


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")
