"""Transactions are checked to sum to zero once for each statement that writes entries, and no longer for each entry."""

from alembic import op

revision = "0005_zero_sum"
down_revision = "0004_guards"


def upgrade() -> None:
    op.execute("DROP TRIGGER zero_sum ON ledger_entry")
    op.execute(
        """
        CREATE OR REPLACE FUNCTION require_zero_sum() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            lopsided record;
        BEGIN
            SELECT written.transaction_id, account.asset INTO lopsided
            FROM written JOIN ledger_account account ON account.id = written.ledger_account_id
            GROUP BY written.transaction_id, account.asset HAVING sum(written.amount) <> 0 LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'ledger transaction % does not sum to zero in %',
                    lopsided.transaction_id, lopsided.asset USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER zero_sum AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS written"
        " FOR EACH STATEMENT EXECUTE FUNCTION require_zero_sum()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER zero_sum ON ledger_entry")
    op.execute(
        """
        CREATE OR REPLACE FUNCTION require_zero_sum() RETURNS trigger LANGUAGE plpgsql AS $$
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
