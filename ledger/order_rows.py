"""The order's row: inserting it, locking it, reading it back as `StoredOrder` and writing what booking changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account, account_columns, account_of
from ledger.json_columns import ORDER, VERDICT, to_json
from ledger.one_statement import Change
from ledger.postings import needed_hold
from ledger.tables import ACCOUNT, ORDERS
from orders.commands import PlaceOrder
from orders.next_step import Step as NextStep
from orders.next_step import next_step
from orders.order import Order
from orders.status import status
from orders.stored import StoredOrder, Verdict

STORED_COLUMNS = (
    ORDERS.c.facts,
    ORDERS.c.verdict,
    ORDERS.c.user_name,
    ORDERS.c.request_id,
    ORDERS.c.fingerprint,
    ORDERS.c.received_at,
    ORDERS.c.updated_at,
    ORDERS.c.max_delay_seconds,
    ORDERS.c.version,
    ORDERS.c.good_from,
    ORDERS.c.send_after,
)

# Built once: building a statement costs as much as sending it.
_FIND_PLACED = (
    select(*STORED_COLUMNS)
    .where(
        or_(
            ORDERS.c.order_id == bindparam("order_id"),
            (ORDERS.c.account_id == bindparam("account_id"))
            & (ORDERS.c.client_order_id == bindparam("client_order_id")),
        )
    )
    .limit(1)
)
_LOCK_ORDER = (
    select(*STORED_COLUMNS, *account_columns())
    .select_from(ACCOUNT.join(ORDERS, ORDERS.c.account_id == ACCOUNT.c.id))
    .where(ORDERS.c.order_id == bindparam("order_id"))
    .with_for_update(key_share=True, of=ORDERS)
)

_NEW_ORDER = """
    placed AS (
        INSERT INTO orders (
            order_id, account_id, connection_id, client_order_id, user_name, request_id, fingerprint, symbol,
            exchange, side, order_type, quantity, price, trading_date, verdict, version, received_at,
            accepted_at, entered_at, updated_at, max_delay_seconds, good_from, send_after, facts, status, life,
            complete, broker_order_id, held_cash, held_shares, origin
        ) VALUES (
            :new_order_id, :new_account_id, :new_connection_id, :new_client_order_id, :new_user_name,
            :new_request_id, :new_fingerprint, :new_symbol, :new_exchange, :new_side, :new_order_type,
            :new_quantity, :new_price, :new_trading_date, CAST(:new_verdict AS jsonb), :new_version,
            :new_received_at, :new_accepted_at, :new_entered_at, :new_updated_at, :new_max_delay_seconds,
            :new_good_from, :new_send_after, CAST(:new_facts AS jsonb), :new_status, :new_life, :new_complete,
            :new_broker_order_id, :new_held_cash, :new_held_shares, :new_origin
        )
        RETURNING *
    )
    """

PLACED = """CAST(facts AS text) AS facts, CAST(verdict AS text) AS verdict, user_name, request_id, fingerprint,
    received_at, updated_at, max_delay_seconds, version, good_from, send_after FROM placed"""
"""What a statement with `new_order` may return, for `stored_of`."""


class UnknownOrderError(LookupError):
    """No such order; whoever books or sends has been given its id by the ledger, so nobody expects this."""


@dataclass(frozen=True, slots=True)
class LockedOrder:
    """An order whose row stays locked until the transaction ends, and its account as it was read."""

    stored: StoredOrder
    account: Account


def select_stored() -> Select[Any]:
    return select(*STORED_COLUMNS)


def stored_of(row: Any) -> StoredOrder:
    return StoredOrder(
        order=ORDER.validate_json(row.facts),
        verdict=VERDICT.validate_json(row.verdict),
        user=row.user_name,
        request_id=row.request_id,
        fingerprint=row.fingerprint,
        received_at=row.received_at,
        updated_at=row.updated_at,
        max_delay_seconds=row.max_delay_seconds,
        version=row.version,
        good_from=row.good_from,
        send_after=row.send_after,
    )


def is_complete(order: Order) -> bool:
    """Closed with all its evidence: nothing more is expected of the broker."""
    return next_step(order, phase_open=False) is NextStep.DONE


def columns_of(order: Order) -> dict[str, Any]:
    """The columns that follow from the order's facts, the facts themselves among them."""
    needed = needed_hold(order)
    return {
        "facts": to_json(ORDER, order),
        "quantity": order.terms.quantity,
        "price": order.terms.price,
        "status": status(order).value,
        "life": order.life.value,
        "complete": is_complete(order),
        "broker_order_id": order.broker_order_id,
        "held_cash": needed.cash,
        "held_shares": needed.shares,
    }


async def load_order(connection: AsyncConnection, order_id: str) -> StoredOrder | None:
    row = (await connection.execute(select_stored().where(ORDERS.c.order_id == order_id))).one_or_none()
    return None if row is None else stored_of(row)


async def connection_of(connection: AsyncConnection, order_id: str) -> str:
    """The broker connection that the order belongs to. Raises `UnknownOrderError`."""
    own = select(ORDERS.c.connection_id).where(ORDERS.c.order_id == order_id)
    found: str | None = (await connection.execute(own)).scalar_one_or_none()
    if found is None:
        raise UnknownOrderError(order_id)
    return found


async def find_placed(connection: AsyncConnection, command: PlaceOrder) -> StoredOrder | None:
    """The order that an earlier command with the same id, or the same client order id, has made."""
    names = {
        "order_id": command.order_id,
        "account_id": command.account_id,
        "client_order_id": command.client_order_id,
    }
    row = (await connection.execute(_FIND_PLACED, names)).one_or_none()
    return None if row is None else stored_of(row)


async def lock_order(connection: AsyncConnection, order_id: str) -> LockedOrder:
    """Lock the order's row. Raises `UnknownOrderError`.

    Locks come in the order order, investor, account everywhere, and the account's only where money moves: the
    orders of one account wait for each other no longer than that takes.
    """
    row = (await connection.execute(_LOCK_ORDER, {"order_id": order_id})).one_or_none()
    if row is None:
        raise UnknownOrderError(order_id)
    return LockedOrder(stored_of(row), account_of(row))


def new_order(
    command: PlaceOrder,
    order: Order,
    verdict: Verdict,
    *,
    connection_id: str,
    version: int,
    accepted_at: datetime,
    entered_at: datetime,
    send_after: datetime | None,
) -> Change:
    """The row of an order that was just decided about; `PLACED` reads it back from the same statement."""
    terms = order.terms
    values = {
        "order_id": order.order_id,
        "account_id": order.account_id,
        "connection_id": connection_id,
        "client_order_id": order.client_order_id,
        "user_name": command.user,
        "request_id": command.request_id,
        "fingerprint": command.fingerprint,
        "symbol": terms.symbol,
        "exchange": terms.exchange.value,
        "side": terms.side.value,
        "order_type": terms.order_type.value,
        "trading_date": order.trading_date,
        "origin": order.origin.value,
        "verdict": to_json(VERDICT, verdict),
        "version": version,
        "received_at": command.received_at,
        "accepted_at": accepted_at,
        "entered_at": entered_at,
        "updated_at": accepted_at,
        "max_delay_seconds": command.max_delay_seconds,
        "good_from": command.received_at,
        "send_after": send_after,
        **columns_of(order),
    }
    return Change(_NEW_ORDER, {f"new_{column}": value for column, value in values.items()})
