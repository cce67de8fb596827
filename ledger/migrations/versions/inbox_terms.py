"""What the broker's messages say an order is, and which request id taught each id of the broker's."""

import sqlalchemy as sa
from alembic import op

revision = "0012_inbox_terms"
down_revision = "0011_account_acts"


def upgrade() -> None:
    """Rows from before tell nothing: the empty text fits every order."""
    op.add_column("inbox", sa.Column("symbol", sa.String(), server_default="", nullable=False))
    op.add_column("inbox", sa.Column("side", sa.String(), server_default="", nullable=False))
    op.add_column("broker_order_link", sa.Column("named_by", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("broker_order_link", "named_by")
    op.drop_column("inbox", "side")
    op.drop_column("inbox", "symbol")
