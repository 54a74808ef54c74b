"""What is wrong with a reference file, in one line for the person who can mend it."""

from collections.abc import Sequence
from dataclasses import dataclass

from telebill_assets.audit.masking import conceal, mask
from telebill_assets.errors import InvalidInputError

PERSONAL = frozenset({"name", "attention", "street", "phone", "email", "iban", "vat_id", "tax_number", "clerk"})


@dataclass(frozen=True)
class Finding:
    """One value that cannot be used, where it stands, and what is expected instead."""

    file: str
    line: int
    field: str
    value: str
    expected: str

    def __str__(self) -> str:
        value = conceal(self.value) if self.field in PERSONAL else mask(self.value)
        return f"{self.file}:{self.line}: {self.field} is '{value}', expected {self.expected}"


class InvalidReferenceError(InvalidInputError):
    """The reference files cannot be used; `findings` names everything that is wrong with them."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = sorted(findings, key=lambda finding: (finding.file, finding.line))
        super().__init__("\n".join(map(str, self.findings)))
