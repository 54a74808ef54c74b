"""The audit: rules measured in one pass, balances between stages, the ledger."""
