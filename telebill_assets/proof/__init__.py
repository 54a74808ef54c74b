"""The proof of a month: its ledger recounted from the tables, and every invoice line traced to its calls."""
