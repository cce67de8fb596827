"""A person's word that an order at the broker is none that our clients sent."""

import sqlalchemy as sa
from alembic import op

revision = "0014_not_ours"
down_revision = "0013_instrument_words"


def upgrade() -> None:
    op.add_column("account_act", sa.Column("broker_order_id", sa.String(), nullable=True))
    op.add_column("account_act", sa.Column("trading_date", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("account_act", "trading_date")
    op.drop_column("account_act", "broker_order_id")
