"""What the market's feed tells through the day: last prices, and phases that run otherwise than the table says."""

import sqlalchemy as sa
from alembic import op

revision = "0008_market_feed"
down_revision = "0007_calendar"


def upgrade() -> None:
    op.add_column("instrument", sa.Column("shown_status", sa.String(), nullable=True))
    op.add_column("instrument", sa.Column("traded", sa.Boolean(), nullable=True))
    op.create_table(
        "last_price",
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("symbol"),
    )
    op.create_table(
        "phase_deviation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("exchange", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_phase_deviation_day"), "phase_deviation", ["day"])
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON phase_deviation"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()"
    )


def downgrade() -> None:
    op.drop_table("phase_deviation")
    op.drop_table("last_price")
    op.drop_column("instrument", "traded")
    op.drop_column("instrument", "shown_status")
