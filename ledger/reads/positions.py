"""Positions and cash as the ledger's buckets show them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.postings import CASH, OWNED, Bucket
from ledger.tables import LAST_PRICE, LEDGER_ACCOUNT, POSITION


@dataclass(frozen=True, slots=True)
class Position:
    """Shares of one symbol: `quantity` owned, of which some can be sold, are held by orders or have yet to settle.

    `pending` is told by trade date; `market.calendar.usable_from` tells when it can be sold. Costs are in VND with
    commission: `cost_total` is exact, `average_cost` rounded down. `last_price` in VND with the time at which the
    market's data told it, None where they never did.
    """

    symbol: str
    quantity: int
    sellable: int
    held: int
    pending: Mapping[date, int]
    average_cost: int
    cost_total: int
    realized_pnl: int
    shortfall: int
    last_price: int | None = None
    last_price_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cash:
    """VND: `available` for new orders, `held` by open ones, `receivable` by trade date, `shortfall` owed."""

    available: int
    held: int
    receivable: Mapping[date, int]
    shortfall: int


@dataclass(frozen=True, slots=True)
class _Buckets:
    available: int
    held: int
    pending: Mapping[date, int]
    shortfall: int


async def positions(connection: AsyncConnection, account_id: str) -> tuple[Position, ...]:
    """Every symbol that the account owns shares of, by symbol."""
    found = await _positions(connection, account_id, POSITION.c.quantity != 0)
    return tuple(sorted(found, key=lambda position: position.symbol))


async def position(connection: AsyncConnection, account_id: str, symbol: str) -> Position | None:
    """The position, or what a sold one has earned; None when there never was one."""
    return next(iter(await _positions(connection, account_id, POSITION.c.symbol == symbol)), None)


async def cash(connection: AsyncConnection, account_id: str) -> Cash:
    own = (LEDGER_ACCOUNT.c.account_id == account_id) & (LEDGER_ACCOUNT.c.asset == CASH)
    buckets = _buckets((await connection.execute(select(LEDGER_ACCOUNT).where(own))).all())
    return Cash(buckets.available, buckets.held, buckets.pending, buckets.shortfall)


async def _positions(connection: AsyncConnection, account_id: str, condition: Any) -> list[Position]:
    """One statement, so that the position and its buckets are of the same moment."""
    buckets = (LEDGER_ACCOUNT.c.account_id == POSITION.c.account_id) & (LEDGER_ACCOUNT.c.asset == POSITION.c.symbol)
    joined = (
        select(
            POSITION,
            LEDGER_ACCOUNT.c.bucket,
            LEDGER_ACCOUNT.c.traded_on,
            LEDGER_ACCOUNT.c.balance,
            LAST_PRICE.c.price.label("last_price"),
            LAST_PRICE.c.told_at,
        )
        .select_from(
            POSITION.outerjoin(LEDGER_ACCOUNT, buckets).outerjoin(LAST_PRICE, LAST_PRICE.c.symbol == POSITION.c.symbol)
        )
        .where(POSITION.c.account_id == account_id, condition)
    )
    by_symbol: dict[str, list[Any]] = {}
    for row in await connection.execute(joined):
        by_symbol.setdefault(row.symbol, []).append(row)
    return [_position_of(rows) for rows in by_symbol.values()]


def _position_of(rows: list[Any]) -> Position:
    row, buckets = rows[0], _buckets(rows)
    return Position(
        symbol=row.symbol,
        quantity=row.quantity,
        sellable=buckets.available,
        held=buckets.held,
        pending=buckets.pending,
        average_cost=row.cost_total // row.quantity if row.quantity > 0 else 0,
        cost_total=row.cost_total,
        realized_pnl=row.realized_pnl,
        shortfall=buckets.shortfall,
        last_price=row.last_price,
        last_price_at=row.told_at,
    )


def _buckets(rows: Iterable[Any]) -> _Buckets:
    sums = dict.fromkeys(OWNED, 0)
    pending: dict[date, int] = {}
    for row in rows:
        bucket = Bucket(row.bucket) if row.bucket is not None else None
        if bucket is Bucket.PENDING and row.balance:
            pending[row.traded_on] = row.balance
        elif bucket in OWNED:
            sums[bucket] += row.balance
    return _Buckets(sums[Bucket.AVAILABLE], sums[Bucket.HELD], pending, -sums[Bucket.SHORTFALL])
