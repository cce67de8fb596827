"""Checks before an amendment: the firm's limits on the new terms, and money or shares for what they need beyond."""

from collections.abc import Iterator

from market.amendments import Amendment
from market.violations import Violation
from market.vocabulary import Side
from orders.holds import hold, hold_if_amended
from orders.order import Order
from risk.checks import (
    Limits,
    Snapshot,
    TradingState,
    account_state,
    insufficient_cash,
    insufficient_shares,
    quantity_above_limit,
)


def amend_risk_violations(
    order: Order, amendment: Amendment, snapshot: Snapshot, limits: Limits
) -> tuple[Violation, ...]:
    """Every limit that `amendment` would break; `snapshot` has the order's own hold taken off as all others (LC-58)."""
    return (
        *_size(order, amendment, limits),
        *_state(order, amendment, snapshot),
        *_extra(order, amendment, snapshot),
    )


def _size(order: Order, amendment: Amendment, limits: Limits) -> Iterator[Violation]:
    """A limit that was lowered since does not hinder what makes the order smaller."""
    amended = amendment.of(order.terms)
    if amended.quantity > order.quantity:
        yield from quantity_above_limit(amended, limits)


def _state(order: Order, amendment: Amendment, snapshot: Snapshot) -> Iterator[Violation]:
    """An account that may only reduce may make a buy smaller or cheaper; a blocked one may only cancel (RK-12)."""
    amended = amendment.of(order.terms)
    reduces = amended.quantity <= order.quantity and (amended.price or 0) <= (order.terms.price or 0)
    if snapshot.state is TradingState.REDUCE_ONLY and reduces:
        return
    yield from account_state(amended, snapshot)


def _extra(order: Order, amendment: Amendment, snapshot: Snapshot) -> Iterator[Violation]:
    held, needed = hold(order), hold_if_amended(order, amendment)
    if order.terms.side is Side.SELL:
        free = snapshot.sellable_shares + held.shares
        if needed.shares > free:
            yield insufficient_shares(order.terms, needed.shares, free)
        return
    available = snapshot.available_cash + held.cash
    if needed.cash > available:
        yield insufficient_cash(needed.cash, available)
