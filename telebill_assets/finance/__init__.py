"""What finance systems get: the final invoices of a month in one fixed layout, and a balanced journal.

Here belongs `telebill export`: the rows as they are frozen in the database, the mapping to general-ledger accounts, the
files and their manifest. No amount is computed anew: that is `rating`, `taxation` and `invoicing`.
"""
