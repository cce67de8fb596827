"""What the database itself refuses: changing history, and transactions that do not sum to zero (I5)."""

from alembic import op

revision = "0004_guards"
down_revision = "0003_money"

_APPEND_ONLY = ("ledger_entry", "ledger_transaction", "order_event", "position_change")


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()"
        )
    op.execute(
        """
        CREATE FUNCTION require_zero_sum() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            unbalanced text;
        BEGIN
            SELECT account.asset INTO unbalanced
            FROM ledger_entry entry JOIN ledger_account account ON account.id = entry.ledger_account_id
            WHERE entry.transaction_id = NEW.transaction_id
            GROUP BY account.asset HAVING sum(entry.amount) <> 0 LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'ledger transaction % does not sum to zero in %', NEW.transaction_id, unbalanced
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE CONSTRAINT TRIGGER zero_sum AFTER INSERT ON ledger_entry DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION require_zero_sum()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER zero_sum ON ledger_entry")
    op.execute("DROP FUNCTION require_zero_sum()")
    for table in _APPEND_ONLY:
        op.execute(f"DROP TRIGGER append_only ON {table}")
    op.execute("DROP FUNCTION refuse_change_of_history()")
