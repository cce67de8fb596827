"""Booking: folds what is recorded and not yet folded, and posts the difference once, all in one transaction.

It is keyed by the evidence itself. A counter kept by the caller would book other content under the same number after
a re-run.
"""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from failpoints import failpoint
from ledger.account_acts import reduce_only
from ledger.accounts import AlertKind, lock_funds
from ledger.contradictions import tell_contradictions
from ledger.costs import Holding, bought, holding_after, movement
from ledger.entries import posted
from ledger.events import events_of
from ledger.evidence_rows import unapplied
from ledger.executions import Fill, fills_after
from ledger.one_statement import Change, write
from ledger.order_rows import LockedOrder, lock_order
from ledger.position_lines import lines_of
from ledger.postings import (
    CASH,
    Bucket,
    Free,
    booking_postings,
    deepens_shortfall,
    ledger_account_id,
    needed_hold,
)
from ledger.recosting import Line, recosted
from ledger.steps import Step, StoredEvidence, fold
from ledger.tables import FILL
from ledger.writing import UPDATED_AT, new_events, saved_fills, saved_order, saved_position
from orders.order import Order
from orders.stored import StoredOrder

BOOKING = "booking"

_STANDING = text(
    """
    SELECT (SELECT jsonb_object_agg(id, balance) FROM ledger_account WHERE id = ANY(CAST(:ids AS text[]))) AS balances,
           position.quantity, position.cost_total, position.realized_pnl
    FROM (SELECT 1) AS one
    LEFT JOIN position ON position.account_id = :account_id AND position.symbol = :symbol
    """
)


@dataclass(frozen=True, slots=True)
class _Standing:
    free: Free
    holding: Holding


async def book(connection: AsyncConnection, order_id: str) -> StoredOrder:
    """Fold everything recorded for the order and return it as booked; without new evidence it is unchanged."""
    return await book_locked(connection, await lock_order(connection, order_id))


async def book_locked(connection: AsyncConnection, locked: LockedOrder) -> StoredOrder:
    evidence = await unapplied(connection, locked.stored.order.order_id)
    return await book_evidence(connection, locked.stored, evidence)


async def book_evidence(
    connection: AsyncConnection,
    stored: StoredOrder,
    evidence: tuple[StoredEvidence, ...],
    *with_it: Change,
    booked: Order | None = None,
) -> StoredOrder:
    """Fold `evidence` into the locked order `stored` and write what it changes, together with the changes `with_it`.

    `booked` is the order whose hold and fills are posted so far, where that is not `stored`'s.
    """
    if not evidence:
        return stored
    steps = fold(stored.order, stored.version, evidence)
    before, after = booked or stored.order, steps[-1].after
    await tell_contradictions(connection, stored.order, after)
    money = await _book_money(connection, before, steps) if _moves_money(before, steps) else ()
    failpoint("in_booking")
    events = new_events(after.order_id, events_of(steps))
    written = await write(connection, *with_it, *money, events, saved_order(steps), returning=UPDATED_AT)
    return replace(stored, order=after, version=steps[-1].version, updated_at=written.updated_at)


def _moves_money(before: Order, steps: tuple[Step, ...]) -> bool:
    return needed_hold(before) != needed_hold(steps[-1].after) or _changes_fills(before, steps)


def _changes_fills(before: Order, steps: tuple[Step, ...]) -> bool:
    """What is taken back and trades again in one batch ends in the same totals, and in other fills."""
    turns = ((before, steps[-1].after), *((step.before, step.after) for step in steps))
    return any(_totals(one) != _totals(other) for one, other in turns)


def _totals(order: Order) -> tuple[int, ...]:
    """Totals whose change makes or explains fills."""
    return order.matched_quantity, order.matched_value, order.reported_quantity, order.reported_value


async def _book_money(connection: AsyncConnection, before: Order, steps: tuple[Step, ...]) -> list[Change]:
    after, cause = steps[-1].after, steps[-1].key
    account_id, order_id, symbol = after.account_id, after.order_id, after.terms.symbol
    await lock_funds(connection, account_id)
    standing = await _standing(connection, after)
    postings = booking_postings(before, after, standing.free)
    changes = []
    if postings:
        key = f"{BOOKING}:{order_id}:{cause}"
        changes.append(posted(account_id, postings, key=key, kind=BOOKING, order_id=order_id))
    if deepens_shortfall(postings):
        owed = ", ".join(f"{-p.amount} {p.asset}" for p in postings if p.bucket is Bucket.SHORTFALL)
        why = f"The broker's fact leaves {owed} uncovered."
        await reduce_only(connection, account_id, AlertKind.SHORTFALL, order_id, cause, why)
    if after.filled > max(after.quantity, before.filled):
        why = f"{after.filled} shares were filled of an order for {after.quantity} (LC-29)."
        await reduce_only(connection, account_id, AlertKind.OVERFILL, order_id, cause, why)
    if not _changes_fills(before, steps):
        return changes
    restates = any(step.restates for step in steps)
    fills = fills_after(await _open_fills(connection, before, all_of_them=restates), steps)
    changes.append(saved_fills(order_id, fills))
    if restates:
        holding = await _worked_out_anew(connection, standing.holding, before, after)
    else:
        holding = holding_after(standing.holding, before, after)
    if holding != standing.holding:
        change = holding.quantity - standing.holding.quantity
        changes.append(saved_position(account_id, symbol, holding, quantity_change=change, order_id=order_id))
    return changes


async def _worked_out_anew(connection: AsyncConnection, holding: Holding, before: Order, after: Order) -> Holding:
    lines = await lines_of(connection, after.account_id, after.terms.symbol)
    moved = bought(holding, *movement(before, after))
    return recosted((*lines, Line(after.order_id, after.terms.side, moved)))


async def _standing(connection: AsyncConnection, order: Order) -> _Standing:
    account_id, symbol = order.account_id, order.terms.symbol
    places = [
        ledger_account_id(account_id, Bucket.AVAILABLE, CASH),
        ledger_account_id(account_id, Bucket.SHORTFALL, CASH),
        ledger_account_id(account_id, Bucket.AVAILABLE, symbol),
        ledger_account_id(account_id, Bucket.SHORTFALL, symbol),
        ledger_account_id(account_id, Bucket.PENDING, CASH, order.trading_date),
        ledger_account_id(account_id, Bucket.PENDING, symbol, order.trading_date),
    ]
    found = await connection.execute(_STANDING, {"ids": places, "account_id": account_id, "symbol": symbol})
    row = found.one()
    balance: dict[str, int] = row.balances or {}
    amounts = [balance.get(place, 0) for place in places]
    holding = Holding() if row.quantity is None else Holding(row.quantity, row.cost_total, row.realized_pnl)
    return _Standing(Free(amounts[0] + amounts[1], amounts[2] + amounts[3], *amounts[4:]), holding)


async def _open_fills(connection: AsyncConnection, before: Order, *, all_of_them: bool) -> tuple[Fill, ...]:
    """The fills that may be replaced: provisional ones, and all that count when figures are restated."""
    if before.details_complete and not all_of_them:
        return ()
    standing = FILL.c.superseded_by.is_(None) & (FILL.c.provisional | all_of_them)
    found = select(FILL).where(FILL.c.order_id == before.order_id, standing).order_by(FILL.c.id)
    rows = await connection.execute(found)
    return tuple(_fill_of(row) for row in rows)


def _fill_of(row: Any) -> Fill:
    return Fill(
        key=row.key,
        quantity=row.quantity,
        price=row.price,
        value=row.value,
        commission=row.commission,
        tax=row.tax,
        executed_at=row.executed_at,
        provisional=row.provisional,
        superseded_by=row.superseded_by,
    )
