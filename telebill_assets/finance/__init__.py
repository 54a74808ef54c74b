"""What finance systems get: charges, taxes and invoices in one layout, and a balanced journal."""
