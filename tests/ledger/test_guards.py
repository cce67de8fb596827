"""What the database itself refuses, whoever asks."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from ledger.demo import seed_demo
from ledger.entries import post
from ledger.ledger import Ledger
from ledger.migrations import upgrade
from ledger.postings import CASH, Bucket, Posting
from ledger.tables import METADATA
from tests.support.database import ACCOUNT_ID
from tests.support.ledger_orders import open_market, place

pytestmark = pytest.mark.stack


@pytest.mark.parametrize(
    "table",
    ["ledger_entry", "ledger_transaction", "order_event", "position_change", "calendar_override", "account_act"],
)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
async def test_history_can_be_neither_changed_nor_deleted(
    ledger: Ledger, engine: AsyncEngine, table: str, statement: str
) -> None:
    await open_market(ledger, cash=20_000_000, VIC=100)
    await place(ledger)
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError, match="append-only"):
            await connection.execute(text(statement.format(table)))


async def test_a_transaction_that_does_not_sum_to_zero_cannot_commit(ledger: Ledger, engine: AsyncEngine) -> None:
    await open_market(ledger, cash=1_000)
    with pytest.raises(IntegrityError, match="does not sum to zero in cash:VND"):
        async with engine.begin() as connection:
            await post(connection, ACCOUNT_ID, [Posting(Bucket.AVAILABLE, CASH, 5)], key="lopsided", kind="test")


async def test_available_cash_cannot_become_negative(ledger: Ledger, engine: AsyncEngine) -> None:
    await open_market(ledger, cash=1_000)
    overdraft = [Posting(Bucket.AVAILABLE, CASH, -1_001), Posting(Bucket.HELD, CASH, 1_001)]
    with pytest.raises(IntegrityError, match="client_has_it"):
        async with engine.begin() as connection:
            await post(connection, ACCOUNT_ID, overdraft, key="overdraft", kind="test")


async def test_a_transaction_key_is_booked_once(ledger: Ledger, engine: AsyncEngine) -> None:
    await open_market(ledger, cash=1_000)
    move = [Posting(Bucket.AVAILABLE, CASH, -1), Posting(Bucket.HELD, CASH, 1)]
    async with engine.connect() as connection:
        await post(connection, ACCOUNT_ID, move, key="once", kind="test")
        with pytest.raises(IntegrityError, match="ledger_transaction_key"):
            await post(connection, ACCOUNT_ID, move, key="once", kind="test")


async def test_the_trial_balance_finds_a_balance_that_was_tampered_with(engine: AsyncEngine) -> None:
    ledger = Ledger(engine)
    await open_market(ledger, cash=1_000)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE ledger_account SET balance = 999 WHERE bucket = 'available'"))
    broken = {imbalance.rule for imbalance in await ledger.trial_balance()}
    assert broken == {"asset sums to zero", "balance is the sum of its entries"}


def test_the_migrations_make_exactly_the_tables_of_the_models(database_url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA))

    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert differences(connection) == []
    engine.dispose()


async def test_parallel_upgrades_of_a_fresh_database_wait_for_each_other(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    revisions = await asyncio.gather(*(asyncio.to_thread(upgrade, database_url) for _ in range(3)))
    assert revisions == ["0014_not_ours"] * 3


async def test_the_demo_is_seeded_once_and_grants_its_users_the_account(ledger: Ledger, database_url: str) -> None:
    seed_demo(database_url, ACCOUNT_ID)
    grants = await ledger.grants("trader")
    assert grants is not None
    assert (grants.role, grants.account_ids, grants.default_account_id) == ("trader", (ACCOUNT_ID,), ACCOUNT_ID)
    assert await ledger.grants("nobody") is None
    (connection,) = await ledger.connections()
    (account,) = await ledger.accounts_of(connection.connection_id)
    assert (account.account_id, account.broker_account) == (ACCOUNT_ID, ACCOUNT_ID)
    await ledger.ping()
