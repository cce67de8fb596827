"""What the broker does with a client's request once it has taken it: refuse it, park it, or send it on.

This slice trades limit orders continuously and runs no auction. An LO that arrives before continuous trading (HOSE's
opening auction and the break included) is parked as `IAV` until the next phase that takes it; when no later phase of
the day does (the closing auction included) it is refused with ORD016.
"""

from dataclasses import replace

from market.checks import order_violations
from market.phases import CONTINUOUS, phase_at
from market.terms import OrderTerms
from market.vocabulary import Side
from simulator.accounts import Account
from simulator.broker_order import BrokerOrder, FailedRequest, OrderStatus, cancelled_by, cash_hold, share_hold
from simulator.commands import CancelOrder, Command, NewOrder
from simulator.matching import send
from simulator.refusals import (
    INVALID_TRANSITION,
    NO_CANCEL_IN_SESSION,
    NOT_ENOUGH_CASH,
    NOT_ENOUGH_SHARES,
    NOT_IN_THIS_SESSION,
    UNKNOWN_ORDER,
    UNKNOWN_TICKER,
    Refusal,
    refusal_for,
)
from simulator.security import Security
from simulator.state import ExchangeState, PreOpen

PREFIX = "s01"
"""Three characters that SSI puts before the padded request id in the id of an order refused before acceptance."""


def carry_out(state: ExchangeState, command: Command) -> None:
    """Do at `state.now` what a taken request asks for; the outcome is in the state's changes."""
    match command:
        case NewOrder():
            _place(state, command)
        case CancelOrder():
            _cancel(state, command)


def _place(state: ExchangeState, command: NewOrder) -> None:
    order = _new_order(state, command)
    security = state.securities.get(command.symbol)
    if security is None:
        _refuse_new(state, command, order, UNKNOWN_TICKER)
        return
    refusal = _broken_rule(state, command, security) or _short_of_funds(state.accounts[command.account], order)
    sendable = phase_at(security.listing.exchange, state.now).takes(command.order_type)
    if refusal is None and not sendable and state.pre_open is PreOpen.REJECT:
        refusal = NOT_IN_THIS_SESSION
    if refusal is not None:
        _refuse_new(state, command, order, refusal)
        return
    order = replace(order, order_id=state.next_order_id())
    if sendable:
        send(state, order)
        return
    state.keep(order)
    state.report(order)


def _broken_rule(state: ExchangeState, command: NewOrder, security: Security) -> Refusal | None:
    terms = OrderTerms(
        command.symbol,
        # SSI's market code VN names no exchange: the security's own is meant.
        security.listing.exchange,
        command.side,
        command.order_type,
        command.quantity,
        command.price or None,
    )
    violations = order_violations(terms, security.instrument, state.now)
    return refusal_for(violations[0]) if violations else None


def _short_of_funds(account: Account, order: BrokerOrder) -> Refusal | None:
    match order.side:
        case Side.SELL:
            enough = share_hold(order) <= account.position(order.symbol).sellable
            return None if enough else NOT_ENOUGH_SHARES
        case Side.BUY:
            enough = cash_hold(order, account.fees) <= account.purchasing_power
            return None if enough else NOT_ENOUGH_CASH


def _new_order(state: ExchangeState, command: NewOrder) -> BrokerOrder:
    return BrokerOrder(
        order_id=f"T{state.trading_date:%Y%m%d}{PREFIX}{command.request_id.zfill(8)}",
        account=command.account,
        symbol=command.symbol,
        side=command.side,
        order_type=command.order_type,
        price=command.price,
        quantity=command.quantity,
        request_id=command.request_id,
        unique_id=command.request_id,
        channel=command.channel,
        status=OrderStatus.IAV,
        sequence=state.next_sequence(),
        entered_at=state.now,
        modified_at=state.now,
    )


def _refuse_new(state: ExchangeState, command: NewOrder, order: BrokerOrder, refusal: Refusal) -> None:
    refused = replace(order, status=OrderStatus.RJ, reject_code=refusal.code, reject_reason=refusal.reason)
    state.keep(refused)
    state.report_refusal(command, refused, refusal)


def _cancel(state: ExchangeState, command: CancelOrder) -> None:
    order = state.orders.get(command.order_id)
    if order is None or order.account != command.account:
        state.report_refusal(command, None, UNKNOWN_ORDER)
        return
    refusal = _uncancellable(state, order)
    if refusal is not None:
        failed = FailedRequest(command.request_id, refusal.code, refusal.reason, state.now)
        state.keep(replace(order, last_error=failed))
        state.report_refusal(command, order, refusal)
        return
    state.book_of(order).cancel(order.order_id)
    cancelled = cancelled_by(order, command.request_id, state.now)
    state.keep(cancelled)
    state.report(cancelled)


def _uncancellable(state: ExchangeState, order: BrokerOrder) -> Refusal | None:
    if not order.is_open:
        return INVALID_TRANSITION
    if order.status is OrderStatus.IAV:
        return None
    exchange = state.securities[order.symbol].listing.exchange
    # VN-A3: in the break and in auctions the exchange cancels nothing.
    return None if state.phase_of(exchange) in CONTINUOUS else NO_CANCEL_IN_SESSION
