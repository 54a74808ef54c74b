"""The name of an invoice's document; it holds the number only, never a person."""

from telebill_assets.invoicing.model import Invoice


def file_name(invoice: Invoice) -> str:
    """`<invoice_number>.pdf`."""
    return f"{invoice.invoice_number}.pdf"
