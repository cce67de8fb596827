"""Asking for another price or quantity: checked and held for under the order's lock, refused with every broken rule."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import lock_account
from ledger.booking import book_evidence, book_locked
from ledger.evaluation import TOMORROWS, in_order, judge
from ledger.evidence_rows import recorded_as_folded
from ledger.order_rows import LockedOrder, lock_order
from ledger.postings import needed_hold
from ledger.standing import Standing, standing_of
from ledger.steps import StoredEvidence
from market.amendments import amend_violations
from market.calendar import day_of
from market.listing_checks import unlisted
from market.violations import Violation
from orders.amending import refusal_of_amend, whereabouts
from orders.commands import AmendOrder
from orders.evidence import AmendAsked
from orders.order import Life, Order
from orders.stored import StoredOrder
from risk.amend_checks import amend_risk_violations
from risk.checks import Limits

CLIENT = "client"


async def ask_amend(
    connection: AsyncConnection, amend: AmendOrder, market_now: datetime, wall_now: datetime, limits: Limits
) -> StoredOrder:
    """The order with the amendment asked for, or refused; a known intent changes nothing.

    Raises `UnknownOrderError`.
    """
    locked = await lock_order(connection, amend.order_id)
    stored = await book_locked(connection, locked)
    if any(request.intent_id == amend.intent_id for request in stored.order.requests):
        return stored
    violations: tuple[Violation, ...] = ()
    if stored.order.life is not Life.CLOSED and refusal_of_amend(stored.order) is None:
        violations = await _violations(connection, LockedOrder(stored, locked.account), amend, market_now, limits)
    asked = AmendAsked(amend.intent_id, amend.user, wall_now, amend.price, amend.quantity, violations)
    key = f"amend:{amend.order_id}:{amend.intent_id}"
    evidence = StoredEvidence(None, key, asked, CLIENT, None, wall_now)
    recorded = recorded_as_folded(amend.order_id, evidence, stored.version + 1)
    return await book_evidence(connection, stored, (evidence,), recorded)


async def _violations(
    connection: AsyncConnection, locked: LockedOrder, amend: AmendOrder, market_now: datetime, limits: Limits
) -> tuple[Violation, ...]:
    order = locked.stored.order
    account = await lock_account(connection, order.account_id)
    later = order.trading_date > day_of(market_now)
    standing = await standing_of(connection, account, order.order_id, order.terms, market_now, any_day=later)
    of_change = (
        *_unlisted(order, standing, market_now, later=later),
        *amend_violations(
            order.terms,
            amend.amendment,
            standing.instrument,
            market_now,
            filled=order.filled,
            whereabouts=whereabouts(order),
            calendar=standing.calendar,
            facts=standing.facts,
        ),
        *amend_risk_violations(order, amend.amendment, standing.snapshot, limits),
    )
    as_new = _as_new(order, amend, standing, market_now, limits, later=later)
    broken = {each.code: each for each in (*as_new, *of_change)}
    return in_order(each for each in broken.values() if not (later and each.code in TOMORROWS))


def _unlisted(order: Order, standing: Standing, market_now: datetime, *, later: bool) -> tuple[Violation, ...]:
    if standing.instrument is not None:
        return ()
    loaded = standing.day_loaded
    return tuple(unlisted(order.terms, market_now, standing.calendar, day_loaded=loaded, any_day=later))


def _as_new(
    order: Order, amend: AmendOrder, standing: Standing, market_now: datetime, limits: Limits, *, later: bool
) -> tuple[Violation, ...]:
    """An order that was never sent is checked like a new one; at the broker only what changes is."""
    if order.life is not Life.UNSENT:
        return ()
    terms, own = amend.amendment.of(order.terms), needed_hold(order)
    return judge(standing, terms, market_now, limits, own, queue_next_day=later).violations
