"""What people did to accounts: adjustments of what one owns, and their word that it may trade again."""

import sqlalchemy as sa
from alembic import op

revision = "0011_account_acts"
down_revision = "0010_external_orders"


def upgrade() -> None:
    op.create_table(
        "account_act",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asset", sa.String(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "key"),
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON account_act"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()"
    )


def downgrade() -> None:
    op.drop_table("account_act")
