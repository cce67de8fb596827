"""What orders of every type need: when an order is entered at the exchange, and more of the day's reference data."""

import sqlalchemy as sa
from alembic import op

revision = "0006_order_types"
down_revision = "0005_zero_sum"


def upgrade() -> None:
    op.add_column("orders", sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE orders SET entered_at = COALESCE(send_after, accepted_at)")
    op.alter_column("orders", "entered_at", nullable=False)
    op.add_column("instrument", sa.Column("band_day", sa.String(), nullable=False, server_default="NORMAL"))
    op.add_column("instrument", sa.Column("foreign_room", sa.BigInteger(), nullable=True))
    op.add_column("instrument", sa.Column("provisional", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for column in ("provisional", "foreign_room", "band_day"):
        op.drop_column("instrument", column)
    op.drop_column("orders", "entered_at")
