"""telebill: Dagster assets that turn telecom call records into correct, taxed, final invoices."""

__version__ = "0.1.0"
