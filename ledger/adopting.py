"""Orders that no client of ours sent, found at the broker: they become rows like any other, tagged external (LC-98).

A message that carries a request id of ours is never about one: the id is stored before the request leaves.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account, AlertKind, lock_account
from ledger.alerting import raise_alert
from ledger.booking import book_evidence
from ledger.events import BROKER, Level, NewEvent
from ledger.evidence_rows import recorded_as_folded
from ledger.instruments import load_instrument
from ledger.one_statement import Change, write
from ledger.order_rows import PLACED, new_order, stored_of
from ledger.steps import StoredEvidence
from ledger.writing import new_events
from market.instrument import Instrument
from market.reserve import reserve_price
from market.terms import OrderTerms
from market.vocabulary import OrderType, Side
from orders.commands import PlaceOrder
from orders.evidence import BrokerReport
from orders.identity import external_order_id, fingerprint
from orders.order import Life, Order, Origin
from orders.status import status
from orders.stored import StoredOrder, Verdict

ADOPTION_PATIENCE = timedelta(seconds=3)
"""How long evidence waits for an order of ours before the broker is asked whose it is."""

_BOOK = "book"

_STRANGERS = text(
    """
    SELECT DISTINCT message.broker_account, message.broker_order_id FROM inbox message
    WHERE message.connection_id = :connection_id AND message.trading_date = :trading_date
      AND message.order_id IS NULL AND message.evidence IS NOT NULL AND message.broker_order_id <> ''
      AND message.received_at < clock_timestamp() - CAST(:patience AS interval)
      AND NOT EXISTS (
          SELECT 1 FROM attempt
          WHERE attempt.connection_id = message.connection_id AND attempt.trading_date = message.trading_date
            AND attempt.request_id = ANY(message.request_ids)
      )
    ORDER BY message.broker_account, message.broker_order_id
    """
)

_WHOSE = text(
    """
    SELECT EXISTS (
        SELECT 1 FROM broker_order_link link
        WHERE link.connection_id = :connection_id AND link.trading_date = :trading_date
          AND link.broker_order_id = :broker_order_id
    ) OR EXISTS (
        SELECT 1 FROM attempt
        WHERE attempt.connection_id = :connection_id AND attempt.trading_date = :trading_date
          AND (attempt.request_id = :request_id OR attempt.request_id IN (
              SELECT unnest(message.request_ids) FROM inbox message
              WHERE message.connection_id = :connection_id AND message.trading_date = :trading_date
                AND message.broker_order_id = :broker_order_id
          ))
    ) AS ours
    """
)

_SAID_NOT_OURS = text(
    """
    SELECT EXISTS (
        SELECT 1 FROM account_act
        WHERE account_id = :account_id AND kind = 'not_ours'
          AND trading_date = :trading_date AND broker_order_id = :broker_order_id
    )
    """
)

# An order of ours that was changed at the broker's own screen is shown there under the id of that change, and perhaps
# as another order. While one on the same side of the same symbol may be it, nothing is taken for somebody else's: one
# whose answer was lost, or that a person has closed as not received, or whose own id the book does not show as open, or
# that ended part-filled without our cancel: a successor may count those fills once more (LC-62). A person is told of
# what time alone does not clear up.
_PERHAPS = text(
    """
    SELECT order_id,
        life = 'closed' OR (accepted_at < :long_known AND (life = 'unknown' OR broker_order_id <> '')) AS stuck
    FROM orders
    WHERE account_id = :account_id AND trading_date = :trading_date AND symbol = :symbol AND side = :side
      AND (
          life IN ('sending', 'unknown')
          OR (life = 'live' AND broker_order_id = '')
          OR (life = 'live' AND CAST(:open_at_broker AS text[]) IS NOT NULL
              AND broker_order_id <> ALL(CAST(:open_at_broker AS text[])))
          OR (life = 'closed' AND facts ->> 'close_reason' = 'not_received')
          OR (life = 'closed' AND origin = 'client' AND order_type = 'LO' AND facts ->> 'close_reason' = 'canceled'
              AND GREATEST((facts ->> 'matched_quantity')::bigint, (facts ->> 'reported_quantity')::bigint)
                  BETWEEN 1 AND :filled
              AND NOT facts -> 'requests' @> '[{"action": "cancel", "state": "done"}]')
      )
    ORDER BY stuck DESC, accepted_sequence LIMIT 1
    """
)

_BOOK_MAY_LAG = timedelta(seconds=10)
"""For how long a new order may be missing in the broker's book before a person is called to look."""

_LINKED = """
    linked AS (
        INSERT INTO broker_order_link (connection_id, trading_date, broker_order_id, order_id)
        VALUES (:connection_id, :trading_date, :broker_order_id, CAST(:order_id AS text))
    )
    """


class NotAdopted(StrEnum):
    """Why an order at the broker is not taken in now."""

    OURS = "ours"
    PERHAPS_OURS = "perhaps_ours"
    UNKNOWN_SYMBOL = "unknown_symbol"


@dataclass(frozen=True, slots=True)
class Stranger:
    """A broker order that evidence waits for; `broker_account` is empty where the broker did not tell it."""

    broker_account: str
    broker_order_id: str


@dataclass(frozen=True, slots=True)
class ExternalOrder:
    """An order as the broker's book shows it, which names no exchange; `price` in VND, None for types without one.

    `nameless`: it is shown under no request, so it may be any order of ours.
    """

    symbol: str
    side: Side
    order_type: OrderType
    quantity: int
    price: int | None
    report: BrokerReport
    nameless: bool = False


async def strangers(
    connection: AsyncConnection, connection_id: str, trading_date: date, patience: timedelta
) -> tuple[Stranger, ...]:
    """Broker orders that evidence has waited for longer than `patience`, none of it under a request id of ours."""
    place = {"connection_id": connection_id, "trading_date": trading_date, "patience": patience}
    rows = await connection.execute(_STRANGERS, place)
    return tuple(Stranger(row.broker_account, row.broker_order_id) for row in rows)


async def adopt(
    connection: AsyncConnection,
    account_id: str,
    trading_date: date,
    found: ExternalOrder,
    market_now: datetime,
    wall_now: datetime,
    open_at_broker: Collection[str] | None = None,
) -> StoredOrder | NotAdopted:
    """Make the order's row, hold what it needs and post what it has filled, all by the broker's word of it.

    `open_at_broker` are the orders that the same book shows as not ended, None where that is not known.
    Raises `UnknownAccountError`.
    """
    account = await lock_account(connection, account_id)
    if await _is_ours(connection, account, trading_date, found):
        return NotAdopted.OURS
    if not await _is_said_not_ours(connection, account, trading_date, found) and await _is_perhaps_ours(
        connection, account, trading_date, found, open_at_broker, wall_now
    ):
        return NotAdopted.PERHAPS_OURS
    instrument = await load_instrument(connection, found.symbol, trading_date)
    if instrument is None:
        return NotAdopted.UNKNOWN_SYMBOL
    order = _order_of(account, trading_date, found, instrument)
    row = _row(account, order, market_now, wall_now)
    stored = await _insert(connection, row, account.connection_id, order, found.report.broker_order_id)
    evidence = StoredEvidence(None, f"adopted:{order.order_id}", found.report, _BOOK, None, wall_now)
    recorded = recorded_as_folded(order.order_id, evidence, version=1)
    # Closed without a fill, an order holds nothing and has cost nothing: that is what is booked of this one so far.
    nothing = replace(order, life=Life.CLOSED)
    return await book_evidence(connection, stored, (evidence,), recorded, booked=nothing)


async def _is_ours(connection: AsyncConnection, account: Account, trading_date: date, found: ExternalOrder) -> bool:
    asked = {
        "connection_id": account.connection_id,
        "trading_date": trading_date,
        "broker_order_id": found.report.broker_order_id,
        "request_id": found.report.request_id,
    }
    return bool((await connection.execute(_WHOSE, asked)).scalar_one())


async def _is_said_not_ours(
    connection: AsyncConnection, account: Account, trading_date: date, found: ExternalOrder
) -> bool:
    asked = {
        "account_id": account.account_id,
        "trading_date": trading_date,
        "broker_order_id": found.report.broker_order_id,
    }
    return bool((await connection.execute(_SAID_NOT_OURS, asked)).scalar_one())


async def _is_perhaps_ours(
    connection: AsyncConnection,
    account: Account,
    trading_date: date,
    found: ExternalOrder,
    open_at_broker: Collection[str] | None,
    wall_now: datetime,
) -> bool:
    """Whether it may be one of ours under another id; a person is told of what time alone does not clear up."""
    asked = {
        "account_id": account.account_id,
        "trading_date": trading_date,
        "symbol": found.symbol,
        "side": found.side.value,
        "open_at_broker": None if open_at_broker is None else list(open_at_broker),
        "filled": found.report.filled,
        "long_known": wall_now - _BOOK_MAY_LAG,
    }
    row = (await connection.execute(_PERHAPS, asked)).one_or_none()
    if row is None and not found.nameless:
        return False
    if row is None or row.stuck:
        await _ask_a_person(connection, account, trading_date, found, None if row is None else row.order_id)
    return True


async def _ask_a_person(
    connection: AsyncConnection, account: Account, trading_date: date, found: ExternalOrder, order_id: str | None
) -> None:
    """`order_id`: the order of ours that it may be; None when it names no request and may be any."""
    shown = f"{found.report.broker_order_id} ({found.side} {found.quantity} {found.symbol})"
    doubt = "names no request" if order_id is None else "may be this one under another id"
    key = f"perhaps_ours:{account.connection_id}:{trading_date.isoformat()}:{found.report.broker_order_id}"
    words = f"The broker shows an order {shown} that {doubt}; it waits for a person who says that it is none of ours."
    kind = AlertKind.ORDER_CONTRADICTION
    await raise_alert(connection, kind, key, words, account_id=account.account_id, order_id=order_id)


def _order_of(account: Account, trading_date: date, found: ExternalOrder, instrument: Instrument) -> Order:
    broker_order_id = found.report.broker_order_id
    terms = OrderTerms(found.symbol, instrument.exchange, found.side, found.order_type, found.quantity, found.price)
    return Order(
        order_id=external_order_id(account.connection_id, trading_date, broker_order_id),
        account_id=account.account_id,
        client_order_id=f"external/{trading_date.isoformat()}/{broker_order_id}",  # no client can name one with "/"
        terms=terms,
        trading_date=trading_date,
        fees=account.fees,
        reserve_price=reserve_price(terms, instrument) if found.price is None else None,
        origin=Origin.EXTERNAL,
    )


def _row(account: Account, order: Order, market_now: datetime, wall_now: datetime) -> Change:
    """The row before any evidence; it never leaves its transaction like that."""
    command = PlaceOrder(
        order_id=order.order_id,
        account_id=order.account_id,
        client_order_id=order.client_order_id,
        user=BROKER,
        request_id="",
        fingerprint=fingerprint(order.account_id, order.terms),
        terms=order.terms,
        received_at=wall_now,
        max_delay_seconds=0,
    )
    return new_order(
        command,
        order,
        Verdict(accepted=True),
        connection_id=account.connection_id,
        version=0,
        accepted_at=wall_now,
        entered_at=market_now,
        send_after=None,
    )


async def _insert(
    connection: AsyncConnection, row: Change, connection_id: str, order: Order, broker_order_id: str
) -> StoredOrder:
    place = {"connection_id": connection_id, "trading_date": order.trading_date, "order_id": order.order_id}
    link = Change(_LINKED, {**place, "broker_order_id": broker_order_id})
    what = f"{order.terms.side} {order.quantity} {order.terms.symbol} was placed outside this service"
    events = new_events(order.order_id, (_adopted_event(order, broker_order_id, what),))
    stored = stored_of(await write(connection, row, link, events, returning=PLACED))
    kind, order_id = AlertKind.EXTERNAL_ORDER, order.order_id
    await raise_alert(
        connection, kind, f"{kind}:{order_id}", f"{what}.", account_id=order.account_id, order_id=order_id
    )
    return stored


def _adopted_event(order: Order, broker_order_id: str, detail: str) -> NewEvent:
    return NewEvent(
        version=0,
        kind="adopted",
        level=Level.INFO,
        actor=BROKER,
        source=_BOOK,
        cause=broker_order_id,
        raw_hash=None,
        old_status=None,
        new_status=status(order),
        detail=detail,
    )
