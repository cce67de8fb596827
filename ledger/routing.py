"""Finds the order that each message of the inbox belongs to, and hands its evidence over to be booked."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import AlertKind
from ledger.alerting import raise_alert
from ledger.events import describe
from ledger.order_rows import STORED_COLUMNS, stored_of
from ledger.tables import ORDER_EVIDENCE, ORDERS
from orders.evidence import EVIDENCE
from orders.stored import StoredOrder

# Which of our requests the waiting messages name. A message is never older than the request that caused it: one that is
# belongs to another day or another program. The broker's request ids need not be unique beyond one program: a message
# about other terms is somebody else's (`fits`), and so is a second broker order under the id of a submit that was never
# amended (`is_second`), whatever id it names.
_CLAIM = """
    claim AS (
        SELECT message.id, message.key, message.connection_id, message.trading_date, message.broker_order_id,
               message.symbol, message.side, attempt.order_id, orders.account_id, attempt.request_id, named.rank,
               message.symbol IN ('', orders.symbol) AND message.side IN ('', orders.side) AS fits,
               named.rank = 1 AND attempt.action = 'submit' AND NOT EXISTS (
                   SELECT 1 FROM attempt amended WHERE amended.order_id = attempt.order_id AND amended.action = 'amend'
               ) AS is_only_one
        FROM inbox message
        JOIN attempt ON attempt.connection_id = message.connection_id AND attempt.trading_date = message.trading_date
                    AND attempt.request_id = ANY(message.request_ids) AND attempt.started_at <= message.received_at
        CROSS JOIN LATERAL (SELECT array_position(message.request_ids, attempt.request_id) AS rank) named
        JOIN orders ON orders.order_id = attempt.order_id
        JOIN account ON account.id = orders.account_id AND message.broker_account IN ('', account.broker_account)
        WHERE message.connection_id = :connection_id AND message.trading_date = :trading_date
          AND message.order_id IS NULL AND message.evidence IS NOT NULL
          AND NOT EXISTS (
              SELECT 1 FROM broker_order_link link
              WHERE link.connection_id = message.connection_id AND link.trading_date = message.trading_date
                AND link.broker_order_id = message.broker_order_id
          )
    ), judged AS (
        SELECT claim.*, is_only_one AND broker_order_id <> '' AND EXISTS (
            SELECT 1 FROM broker_order_link link
            WHERE link.order_id = claim.order_id AND link.named_by = claim.request_id
              AND link.broker_order_id <> claim.broker_order_id
        ) AS is_second
        FROM claim
    )
    """

# Messages with an id of ours teach which broker order ids are ours; messages that carry nothing else need that. Of two
# that come at once under the id of one submit, the first is ours.
_LEARN = text(
    f"""
    WITH {_CLAIM}, learnt AS (
        SELECT DISTINCT ON (broker_order_id) * FROM judged
        WHERE fits AND NOT is_second AND broker_order_id <> ''
        ORDER BY broker_order_id, rank, id
    ), placed AS (
        SELECT learnt.*, first_value(broker_order_id) OVER (PARTITION BY order_id, request_id ORDER BY id) AS earliest
        FROM learnt
    )
    INSERT INTO broker_order_link (connection_id, trading_date, broker_order_id, order_id, named_by)
    SELECT connection_id, trading_date, broker_order_id, order_id, CASE WHEN rank = 1 THEN request_id ELSE '' END
    FROM placed WHERE NOT is_only_one OR broker_order_id = earliest
    ON CONFLICT DO NOTHING
    """  # noqa: S608 - made of constants only
)

_ROUTE = text(
    f"""
    WITH {_CLAIM}, found AS (
        SELECT message.id, COALESCE(
            (
                SELECT link.order_id FROM broker_order_link link
                WHERE link.connection_id = message.connection_id AND link.trading_date = message.trading_date
                  AND link.broker_order_id = message.broker_order_id
            ), (
                SELECT judged.order_id FROM judged
                WHERE judged.id = message.id AND judged.fits AND NOT judged.is_second
                ORDER BY judged.rank LIMIT 1
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
    SELECT COALESCE((SELECT array_agg(id) FROM recorded), '{{}}') AS recorded,
           EXISTS (SELECT 1 FROM found WHERE order_id IS NULL) AS some_left
    """  # noqa: S608 - made of constants only
)

_SOMEBODY_ELSES = text(
    f"WITH {_CLAIM} SELECT * FROM judged WHERE NOT fits OR is_second ORDER BY id"  # noqa: S608 - made of constants only
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
        await _tell_contradictions(connection, place)
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


async def _tell_contradictions(connection: AsyncConnection, place: dict[str, Any]) -> None:
    """Once for each order at the broker that stands under a request id of ours and cannot be ours."""
    for row in (await connection.execute(_SOMEBODY_ELSES, place)).all():
        shown = f"{row.side} {row.symbol}".strip() or "of terms that it does not tell"
        key = f"somebody_elses:{row.connection_id}:{row.trading_date}:{row.order_id}:{row.broker_order_id or row.key}"
        words = (
            f"The broker tells of another order ({row.broker_order_id or 'without an id'}, {shown})"
            f" under the request id {row.request_id} of this one; it is not booked here."
        )
        kind = AlertKind.CONTRADICTING_MESSAGE
        await raise_alert(connection, kind, key, words, account_id=row.account_id, order_id=row.order_id)


def _routed(rows: list[Any]) -> RoutedOrder:
    stored = stored_of(rows[0])
    summary = "; ".join(describe(EVIDENCE.validate_json(row.evidence)) for row in rows)
    return RoutedOrder(stored.order.order_id, stored.order.account_id, stored, summary)
