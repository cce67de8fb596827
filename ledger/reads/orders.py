"""Lists of orders, their executions and their events."""

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import exists, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.events import Level
from ledger.executions import is_restated
from ledger.order_rows import STORED_COLUMNS, select_stored, stored_of
from ledger.tables import FILL, ORDER_EVENT, ORDER_EVIDENCE, ORDERS
from market.vocabulary import Exchange, Side
from orders.evidence import AmendAsked
from orders.order import Life
from orders.status import Status
from orders.stored import StoredOrder


class BadCursorError(ValueError):
    """The cursor was not made by an earlier page."""


@dataclass(frozen=True, slots=True)
class OrderPage:
    """`next_cursor` is None on the last page."""

    orders: tuple[StoredOrder, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Execution:
    """One fill; price and charges in VND. A `provisional` one stands for executions not yet known (LC-25).

    An `aggregate` is no single execution: its shares may have traded in several, and its price is their average.
    """

    execution_id: str
    quantity: int
    price: int
    value: int
    commission: int
    tax: int
    executed_at: datetime
    provisional: bool
    superseded: bool
    aggregate: bool = False


@dataclass(frozen=True, slots=True)
class AmendWish:
    """Who asked for the amendment `intent_id`, and when."""

    intent_id: str
    user: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """One line of an order's story; `version` is the order's after it, `raw_hash` the broker message's (hex)."""

    event_id: int
    order_id: str
    version: int
    kind: str
    level: Level
    actor: str
    source: str
    cause: str
    raw_hash: str
    old_status: Status | None
    new_status: Status
    detail: str
    occurred_at: datetime


async def list_orders(
    connection: AsyncConnection,
    account_ids: Collection[str],
    *,
    status: frozenset[Status] | None = None,
    symbol: str | None = None,
    side: Side | None = None,
    client_order_id: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> OrderPage:
    """Orders of the accounts, newest first; orders placed meanwhile never shift a later page.

    Raises `BadCursorError`.
    """
    found = select(*STORED_COLUMNS, ORDERS.c.accepted_sequence).where(ORDERS.c.account_id.in_(sorted(account_ids)))
    if status is not None:
        found = found.where(ORDERS.c.status.in_(sorted(status)))
    if symbol is not None:
        found = found.where(ORDERS.c.symbol == symbol)
    if side is not None:
        found = found.where(ORDERS.c.side == side.value)
    if client_order_id is not None:
        found = found.where(ORDERS.c.client_order_id == client_order_id)
    if cursor is not None:
        found = found.where(ORDERS.c.accepted_sequence < _sequence_of(cursor))
    one_more = found.order_by(ORDERS.c.accepted_sequence.desc()).limit(limit + 1)
    rows = (await connection.execute(one_more)).all()
    page = rows[:limit]
    following = _cursor_of(page[-1].accepted_sequence) if len(rows) > limit else None
    return OrderPage(tuple(stored_of(row) for row in page), following)


async def open_orders(connection: AsyncConnection) -> tuple[StoredOrder, ...]:
    """Orders that need a running workflow: not closed, evidence missing, or evidence not yet folded."""
    unapplied = exists().where(
        ORDER_EVIDENCE.c.order_id == ORDERS.c.order_id, ORDER_EVIDENCE.c.applied_version.is_(None)
    )
    needing = select_stored().where(or_(~ORDERS.c.complete, unapplied)).order_by(ORDERS.c.accepted_sequence)
    return tuple(stored_of(row) for row in await connection.execute(needing))


_IS_AMEND_ASKED = text("order_evidence.evidence ->> 'kind' = 'amend_asked'")
_AMEND_ASKED = TypeAdapter(AmendAsked)
_QUEUED = text("COALESCE(CAST(facts ->> 'queued_since' AS timestamptz), accepted_at)")


async def waiting_orders(
    connection: AsyncConnection, exchange: Exchange | None = None, symbols: Collection[str] | None = None
) -> tuple[str, ...]:
    """Ids of accepted orders that were never sent, in the order of their acceptance, or of their last loss of place."""
    waiting = (
        select(ORDERS.c.order_id)
        .where(ORDERS.c.life == Life.UNSENT.value, ~ORDERS.c.complete)
        .order_by(_QUEUED, ORDERS.c.accepted_sequence)
    )
    if exchange is not None:
        waiting = waiting.where(ORDERS.c.exchange == exchange.value)
    if symbols is not None:
        waiting = waiting.where(ORDERS.c.symbol.in_(sorted(symbols)))
    return tuple((await connection.execute(waiting)).scalars())


async def executions(connection: AsyncConnection, order_id: str) -> tuple[Execution, ...]:
    """All fills ever booked; those not superseded add up to what is filled."""
    rows = await connection.execute(select(FILL).where(FILL.c.order_id == order_id).order_by(FILL.c.id))
    return tuple(
        Execution(
            execution_id=row.key,
            quantity=row.quantity,
            price=row.price,
            value=row.value,
            commission=row.commission,
            tax=row.tax,
            executed_at=row.executed_at,
            provisional=row.provisional,
            superseded=row.superseded_by is not None,
            aggregate=row.provisional or is_restated(row.key),
        )
        for row in rows
    )


async def amend_wishes(connection: AsyncConnection, order_id: str) -> tuple[AmendWish, ...]:
    """Every amendment that was ever asked for, in the order in which they were booked."""
    asked = (
        select(ORDER_EVIDENCE.c.evidence)
        .where(ORDER_EVIDENCE.c.order_id == order_id, _IS_AMEND_ASKED)
        .order_by(ORDER_EVIDENCE.c.applied_version)
    )
    rows = (await connection.execute(asked)).scalars()
    return tuple(AmendWish(each.intent_id, each.user, each.asked_at) for each in map(_AMEND_ASKED.validate_json, rows))


async def events(connection: AsyncConnection, order_id: str) -> tuple[Event, ...]:
    told = select(ORDER_EVENT).where(ORDER_EVENT.c.order_id == order_id).order_by(ORDER_EVENT.c.id)
    return tuple(
        Event(
            event_id=row.id,
            order_id=row.order_id,
            version=row.version,
            kind=row.kind,
            level=Level(row.level),
            actor=row.actor,
            source=row.source,
            cause=row.cause,
            raw_hash=row.raw_hash.hex() if row.raw_hash else "",
            old_status=Status(row.old_status) if row.old_status else None,
            new_status=Status(row.new_status),
            detail=row.detail,
            occurred_at=row.occurred_at,
        )
        for row in await connection.execute(told)
    )


def _cursor_of(sequence: int) -> str:
    return base64.urlsafe_b64encode(f"o{sequence}".encode()).decode().rstrip("=")


def _sequence_of(cursor: str) -> int:
    try:
        words = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeError):
        words = ""
    if not words.startswith("o") or not words[1:].isdecimal():
        raise BadCursorError(f"{cursor!r} is not a cursor; use next_cursor of the page before")
    return int(words[1:])
