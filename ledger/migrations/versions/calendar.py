"""People's overrides of the trading calendar; what is pending is kept by trade date, so that it can follow them."""

from collections.abc import Callable
from datetime import date

import sqlalchemy as sa
from alembic import op

from market.calendar import previous_trading_day, settlement_date

revision = "0007_calendar"
down_revision = "0006_order_types"

_ENTRY_PLACE = "ledger_entry_ledger_account_id_fkey"


def upgrade() -> None:
    op.create_table(
        "calendar_override",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("exchange", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON calendar_override"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()"
    )
    _keep_pending_by("settles_on", "traded_on", lambda day: previous_trading_day(previous_trading_day(day)))


def downgrade() -> None:
    _keep_pending_by("traded_on", "settles_on", settlement_date)
    op.drop_table("calendar_override")


def _keep_pending_by(old: str, new: str, moved: Callable[[date], date]) -> None:
    """Give each pending place the id of its other date; places whose dates become the same one are merged.

    Entries keep their amounts and only follow the id of their place. An old id may be another place's new one, so all
    places are put down anew at once, without the foreign key.
    """
    op.execute(f"ALTER TABLE ledger_account RENAME COLUMN {old} TO {new}")
    op.execute("CREATE TEMPORARY TABLE moved_day (old_day date PRIMARY KEY, new_day date NOT NULL) ON COMMIT DROP")
    place = sa.table("ledger_account", sa.column(new))
    days = sa.select(place.c[new]).where(place.c[new].is_not(None)).distinct()
    for day in op.get_bind().execute(days).scalars().all():
        op.execute(sa.text("INSERT INTO moved_day VALUES (:old, :new)").bindparams(old=day, new=moved(day)))
    op.execute(
        f"""
        CREATE TEMPORARY TABLE moved_place ON COMMIT DROP AS
        SELECT place.id AS old_id, concat_ws('/', account_id, bucket, asset, to_char(new_day, 'YYYY-MM-DD')) AS id,
               account_id, bucket, asset, new_day, balance
        FROM ledger_account place JOIN moved_day ON moved_day.old_day = place.{new}
        """  # noqa: S608 - the column is one of the two names above
    )
    op.drop_constraint(_ENTRY_PLACE, "ledger_entry", type_="foreignkey")
    op.execute("ALTER TABLE ledger_entry DISABLE TRIGGER append_only")
    op.execute(
        "UPDATE ledger_entry SET ledger_account_id = moved_place.id"
        " FROM moved_place WHERE moved_place.old_id = ledger_entry.ledger_account_id"
    )
    op.execute("ALTER TABLE ledger_entry ENABLE TRIGGER append_only")
    op.execute("DELETE FROM ledger_account WHERE id IN (SELECT old_id FROM moved_place)")
    op.execute(
        f"""
        INSERT INTO ledger_account (id, account_id, bucket, asset, {new}, balance)
        SELECT id, account_id, bucket, asset, new_day, sum(balance) FROM moved_place
        GROUP BY id, account_id, bucket, asset, new_day
        """  # noqa: S608 - the column is one of the two names above
    )
    op.create_foreign_key(_ENTRY_PLACE, "ledger_entry", "ledger_account", ["ledger_account_id"], ["id"])
    op.execute("DROP TABLE moved_place, moved_day")
