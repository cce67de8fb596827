"""Writes postings: the transaction, its entries and the balances in one statement, so that they cannot part."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.one_statement import Change, write
from ledger.postings import Posting, ledger_account_id
from ledger.tables import LEDGER_ACCOUNT

# A balance is changed before a missing one is opened: PostgreSQL checks the constraints of a row that it is about to
# insert even where a conflict would turn the insert into an update.
_POSTED = """
    posted AS (
        SELECT * FROM unnest(
            CAST(:place_ids AS text[]), CAST(:buckets AS text[]), CAST(:assets AS text[]),
            CAST(:trade_dates AS date[]), CAST(:amounts AS bigint[])
        ) AS posted (id, bucket, asset, traded_on, amount)
    ), changed AS (
        UPDATE ledger_account SET balance = balance + posted.amount
        FROM posted WHERE ledger_account.id = posted.id
        RETURNING ledger_account.id
    ), opened AS (
        INSERT INTO ledger_account (id, account_id, bucket, asset, traded_on, balance)
        SELECT id, CAST(:account_id AS text), bucket, asset, traded_on, amount
        FROM posted WHERE id NOT IN (SELECT id FROM changed)
    ), booked AS (
        INSERT INTO ledger_transaction (key, kind, account_id, order_id)
        VALUES (
            CAST(:posting_key AS text), CAST(:posting_kind AS text), CAST(:account_id AS text), CAST(:order_id AS text)
        ) RETURNING id
    ), entered AS (
        INSERT INTO ledger_entry (transaction_id, ledger_account_id, amount)
        SELECT booked.id, posted.id, posted.amount FROM booked, posted
    )
    """


async def post(
    connection: AsyncConnection, account_id: str, postings: Sequence[Posting], *, key: str, kind: str
) -> None:
    """Book `postings` as one transaction under the unique `key`; the account must be locked."""
    await write(connection, posted(account_id, postings, key=key, kind=kind))


def posted(account_id: str, postings: Sequence[Posting], *, key: str, kind: str, order_id: str | None = None) -> Change:
    """`postings` as one transaction under the unique `key`; the account must be locked."""
    return Change(
        _POSTED,
        {
            "place_ids": [ledger_account_id(account_id, p.bucket, p.asset, p.traded_on) for p in postings],
            "buckets": [p.bucket.value for p in postings],
            "assets": [p.asset for p in postings],
            "trade_dates": [p.traded_on for p in postings],
            "amounts": [p.amount for p in postings],
            "account_id": account_id,
            "posting_key": key,
            "posting_kind": kind,
            "order_id": order_id,
        },
    )


async def balances(connection: AsyncConnection, ids: Iterable[str]) -> Mapping[str, int]:
    """Balance by ledger account id; one that was never opened is missing."""
    found = select(LEDGER_ACCOUNT.c.id, LEDGER_ACCOUNT.c.balance).where(LEDGER_ACCOUNT.c.id.in_(list(ids)))
    return {row.id: row.balance for row in await connection.execute(found)}
