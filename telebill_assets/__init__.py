"""telebill: Dagster assets that turn telecom call records into correct, taxed, final invoices.

Directly here is what everything shares (settings, errors, places of files) and what Dagster and the shell start with
(definitions, partitions, automation, the command line). Everything else belongs in a package; docs/dev/architecture.md
shows which.
"""

__version__ = "0.1.0"
