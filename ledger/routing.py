"""Finds the order that each message of the inbox belongs to, and hands its evidence over to be booked."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.events import describe
from ledger.order_rows import STORED_COLUMNS, stored_of
from ledger.tables import ORDER_EVIDENCE, ORDERS
from orders.evidence import EVIDENCE
from orders.stored import StoredOrder

# A message is never older than the request that caused it: one that is belongs to another day or another program.
# Messages with an id of ours teach which broker order ids are ours; messages that carry nothing else need that.
_LEARN = text(
    """
    INSERT INTO broker_order_link (connection_id, trading_date, broker_order_id, order_id)
    SELECT DISTINCT ON (message.broker_order_id)
           message.connection_id, message.trading_date, message.broker_order_id, attempt.order_id
    FROM inbox message
    JOIN attempt ON attempt.connection_id = message.connection_id AND attempt.trading_date = message.trading_date
                AND attempt.request_id = ANY(message.request_ids) AND attempt.started_at <= message.received_at
    JOIN orders ON orders.order_id = attempt.order_id
    JOIN account ON account.id = orders.account_id AND message.broker_account IN ('', account.broker_account)
    WHERE message.connection_id = :connection_id AND message.trading_date = :trading_date
      AND message.order_id IS NULL AND message.evidence IS NOT NULL AND message.broker_order_id <> ''
    ORDER BY message.broker_order_id, array_position(message.request_ids, attempt.request_id), message.id
    ON CONFLICT DO NOTHING
    """
)

_ROUTE = text(
    """
    WITH found AS (
        SELECT message.id, COALESCE(
            (
                SELECT attempt.order_id FROM attempt
                JOIN orders ON orders.order_id = attempt.order_id
                JOIN account ON account.id = orders.account_id
                            AND message.broker_account IN ('', account.broker_account)
                WHERE attempt.connection_id = message.connection_id AND attempt.trading_date = message.trading_date
                  AND attempt.request_id = ANY(message.request_ids) AND attempt.started_at <= message.received_at
                ORDER BY array_position(message.request_ids, attempt.request_id) LIMIT 1
            ), (
                SELECT link.order_id FROM broker_order_link link
                WHERE link.connection_id = message.connection_id AND link.trading_date = message.trading_date
                  AND link.broker_order_id = message.broker_order_id
            )
        ) AS order_id
        FROM inbox message
        WHERE message.connection_id = :connection_id AND message.trading_date = :trading_date
          AND message.order_id IS NULL AND message.evidence IS NOT NULL
    ), routed AS (
        UPDATE inbox SET order_id = found.order_id, routed_at = now()
        FROM found
        WHERE inbox.id = found.id AND found.order_id IS NOT NULL AND inbox.order_id IS NULL
        RETURNING inbox.*
    ), recorded AS (
        INSERT INTO order_evidence (order_id, key, evidence, source, raw_hash)
        SELECT order_id, connection_id || ':' || trading_date || ':' || key, evidence, :source, raw_hash
        FROM routed ORDER BY id
        ON CONFLICT DO NOTHING
        RETURNING id
    )
    SELECT COALESCE((SELECT array_agg(id) FROM recorded), '{}') AS recorded,
           EXISTS (SELECT 1 FROM found WHERE order_id IS NULL) AS some_left
    """
)

STREAM = "stream"
BOOKING_PATIENCE = timedelta(seconds=2)


# An id that came in a message before any attempt of ours had it is somebody else's, and never allotted.
_FOREIGN_IDS = text(
    """
    INSERT INTO seen_request_id (connection_id, trading_date, request_id)
    SELECT DISTINCT connection_id, trading_date, unnest(request_ids) FROM inbox
    WHERE connection_id = :connection_id AND trading_date = :trading_date
      AND order_id IS NULL AND evidence IS NOT NULL
    ON CONFLICT DO NOTHING
    """
)


@dataclass(frozen=True, slots=True)
class RoutedOrder:
    """An order with evidence to book, and all that is needed to start its workflow again.

    `summary` says in a line what arrived, for the people who read the workflow's history.
    """

    order_id: str
    account_id: str
    stored: StoredOrder
    summary: str


async def route(
    connection: AsyncConnection, connection_id: str, trading_date: date, patience: timedelta
) -> tuple[RoutedOrder, ...]:
    """Route what can be routed; returns the orders with new evidence, and those whose older evidence still waits.

    Older evidence that has waited for less than `patience` is left out: its booking is under way.
    """
    place = {"connection_id": connection_id, "trading_date": trading_date}
    await connection.execute(_LEARN, place)
    routed = (await connection.execute(_ROUTE, {**place, "source": STREAM})).one()
    if routed.some_left:
        await connection.execute(_FOREIGN_IDS, place)
    overdue = func.clock_timestamp() - ORDER_EVIDENCE.c.recorded_at > patience
    waiting = (
        select(*STORED_COLUMNS, ORDERS.c.order_id, ORDER_EVIDENCE.c.evidence)
        .select_from(ORDERS.join(ORDER_EVIDENCE, ORDER_EVIDENCE.c.order_id == ORDERS.c.order_id))
        .where(
            ORDERS.c.connection_id == connection_id,
            ORDER_EVIDENCE.c.applied_version.is_(None),
            or_(ORDER_EVIDENCE.c.id.in_(routed.recorded), overdue),
        )
        .order_by(ORDERS.c.accepted_sequence, ORDER_EVIDENCE.c.id)
    )
    rows = (await connection.execute(waiting)).all()
    return tuple(_routed(list(of_order)) for _, of_order in groupby(rows, key=lambda row: row.order_id))


def _routed(rows: list[Any]) -> RoutedOrder:
    stored = stored_of(rows[0])
    summary = "; ".join(describe(EVIDENCE.validate_json(row.evidence)) for row in rows)
    return RoutedOrder(stored.order.order_id, stored.order.account_id, stored, summary)
