"""Movements without an order: pending cash and shares that settle, and the balances an account opens with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import lock_account
from ledger.calendar import read_calendar
from ledger.costs import Holding
from ledger.entries import balances, post
from ledger.one_statement import write
from ledger.postings import (
    CASH,
    Bucket,
    external_postings,
    ledger_account_id,
    merged,
    pending_postings,
    settlement_postings,
)
from ledger.tables import ACCOUNT, LEDGER_ACCOUNT, LEDGER_ENTRY
from ledger.writing import saved_position
from market.calendar import TradingCalendar, day_of, usable_from

SETTLEMENT = "settlement"
EXTERNAL_MOVEMENT = "external_movement"


async def accounts_due(connection: AsyncConnection, market_now: datetime) -> tuple[str, ...]:
    """Accounts with something pending whose settlement time has come."""
    is_due = _is_due(market_now, await read_calendar(connection))
    due = select(LEDGER_ACCOUNT.c.account_id).where(is_due).distinct()
    return tuple((await connection.execute(due.order_by(LEDGER_ACCOUNT.c.account_id))).scalars())


async def settle_account(connection: AsyncConnection, account_id: str, market_now: datetime) -> int:
    """Make everything due available (VN-A11), by the calendar of this moment; returns the buckets moved."""
    await lock_account(connection, account_id)
    is_due = _is_due(market_now, await read_calendar(connection))
    last_entry = select(func.max(LEDGER_ENTRY.c.id)).where(LEDGER_ENTRY.c.ledger_account_id == LEDGER_ACCOUNT.c.id)
    due = (
        select(LEDGER_ACCOUNT, last_entry.scalar_subquery().label("last_entry"))
        .where(LEDGER_ACCOUNT.c.account_id == account_id, is_due)
        .order_by(LEDGER_ACCOUNT.c.id)
    )
    rows = (await connection.execute(due)).all()
    for row in rows:
        free = await _free(connection, account_id, row.asset)
        postings = settlement_postings(row.asset, row.traded_on, row.balance, free)
        await post(connection, account_id, postings, key=f"settlement:{row.id}:{row.last_entry}", kind=SETTLEMENT)
    return len(rows)


@dataclass(frozen=True, slots=True)
class OpeningShares:
    """Shares of one symbol when an account is first seen; what is owned and not `sellable` has not settled yet."""

    owned: int
    sellable: int
    average_price: int


@dataclass(frozen=True, slots=True)
class Opening:
    """What an account has when it is first seen: cash, proceeds of earlier sales to come (VND), shares by symbol."""

    cash: int = 0
    receivable: int = 0
    shares: Mapping[str, OpeningShares] = field(default_factory=dict)


async def open_balances(connection: AsyncConnection, account_id: str, trading_date: date, opening: Opening) -> bool:
    """Book what an account owns when we first see it; what has not settled counts as traded on `trading_date`.

    Returns False when that was done before, be it with nothing: what came later is not an opening balance.
    """
    account = await lock_account(connection, account_id)
    if account.opened:
        return False
    await connection.execute(update(ACCOUNT).where(ACCOUNT.c.id == account_id).values(opened_on=trading_date))
    postings = list(external_postings(CASH, opening.cash, await _free(connection, account_id, CASH)))
    postings.extend(pending_postings(CASH, opening.receivable, trading_date))
    for symbol, shares in opening.shares.items():
        postings.extend(external_postings(symbol, shares.sellable, await _free(connection, account_id, symbol)))
        postings.extend(pending_postings(symbol, shares.owned - shares.sellable, trading_date))
    if postings:
        await post(connection, account_id, merged(postings), key=f"opening:{account_id}", kind=EXTERNAL_MOVEMENT)
    for symbol, shares in opening.shares.items():
        if shares.owned:
            holding = Holding(shares.owned, shares.owned * shares.average_price)
            change = saved_position(account_id, symbol, holding, quantity_change=shares.owned, order_id=None)
            await write(connection, change)
    return True


async def _free(connection: AsyncConnection, account_id: str, asset: str) -> int:
    buckets = (Bucket.AVAILABLE, Bucket.SHORTFALL)
    found = await balances(connection, [ledger_account_id(account_id, bucket, asset) for bucket in buckets])
    return sum(found.values())


def _is_due(market_now: datetime, calendar: TradingCalendar) -> Any:
    pending = (LEDGER_ACCOUNT.c.bucket == Bucket.PENDING.value) & (LEDGER_ACCOUNT.c.balance > 0)
    return pending & (LEDGER_ACCOUNT.c.traded_on <= _last_usable_trade_date(market_now, calendar))


def _last_usable_trade_date(market_now: datetime, calendar: TradingCalendar) -> date:
    """What was traded on this date or earlier can be used; a later trade is never usable earlier."""
    day = day_of(market_now)
    while usable_from(day, calendar) > market_now:
        day -= timedelta(days=1)
    return day
