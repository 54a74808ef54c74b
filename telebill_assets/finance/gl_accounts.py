"""The mapping file gl_accounts.csv: which general-ledger account a posting goes to."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from telebill_assets.errors import InvalidInputError
from telebill_assets.reference.findings import Finding, InvalidReferenceError
from telebill_assets.reference.rows import read_rows
from telebill_assets.tables.reference.gl_accounts import GlAccounts

FILE = "gl_accounts.csv"
ANY = "*"


class UnmappedError(InvalidInputError):
    """Postings have no account; the message names them all."""


@dataclass(frozen=True, order=True)
class Posting:
    """What is posted. A charge has a line kind and product, a tax its type, a receivable neither."""

    posting: str
    seller_id: str
    line_kind: str = ""
    product: str = ""
    tax_type: str = ""

    @property
    def subject(self) -> str:
        """Such as `usage/usage_local`, a tax type, or nothing."""
        return f"{self.line_kind}/{self.product}" if self.posting == "charge" else self.tax_type

    def __str__(self) -> str:
        return f"{self.posting} {self.subject} of seller {self.seller_id}".replace("  ", " ")


@dataclass(frozen=True)
class GlAccount:
    """An account of the general ledger."""

    number: str
    name: str


class AccountMap:
    """Finds the account of a posting: an exact product or tax type beats an exact line kind, that an exact seller."""

    def __init__(self, rows: Iterable[tuple[Posting, GlAccount]]) -> None:
        self._accounts = dict(rows)

    def account(self, posting: Posting) -> GlAccount | None:
        """The account of the most precise row that fits; None if none does."""
        for tax_type in (posting.tax_type, ANY):
            for product in (posting.product, ANY):
                for line_kind in (posting.line_kind, ANY):
                    for seller_id in (posting.seller_id, ANY):
                        found = self._accounts.get(Posting(posting.posting, seller_id, line_kind, product, tax_type))
                        if found:
                            return found
        return None

    def require(self, postings: Iterable[Posting]) -> dict[Posting, GlAccount]:
        """The accounts of all postings.

        Raises:
            UnmappedError: naming every posting without an account.
        """
        found = {posting: self.account(posting) for posting in postings}
        unmapped = sorted(posting for posting, account in found.items() if account is None)
        if unmapped:
            raise UnmappedError("\n".join(f"{FILE}: no account for {posting}, expected a row" for posting in unmapped))
        return {posting: account for posting, account in found.items() if account}


def read_account_map(folder: Path) -> AccountMap:
    """Read gl_accounts.csv of the reference folder.

    Raises:
        InvalidReferenceError: it is missing, or with every row that cannot be used.
    """
    path = folder / FILE
    if not path.is_file():
        raise InvalidReferenceError([Finding(FILE, 1, "file", "missing", f"a file in {folder}; see docs/export.md")])
    rows = read_rows(path, GlAccounts)
    keys = ("posting", "seller_id", "line_kind", "product", "tax_type")
    return AccountMap(
        (Posting(*(row[key] for key in keys)), GlAccount(row["gl_account"], row["gl_name"])) for row in rows
    )
