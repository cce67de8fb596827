"""People's words on securities; a caller's key is kept for good with the order that it made; no band is computed."""

import sqlalchemy as sa
from alembic import op

revision = "0013_instrument_words"
down_revision = "0012_inbox_terms"


def upgrade() -> None:
    op.create_table(
        "instrument_word",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_instrument_word_symbol"), "instrument_word", ["symbol"])
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON instrument_word"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()"
    )
    op.drop_column("instrument", "provisional")
    op.drop_index(op.f("ix_idempotency_key_expires_at"), "idempotency_key")
    op.drop_column("idempotency_key", "expires_at")
    op.drop_column("idempotency_key", "fingerprint")


def downgrade() -> None:
    op.add_column("idempotency_key", sa.Column("fingerprint", sa.String(), nullable=False, server_default=""))
    op.add_column(
        "idempotency_key",
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("'infinity'")),
    )
    op.create_index(op.f("ix_idempotency_key_expires_at"), "idempotency_key", ["expires_at"])
    op.add_column("instrument", sa.Column("provisional", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_table("instrument_word")
