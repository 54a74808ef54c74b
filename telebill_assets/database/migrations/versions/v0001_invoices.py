"""Invoices: drafts that may be replaced, final ones that nobody can change."""

from alembic import op

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE invoice (
    invoice_id text PRIMARY KEY,
    billing_month date NOT NULL,
    account_id text NOT NULL,
    seller_id text NOT NULL,
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'final')),
    invoice_number text UNIQUE,
    layout text NOT NULL,
    locale text NOT NULL,
    language text NOT NULL,
    currency text NOT NULL,
    call_detail text NOT NULL,
    invoice_date date NOT NULL,
    due_date date NOT NULL,
    service_from date NOT NULL,
    service_to date NOT NULL,
    seller jsonb NOT NULL,
    customer jsonb NOT NULL,
    net numeric(18, 2) NOT NULL,
    tax numeric(18, 2) NOT NULL,
    pass_through numeric(18, 2) NOT NULL,
    payable numeric(18, 2) NOT NULL,
    content_hash text NOT NULL,
    run_id text NOT NULL,
    code_version text NOT NULL,
    finalised_at timestamptz,
    UNIQUE (billing_month, account_id),
    CHECK (net + tax + pass_through = payable),
    CHECK ((status = 'final') = (invoice_number IS NOT NULL AND finalised_at IS NOT NULL))
);
CREATE TABLE invoice_line (
    invoice_id text NOT NULL REFERENCES invoice ON DELETE CASCADE,
    number integer NOT NULL,
    line_id text NOT NULL,
    line_kind text NOT NULL,
    product text NOT NULL,
    description text NOT NULL,
    article_nr text,
    destination text,
    jurisdiction text,
    calls bigint,
    talk_s bigint,
    billed_s bigint,
    quantity numeric(18, 6) NOT NULL,
    unit text NOT NULL,
    unit_price numeric(18, 8),
    amount numeric(18, 2) NOT NULL,
    service_from date NOT NULL,
    service_to date NOT NULL,
    PRIMARY KEY (invoice_id, number)
);
CREATE TABLE invoice_tax (
    invoice_id text NOT NULL REFERENCES invoice ON DELETE CASCADE,
    number integer NOT NULL,
    level text NOT NULL,
    tax_type text NOT NULL,
    description text NOT NULL,
    authority text,
    region text,
    rate numeric(18, 8) NOT NULL,
    fee_rate numeric(18, 8) NOT NULL,
    base numeric(18, 2) NOT NULL,
    amount numeric(18, 2) NOT NULL,
    PRIMARY KEY (invoice_id, number)
);
CREATE TABLE invoice_counter (
    seller_id text NOT NULL,
    billing_month date NOT NULL,
    last_number integer NOT NULL,
    PRIMARY KEY (seller_id, billing_month)
);
CREATE TABLE invoice_document (
    invoice_number text PRIMARY KEY REFERENCES invoice (invoice_number),
    sha256 text NOT NULL,
    bytes bigint NOT NULL
);
CREATE UNLOGGED TABLE staged_invoice (run_id text NOT NULL, part text NOT NULL, content jsonb NOT NULL);
"""

FREEZE = """
CREATE FUNCTION refuse_change_of_final_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'invoice' THEN
        IF OLD.status = 'final' THEN
            RAISE EXCEPTION 'invoice % is final and cannot be changed; issue a credit note', OLD.invoice_number;
        END IF;
    ELSIF EXISTS (SELECT FROM invoice WHERE invoice_id = OLD.invoice_id AND status = 'final') THEN
        RAISE EXCEPTION 'invoice % is final and cannot be changed; issue a credit note', OLD.invoice_id;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION refuse_addition_to_final_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added JOIN invoice USING (invoice_id) WHERE status = 'final') THEN
        RAISE EXCEPTION 'nothing can be added to a final invoice; issue a credit note';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the table % cannot be emptied: final invoices stay', TG_TABLE_NAME;
END $$;
"""

FREEZE_TABLE = """
CREATE TRIGGER frozen_{table} BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_final_invoice();
CREATE TRIGGER kept_{table} BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_truncate();
"""
CLOSE_TABLE = """
CREATE TRIGGER closed_{table} AFTER INSERT ON {table} REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_addition_to_final_invoice();
"""


def upgrade() -> None:
    """Make the tables and the triggers that freeze final invoices."""
    op.execute(TABLES)
    op.execute(FREEZE)
    for table in ("invoice", "invoice_line", "invoice_tax"):
        op.execute(FREEZE_TABLE.format(table=table))
    for table in ("invoice_line", "invoice_tax"):
        op.execute(CLOSE_TABLE.format(table=table))
