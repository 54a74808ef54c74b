"""Invoicing: charge lines and taxes become numbered, final invoices and their documents."""
