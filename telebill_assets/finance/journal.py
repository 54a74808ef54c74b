"""The journal: every final invoice as a balanced entry of the general ledger.

The receivable is debited with the amount payable; charges and taxes are credited. What is negative changes sides:
a credit is a debit of its revenue account. Debit equals credit on every invoice, to the cent.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from telebill_assets.errors import OperatorError
from telebill_assets.finance.gl_accounts import GlAccount, Posting

ZERO = Decimal("0.00")


class UnbalancedInvoiceError(OperatorError):
    """The postings of an invoice are not its amount payable."""


@dataclass(frozen=True)
class InvoiceToPost:
    """A final invoice: its head, and its amounts summed per posting."""

    invoice_number: str
    invoice_date: date
    billing_month: date
    seller_id: str
    account_id: str
    currency: str
    payable: Decimal
    credits: Sequence[tuple[Posting, Decimal]]


def postings(invoices: Iterable[InvoiceToPost]) -> set[Posting]:
    """Everything that needs an account."""
    needed = set()
    for invoice in invoices:
        needed.add(_receivable(invoice))
        needed.update(posting for posting, _ in invoice.credits)
    return needed


def entries(invoice: InvoiceToPost, accounts: Mapping[Posting, GlAccount]) -> Iterator[dict[str, Any]]:
    """The rows of an invoice's journal entry, the receivable first. Amounts of zero are left out.

    Raises:
        UnbalancedInvoiceError: the charges and taxes are not the amount payable.
    """
    credited = sum((amount for _, amount in invoice.credits), start=ZERO)
    if credited != invoice.payable:
        raise UnbalancedInvoiceError(
            f"{invoice.invoice_number}: charges and taxes are {credited}, payable {invoice.payable}"
        )
    signed = [(_receivable(invoice), invoice.payable), *((posting, -amount) for posting, amount in invoice.credits)]
    posted = [(posting, amount) for posting, amount in signed if amount]
    for number, (posting, amount) in enumerate(posted, start=1):
        account = accounts[posting]
        yield {
            "invoice_number": invoice.invoice_number,
            "entry": number,
            "posting_date": invoice.invoice_date,
            "billing_month": invoice.billing_month,
            "seller_id": invoice.seller_id,
            "account_id": invoice.account_id,
            "gl_account": account.number,
            "gl_name": account.name,
            "posting": posting.posting,
            "subject": posting.subject,
            "debit": max(amount, ZERO),
            "credit": max(-amount, ZERO),
            "currency": invoice.currency,
        }


def _receivable(invoice: InvoiceToPost) -> Posting:
    return Posting("receivable", invoice.seller_id)
