"""Rows that are staged for a billing run, in the columns of the tables they go to."""

from alembic import op

revision = "0003"
down_revision = "0002"

TABLES = """
DROP TABLE staged_invoice;
CREATE UNLOGGED TABLE staged_invoice (load_id text NOT NULL, LIKE invoice);
ALTER TABLE staged_invoice DROP COLUMN status, DROP COLUMN invoice_number, DROP COLUMN code_version,
    DROP COLUMN finalised_at;
CREATE UNLOGGED TABLE staged_invoice_line (run_id text NOT NULL, load_id text NOT NULL, LIKE invoice_line);
CREATE UNLOGGED TABLE staged_invoice_tax (run_id text NOT NULL, load_id text NOT NULL, LIKE invoice_tax);
COMMENT ON COLUMN staged_invoice.load_id IS 'one attempt of one task; only loads that the run knows of are billed';
"""


def upgrade() -> None:
    """Make the staging tables anew; what a run that was broken off left in the old one is not needed."""
    op.execute(TABLES)
