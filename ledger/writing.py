"""Writes what folding made of an order: events, fills, the position and the row itself, each in one statement."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.costs import Holding
from ledger.events import NewEvent
from ledger.executions import Fill
from ledger.order_rows import columns_of
from ledger.steps import Step

# Arrays and not a list of VALUES: SQLAlchemy cannot cache the latter and would compile it for each booking.
_WRITE_EVENTS = text(
    """
    INSERT INTO order_event
        (order_id, version, kind, level, actor, source, cause, raw_hash, old_status, new_status, detail)
    SELECT :order_id, * FROM unnest(
        CAST(:versions AS integer[]), CAST(:kinds AS text[]), CAST(:levels AS text[]), CAST(:actors AS text[]),
        CAST(:sources AS text[]), CAST(:causes AS text[]), CAST(:raw_hashes AS bytea[]),
        CAST(:old_statuses AS text[]), CAST(:new_statuses AS text[]), CAST(:details AS text[])
    )
    """
)

_SAVE_ORDER = text(
    """
    WITH folded AS (
        UPDATE order_evidence SET applied_version = folded.version
        FROM unnest(CAST(:evidence_ids AS bigint[]), CAST(:versions AS integer[])) AS folded (id, version)
        WHERE order_evidence.id = folded.id
    )
    UPDATE orders SET facts = CAST(:facts AS jsonb), status = :status, life = :life, complete = :complete,
        broker_order_id = :broker_order_id, held_cash = :held_cash, held_shares = :held_shares,
        version = :version, updated_at = clock_timestamp()
    WHERE order_id = :order_id
    RETURNING updated_at
    """
)

_SAVE_FILLS = text(
    """
    INSERT INTO fill (order_id, key, quantity, price, value, commission, tax, executed_at, provisional, superseded_by)
    SELECT :order_id, * FROM unnest(
        CAST(:keys AS text[]), CAST(:quantities AS bigint[]), CAST(:prices AS bigint[]), CAST(:values AS bigint[]),
        CAST(:commissions AS bigint[]), CAST(:taxes AS bigint[]), CAST(:instants AS timestamptz[]),
        CAST(:provisional AS boolean[]), CAST(:superseded_by AS text[])
    )
    ON CONFLICT (order_id, key) DO UPDATE SET superseded_by = excluded.superseded_by
    """
)

_SAVE_POSITION = text(
    """
    WITH held AS (
        INSERT INTO position (account_id, symbol, quantity, cost_total, realized_pnl)
        VALUES (:account_id, :symbol, :quantity, :cost_total, :realized_pnl)
        ON CONFLICT (account_id, symbol) DO UPDATE SET quantity = excluded.quantity,
            cost_total = excluded.cost_total, realized_pnl = excluded.realized_pnl, updated_at = now()
    )
    INSERT INTO position_change
        (account_id, symbol, order_id, quantity_change, quantity, cost_total, realized_pnl)
    VALUES (:account_id, :symbol, CAST(:order_id AS text), :quantity_change, :quantity, :cost_total, :realized_pnl)
    """
)


async def write_events(connection: AsyncConnection, order_id: str, events: Sequence[NewEvent]) -> None:
    await connection.execute(
        _WRITE_EVENTS,
        {
            "order_id": order_id,
            "versions": [event.version for event in events],
            "kinds": [event.kind for event in events],
            "levels": [event.level.value for event in events],
            "actors": [event.actor for event in events],
            "sources": [event.source for event in events],
            "causes": [event.cause for event in events],
            "raw_hashes": [event.raw_hash for event in events],
            "old_statuses": [None if event.old_status is None else event.old_status.value for event in events],
            "new_statuses": [event.new_status.value for event in events],
            "details": [event.detail for event in events],
        },
    )


async def save_order(connection: AsyncConnection, steps: Sequence[Step]) -> datetime:
    """Write the order after the last of `steps` and mark their evidence as folded; returns `updated_at`."""
    last = steps[-1]
    written = await connection.execute(
        _SAVE_ORDER,
        {
            "order_id": last.after.order_id,
            "version": last.version,
            "evidence_ids": [step.stored.row_id for step in steps],
            "versions": [step.version for step in steps],
            **columns_of(last.after),
        },
    )
    updated_at: datetime = written.scalar_one()
    return updated_at


async def save_fills(connection: AsyncConnection, order_id: str, fills: Sequence[Fill]) -> None:
    """Insert new fills, and note on provisional ones which execution has replaced them."""
    await connection.execute(
        _SAVE_FILLS,
        {
            "order_id": order_id,
            "keys": [fill.key for fill in fills],
            "quantities": [fill.quantity for fill in fills],
            "prices": [fill.price for fill in fills],
            "values": [fill.value for fill in fills],
            "commissions": [fill.commission for fill in fills],
            "taxes": [fill.tax for fill in fills],
            "instants": [fill.executed_at for fill in fills],
            "provisional": [fill.provisional for fill in fills],
            "superseded_by": [fill.superseded_by for fill in fills],
        },
    )


async def save_position(
    connection: AsyncConnection,
    account_id: str,
    symbol: str,
    holding: Holding,
    *,
    quantity_change: int,
    order_id: str | None,
) -> None:
    """Replace the position and add a line to its history; the account must be locked."""
    await connection.execute(
        _SAVE_POSITION,
        {
            "account_id": account_id,
            "symbol": symbol,
            "order_id": order_id,
            "quantity_change": quantity_change,
            "quantity": holding.quantity,
            "cost_total": holding.cost_total,
            "realized_pnl": holding.realized_pnl,
        },
    )
