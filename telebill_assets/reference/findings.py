"""What is wrong with a reference file, in one line for the person who can mend it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from telebill_assets.audit.masking import conceal, mask
from telebill_assets.errors import InvalidInputError

PRICE = re.compile(r"-?[0-9]*[.,][0-9]+")
PERSONAL = frozenset({"name", "attention", "street", "phone", "email", "iban", "vat_id", "tax_number", "clerk"})


@dataclass(frozen=True)
class Finding:
    """One value that cannot be used, where it stands, and what is expected instead."""

    file: str
    line: int
    field: str
    value: str
    expected: str

    @property
    def shown_value(self) -> str:
        """The value, as far as anybody may see it. Prefixes and prices are nobody's number."""
        if "prefix" in self.field or PRICE.fullmatch(self.value):
            return self.value
        return conceal(self.value) if self.field in PERSONAL else mask(self.value)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field} is '{self.shown_value}', expected {self.expected}"


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once, by file and line."""
    return sorted(dict.fromkeys(findings), key=lambda finding: (finding.file, finding.line))


class InvalidReferenceError(InvalidInputError):
    """The reference files cannot be used; `findings` names everything that is wrong with them."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = in_order(findings)
        super().__init__("\n".join(map(str, self.findings)))
