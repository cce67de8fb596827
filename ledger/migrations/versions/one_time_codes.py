"""One-time codes on their way from a person to the worker that signs in with them."""

import sqlalchemy as sa
from alembic import op

revision = "0009_one_time_codes"
down_revision = "0008_market_feed"


def upgrade() -> None:
    op.create_table(
        "one_time_code",
        sa.Column("connection_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"]),
        sa.PrimaryKeyConstraint("connection_id"),
    )


def downgrade() -> None:
    op.drop_table("one_time_code")
