"""The first step of an order: one transaction that checks it, holds what it needs and stores the verdict for good."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from failpoints import failpoint
from ledger.accounts import Account, lock_account
from ledger.booking import book_locked
from ledger.entries import posted
from ledger.evaluation import Evaluation, evaluate
from ledger.events import HOUSE, Level, NewEvent
from ledger.evidence_rows import record, recorded_as_folded
from ledger.idempotency_keys import key_violations
from ledger.json_columns import VIOLATIONS, to_json
from ledger.one_statement import write
from ledger.order_rows import PLACED, LockedOrder, find_placed, lock_order, new_order, stored_of
from ledger.postings import acceptance_postings, needed_hold
from ledger.steps import StoredEvidence
from ledger.tables import ORDERS
from ledger.writing import new_events
from market.calendar import day_of
from market.clock import MarketClock
from market.reserve import cash_for
from market.violations import Violation
from market.vocabulary import Side
from orders.commands import PlaceOrder
from orders.evidence import ClosedHere
from orders.folding import apply
from orders.holds import Hold
from orders.order import CloseReason, Life, Order
from orders.status import status
from orders.stored import StoredOrder, Verdict
from risk.checks import Limits, insufficient_cash

ACCEPTANCE = "acceptance"
RECHECK = "recheck"


async def accept(
    connection: AsyncConnection, command: PlaceOrder, market_now: datetime, wall_now: datetime, limits: Limits
) -> StoredOrder:
    """The order with its verdict; for a command seen before it is the stored one, never a second evaluation."""
    account = await lock_account(connection, command.account_id)
    placed = await find_placed(connection, command)
    if placed is not None:
        return placed
    order = Order(
        order_id=command.order_id,
        account_id=account.account_id,
        client_order_id=command.client_order_id,
        terms=command.terms,
        trading_date=day_of(market_now),
        fees=account.fees,
    )
    reused = await key_violations(connection, command)
    if reused:
        return await _deny(connection, command, account, order, reused, market_now, wall_now)
    found = await evaluate(
        connection,
        account,
        command.order_id,
        command.terms,
        market_now,
        limits,
        Hold(),
        queue_next_day=command.queue_next_day,
    )
    order = replace(order, trading_date=found.trading_date, reserve_price=found.reserve_price)
    if found.violations:
        return await _deny(connection, command, account, order, found.violations, found.entered_at, wall_now)
    row = new_order(
        command,
        order,
        Verdict(accepted=True),
        connection_id=account.connection_id,
        version=0,
        accepted_at=wall_now,
        entered_at=found.entered_at,
        send_after=found.send_after,
    )
    key = f"{ACCEPTANCE}:{order.order_id}"
    money = posted(account.account_id, acceptance_postings(order), key=key, kind=ACCEPTANCE, order_id=order.order_id)
    events = new_events(order.order_id, (_placed_event(command, order, ""),))
    stored = stored_of(await write(connection, row, money, events, returning=PLACED))
    failpoint("in_acceptance")
    return stored


async def recheck(
    connection: AsyncConnection, order_id: str, clock: MarketClock, wall_now: datetime, limits: Limits
) -> StoredOrder:
    """Check an unsent order again, its own hold not counted; a broken rule closes it as denied.

    An order of an earlier trading date never goes out. One that waited for its phase ages from that phase's start.
    """
    locked = await lock_order(connection, order_id)
    stored = await book_locked(connection, locked)
    if stored.order.life is not Life.UNSENT or not stored.verdict.accepted:
        return stored
    market_now = clock.at(wall_now)
    today = day_of(market_now)
    if stored.order.trading_date < today:
        return await close_too_old(connection, LockedOrder(stored, locked.account), "its trading date is over")
    await lock_account(connection, locked.account.account_id)
    own = needed_hold(stored.order)
    later = stored.order.trading_date > today
    found = await evaluate(
        connection, locked.account, order_id, stored.order.terms, market_now, limits, own, queue_next_day=later
    )
    if not later and not found.day_loaded:
        return stored  # before the day's reference data are there, no rule is broken
    closed = await _close_if_broken(connection, LockedOrder(stored, locked.account), found, later=later)
    if closed is not None:
        return closed
    if found.send_after == stored.send_after:
        return stored
    return await _wait_until(connection, stored, found.send_after, clock, wall_now)


async def _close_if_broken(
    connection: AsyncConnection, locked: LockedOrder, found: Evaluation, *, later: bool
) -> StoredOrder | None:
    """The order closed, when it breaks a rule by now, or when the day that it waited for is no trading day any more."""
    order = locked.stored.order
    violations = found.violations or _reserve_exceeded(order, found)
    if violations:
        return await _deny_late(connection, locked, violations)
    if later and found.trading_date != order.trading_date:
        return await close_too_old(connection, locked, "its trading date was closed")
    return None


def _reserve_exceeded(order: Order, found: Evaluation) -> tuple[Violation, ...]:
    """A band that is wider than could be known when the money was set aside."""
    if order.terms.side is Side.SELL or found.reserve_price is None or order.reserve_price is None:
        return ()
    if found.reserve_price <= order.reserve_price:
        return ()
    quantity = order.terms.quantity
    return (
        insufficient_cash(
            cash_for(order.fees, 0, quantity * found.reserve_price),
            cash_for(order.fees, 0, quantity * order.reserve_price),
        ),
    )


async def close_too_old(connection: AsyncConnection, locked: LockedOrder, why: str) -> StoredOrder:
    """An outage is survived, but nothing from long before it goes out by surprise: the order is closed unsent."""
    closing = ClosedHere(CloseReason.TOO_OLD, why)
    await record(connection, locked.stored.order.order_id, CloseReason.TOO_OLD, closing, HOUSE)
    return await book_locked(connection, locked)


async def _wait_until(
    connection: AsyncConnection,
    stored: StoredOrder,
    send_after: datetime | None,
    clock: MarketClock,
    wall_now: datetime,
) -> StoredOrder:
    good_from = _good_from(stored, clock)
    times = {"send_after": send_after, "good_from": good_from, "updated_at": wall_now}
    if send_after is not None:
        times["entered_at"] = send_after
    await connection.execute(update(ORDERS).where(ORDERS.c.order_id == stored.order.order_id).values(**times))
    return replace(stored, send_after=send_after, good_from=good_from)


def _good_from(stored: StoredOrder, clock: MarketClock) -> datetime:
    """When the phase that the order waited for began on the wall; a clock that was set forward began it then."""
    if stored.send_after is None:
        return stored.good_from
    return max(stored.received_at, clock.wall_at(stored.send_after))


async def _deny(
    connection: AsyncConnection,
    command: PlaceOrder,
    account: Account,
    order: Order,
    violations: tuple[Violation, ...],
    entered_at: datetime,
    wall_now: datetime,
) -> StoredOrder:
    closing = ClosedHere(CloseReason.DENIED, _listed(violations))
    denied = apply(order, closing)
    row = new_order(
        command,
        denied,
        Verdict(accepted=False, violations=violations),
        connection_id=account.connection_id,
        version=1,
        accepted_at=wall_now,
        entered_at=entered_at,
        send_after=None,
    )
    evidence = StoredEvidence(None, ACCEPTANCE, closing, HOUSE, None, wall_now)
    recorded = recorded_as_folded(order.order_id, evidence, version=1)
    events = new_events(order.order_id, (_placed_event(command, denied, closing.text),))
    return stored_of(await write(connection, row, recorded, events, returning=PLACED))


async def _deny_late(
    connection: AsyncConnection, locked: LockedOrder, violations: tuple[Violation, ...]
) -> StoredOrder:
    order_id = locked.stored.order.order_id
    change = update(ORDERS).where(ORDERS.c.order_id == order_id)
    await connection.execute(change.values(recheck_violations=to_json(VIOLATIONS, violations)))
    closing = ClosedHere(CloseReason.DENIED, _listed(violations))
    await record(connection, order_id, RECHECK, closing, HOUSE)
    return await book_locked(connection, locked)


def _listed(violations: tuple[Violation, ...]) -> str:
    return ", ".join(violation.code.value for violation in violations)


def _placed_event(command: PlaceOrder, order: Order, detail: str) -> NewEvent:
    denied = order.life is Life.CLOSED
    return NewEvent(
        version=1 if denied else 0,
        kind="denied" if denied else "accepted",
        level=Level.INFO,
        actor=command.user,
        source="api",
        cause=command.request_id,
        raw_hash=None,
        old_status=None,
        new_status=status(order),
        detail=detail,
    )
