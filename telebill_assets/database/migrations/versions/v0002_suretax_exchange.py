"""The exchange log of SureTax: every request before it is sent, every answer as it came."""

from alembic import op

revision = "0002"
down_revision = "0001"

TABLE = """
CREATE TABLE suretax_exchange (
    stan text PRIMARY KEY,
    billing_month date NOT NULL,
    lines integer NOT NULL,
    request text NOT NULL,
    sent_at timestamptz NOT NULL DEFAULT now(),
    answer text,
    answered_at timestamptz,
    CHECK ((answer IS NULL) = (answered_at IS NULL))
);
COMMENT ON COLUMN suretax_exchange.stan IS 'made from the content of the request, which is thus taxed once';
COMMENT ON COLUMN suretax_exchange.request IS 'as sent, without the validation key';
"""


def upgrade() -> None:
    """Make the table."""
    op.execute(TABLE)
