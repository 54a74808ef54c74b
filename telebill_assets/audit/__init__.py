"""The audit: what must hold of tables, what it found, and publication that depends on it.

Here belongs what several stages share: the checks of a table by its model, keys that must be unique, balances, the
ledger and its identities, masking, and `publication`, which publishes a job's tables or holds them. Which checks a
stage has is said in its `stages/<asset>/checks.py`; what a column may hold, in its model in `tables`.
"""
