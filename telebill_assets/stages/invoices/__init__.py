"""Charge lines and taxes of a month become numbered, final invoices in the billing database.

Here belongs staging invoices in tasks and freezing them together. How an invoice is assembled and numbered is
`invoicing`.
"""
