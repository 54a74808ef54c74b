"""The charge lines of a month are taxed by SureTax, whole invoices at a time."""
