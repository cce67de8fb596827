"""Where an order comes from: a client of ours, or somebody who placed it at the broker."""

import sqlalchemy as sa
from alembic import op

revision = "0010_external_orders"
down_revision = "0009_one_time_codes"


def upgrade() -> None:
    op.add_column("orders", sa.Column("origin", sa.String(), server_default="client", nullable=False))


def downgrade() -> None:
    op.drop_column("orders", "origin")
