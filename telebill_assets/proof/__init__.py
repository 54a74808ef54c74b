"""The proof of a month: `telebill reconcile` recounts it from its tables, `telebill trace` follows single records.

Here belongs what looks at published tables and final invoices from outside and trusts no figure that a stage wrote
down. Checks that decide about publication are in `stages/<asset>/checks.py`.
"""
