"""Invoicing: charge lines and taxes become invoices that add up, are numbered without gaps, and never change.

Here belongs assembling, footing, staging, numbering and freezing invoices in PostgreSQL, and reading them back;
`documents` prints them. What a line charges is decided in `rating`, and what it is taxed in `taxation`.
"""
