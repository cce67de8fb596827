"""Fixtures of a migrated database: one server per test session, and for each test a fresh copy of one template."""

from collections.abc import AsyncIterator, Iterator
from itertools import count

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from ledger.database import open_engine
from ledger.demo import seed_demo
from ledger.ledger import Ledger
from ledger.migrations import upgrade
from ledger.tables import ACCOUNT, INVESTOR
from local.postgres import temporary_postgres

TEMPLATE = "template_of_tests"
ACCOUNT_ID = "0901351"
CONNECTION_ID = "ssi"

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server whose template database is migrated and has the demo account."""
    with temporary_postgres(tmp_path_factory.mktemp("postgres")) as url:
        _run(url, "CREATE DATABASE {}", TEMPLATE)
        upgrade(url_of(url, TEMPLATE))
        seed_demo(url_of(url, TEMPLATE), ACCOUNT_ID)
        yield url


@pytest.fixture
def database_url(postgres_url: str) -> Iterator[str]:
    """A database of the test's own, migrated, with the demo account and nothing else."""
    name = f"test_{next(_numbers)}"
    _run(postgres_url, "CREATE DATABASE {} TEMPLATE {}", name, TEMPLATE)
    yield url_of(postgres_url, name)
    _run(postgres_url, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    opened = open_engine(database_url)
    yield opened
    await opened.dispose()


@pytest.fixture
async def ledger(engine: AsyncEngine) -> AsyncIterator[Ledger]:
    """A ledger over the test's own database; the test fails if it ends out of balance (I5)."""
    opened = Ledger(engine)
    yield opened
    assert await opened.trial_balance() == ()


async def add_account(engine: AsyncEngine, account_id: str, investor: str) -> None:
    """A second account like the demo one, of `investor`, who is made when there is none of that name."""
    async with engine.begin() as connection:
        await connection.execute(insert(INVESTOR).values(id=investor, name=investor).on_conflict_do_nothing())
        demo = (await connection.execute(select(ACCOUNT).where(ACCOUNT.c.id == ACCOUNT_ID))).mappings().one()
        own = {"id": account_id, "broker_account": account_id, "investor_id": investor}
        await connection.execute(insert(ACCOUNT).values({**demo, **own}))


def url_of(server_url: str, database: str) -> str:
    return f"{server_url.rsplit('/', 1)[0]}/{database}"


def _run(server_url: str, statement: str, *names: str) -> None:
    address = server_url.replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
