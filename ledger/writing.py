"""What folding made of an order, as changes to be written: events, fills, the position and the row itself."""

from collections.abc import Sequence

from ledger.costs import Holding
from ledger.events import NewEvent
from ledger.executions import Fill
from ledger.one_statement import Change
from ledger.order_rows import columns_of
from ledger.steps import Step

# Arrays and not a list of VALUES, so that the statement is the same however many rows there are.
_EVENTS = """
    events AS (
        INSERT INTO order_event
        (order_id, version, kind, level, actor, source, cause, raw_hash, old_status, new_status, detail)
        SELECT CAST(:order_id AS text), * FROM unnest(
            CAST(:event_versions AS integer[]), CAST(:kinds AS text[]), CAST(:levels AS text[]),
            CAST(:actors AS text[]), CAST(:sources AS text[]), CAST(:causes AS text[]), CAST(:raw_hashes AS bytea[]),
            CAST(:old_statuses AS text[]), CAST(:new_statuses AS text[]), CAST(:details AS text[])
        )
    )
    """

_ORDER = """
    folded AS (
        UPDATE order_evidence SET applied_version = folded.version
        FROM unnest(CAST(:evidence_ids AS bigint[]), CAST(:versions AS integer[])) AS folded (id, version)
        WHERE order_evidence.id = folded.id
    ), saved AS (
        UPDATE orders SET facts = CAST(:facts AS jsonb), quantity = :quantity, price = :price,
            status = :status, life = :life, complete = :complete,
            broker_order_id = :broker_order_id, held_cash = :held_cash, held_shares = :held_shares,
            version = :version, updated_at = clock_timestamp()
        WHERE order_id = CAST(:order_id AS text)
        RETURNING updated_at
    )
    """

_FILLS = """
    fills AS (
        INSERT INTO fill
        (order_id, key, quantity, price, value, commission, tax, executed_at, provisional, superseded_by)
        SELECT CAST(:order_id AS text), * FROM unnest(
            CAST(:fill_keys AS text[]), CAST(:quantities AS bigint[]), CAST(:prices AS bigint[]),
            CAST(:values AS bigint[]), CAST(:commissions AS bigint[]), CAST(:taxes AS bigint[]),
            CAST(:instants AS timestamptz[]), CAST(:provisional AS boolean[]), CAST(:superseded_by AS text[])
        )
        ON CONFLICT (order_id, key) DO UPDATE SET superseded_by = excluded.superseded_by
    )
    """

_POSITION = """
    owned AS (
        SELECT CAST(:account_id AS text) AS account_id, CAST(:symbol AS text) AS symbol,
               CAST(:owned_quantity AS bigint) AS quantity, CAST(:cost_total AS bigint) AS cost_total,
               CAST(:realized_pnl AS bigint) AS realized_pnl
    ), replaced_position AS (
        INSERT INTO position (account_id, symbol, quantity, cost_total, realized_pnl) SELECT * FROM owned
        ON CONFLICT (account_id, symbol) DO UPDATE SET quantity = excluded.quantity,
            cost_total = excluded.cost_total, realized_pnl = excluded.realized_pnl, updated_at = now()
    ), position_line AS (
        INSERT INTO position_change
        (account_id, symbol, order_id, quantity_change, quantity, cost_total, realized_pnl)
        SELECT account_id, symbol, CAST(:order_id AS text), CAST(:quantity_change AS bigint), quantity, cost_total,
               realized_pnl
        FROM owned
    )
    """

UPDATED_AT = "updated_at FROM saved"
"""What a statement with `saved_order` may return."""


def new_events(order_id: str, events: Sequence[NewEvent]) -> Change:
    return Change(
        _EVENTS,
        {
            "order_id": order_id,
            "event_versions": [event.version for event in events],
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


def saved_order(steps: Sequence[Step]) -> Change:
    """The order after the last of `steps`, and their evidence marked as folded."""
    last = steps[-1]
    recorded = [step for step in steps if step.stored.row_id is not None]
    return Change(
        _ORDER,
        {
            "order_id": last.after.order_id,
            "version": last.version,
            "evidence_ids": [step.stored.row_id for step in recorded],
            "versions": [step.version for step in recorded],
            **columns_of(last.after),
        },
    )


def saved_fills(order_id: str, fills: Sequence[Fill]) -> Change:
    """New fills, and a note on provisional ones which execution has replaced them."""
    return Change(
        _FILLS,
        {
            "order_id": order_id,
            "fill_keys": [fill.key for fill in fills],
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


def saved_position(
    account_id: str, symbol: str, holding: Holding, *, quantity_change: int, order_id: str | None
) -> Change:
    """The position, and a line of its history; the account must be locked."""
    return Change(
        _POSITION,
        {
            "account_id": account_id,
            "symbol": symbol,
            "order_id": order_id,
            "quantity_change": quantity_change,
            "owned_quantity": holding.quantity,
            "cost_total": holding.cost_total,
            "realized_pnl": holding.realized_pnl,
        },
    )
