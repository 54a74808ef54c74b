"""Charge lines and taxes of a month become numbered, final invoices in the billing database."""
