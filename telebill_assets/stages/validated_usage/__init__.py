"""Every landed record is settled: validated, suspended, a duplicate, or not billable."""
