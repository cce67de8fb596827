"""Cancels and amendments of a client's order: what the exchange's rules allow, and what becomes of its place."""

from dataclasses import replace

from market.amendments import Amendment, amend_violations, cancel_violations, keeps_priority
from market.vocabulary import Side, Whereabouts
from simulator.broker_order import (
    BrokerOrder,
    FailedRequest,
    OrderStatus,
    cancelled_by,
    cash_hold,
    share_hold,
)
from simulator.commands import CancelOrder, ModifyOrder
from simulator.fault_kinds import FaultKind
from simulator.holding import terms_of
from simulator.matching import enter
from simulator.refusals import (
    INVALID_TRANSITION,
    NO_CANCEL_IN_SESSION,
    NOT_ENOUGH_CASH,
    NOT_ENOUGH_SHARES,
    UNKNOWN_ORDER,
    Refusal,
    refusal_for,
)
from simulator.state import ExchangeState
from simulator.switches import AmendQuantity


def cancel(state: ExchangeState, command: CancelOrder) -> None:
    order = _find(state, command)
    if order is None:
        return
    _show_pending(state, order, OrderStatus.WC)
    refusal = _uncancellable(state, order)
    if refusal is None and state.draw(FaultKind.CANCEL_REFUSED, order, command.name) is not None:
        refusal = NO_CANCEL_IN_SESSION
    if refusal is not None:
        _refuse(state, command, order, refusal)
        return
    state.book_of(order).remove(order.order_id)
    cancelled = cancelled_by(order, command.request_id, state.stamp)
    state.keep(cancelled)
    state.report(cancelled)
    late = state.draw(FaultKind.LATE_FILL_AFTER_CANCEL, cancelled, command.name)
    if late is not None:
        state.defer(late, cancelled, order.price or state.securities[order.symbol].day.close, cancelled.cancelled)


def modify(state: ExchangeState, command: ModifyOrder) -> None:
    order = _find(state, command)
    if order is None:
        return
    _show_pending(state, order, OrderStatus.WM)
    counts_open = state.switches.amend_quantity is AmendQuantity.OPEN
    quantity = command.quantity + order.filled if counts_open else command.quantity
    amendment = Amendment(
        price=command.price if command.price not in {0, order.price} else None,
        quantity=quantity if quantity != order.quantity else None,
    )
    amended = _amended(state, order, amendment, command.request_id)
    refusal = _unamendable(state, order, amendment) or _short_of_funds(state, order, amended)
    if refusal is not None:
        _refuse(state, command, order, refusal)
        return
    if state.draw(FaultKind.ORDER_ID_CHANGED_ON_AMEND, order, command.name) is not None:
        order = state.rename(order)
        amended = replace(amended, order_id=order.order_id, previous_order_id=order.previous_order_id)
    _carry_out(state, order, amended, keeps=keeps_priority(terms_of(order, state.securities[order.symbol]), amendment))


def _find(state: ExchangeState, command: CancelOrder | ModifyOrder) -> BrokerOrder | None:
    """The living order meant; None when there is none, which the client has then been told."""
    order = state.orders.get(command.order_id)
    if order is None or order.account != command.account:
        state.report_refusal(command, None, UNKNOWN_ORDER)
        return None
    if not order.is_open:
        _refuse(state, command, order, INVALID_TRANSITION)
        return None
    return order


def _uncancellable(state: ExchangeState, order: BrokerOrder) -> Refusal | None:
    security = state.securities[order.symbol]
    terms, instrument = terms_of(order, security), security.instrument
    broken = cancel_violations(terms, instrument, state.now, _whereabouts(order), state.calendar)
    return refusal_for(broken[0]) if broken else None


def _unamendable(state: ExchangeState, order: BrokerOrder, amendment: Amendment) -> Refusal | None:
    security = state.securities[order.symbol]
    broken = amend_violations(
        terms_of(order, security),
        amendment,
        security.instrument,
        state.now,
        filled=order.filled,
        whereabouts=_whereabouts(order),
        calendar=state.calendar,
    )
    return refusal_for(broken[0]) if broken else None


def _short_of_funds(state: ExchangeState, order: BrokerOrder, amended: BrokerOrder) -> Refusal | None:
    """More than before needs more cash or shares."""
    account = state.accounts[order.account]
    if order.side is Side.BUY:
        more = cash_hold(amended, account.fees) - cash_hold(order, account.fees)
        return NOT_ENOUGH_CASH if more > max(0, account.purchasing_power) else None
    more = share_hold(amended) - share_hold(order)
    return NOT_ENOUGH_SHARES if more > max(0, account.position(order.symbol).sellable) else None


def _amended(state: ExchangeState, order: BrokerOrder, amendment: Amendment, request_id: str) -> BrokerOrder:
    return replace(
        order,
        price=order.price if amendment.price is None else amendment.price,
        quantity=order.quantity if amendment.quantity is None else amendment.quantity,
        reserve_price=order.reserve_price if amendment.price is None else amendment.price,
        unique_id=request_id,
        modified_at=state.stamp,
    )


def _carry_out(state: ExchangeState, order: BrokerOrder, amended: BrokerOrder, *, keeps: bool) -> None:
    """SSI shows the amended order as ready to be sent (RS), then as it stands again; a lost place is taken anew."""
    if order.status is OrderStatus.IAV:
        state.keep(amended)
        state.report(amended)
        return
    if not keeps:
        amended = replace(amended, sequence=state.next_sequence())
    for status in (OrderStatus.RS, order.resting_status):
        amended = replace(amended, status=status)
        state.keep(amended)
        state.report(amended)
    book = state.book_of(order)
    if not keeps:
        book.remove(order.order_id)
        enter(state, amended)
        return
    resting = book.get(order.order_id)
    if resting is not None:
        resting.leaves = amended.leaves


def _show_pending(state: ExchangeState, order: BrokerOrder, status: OrderStatus) -> None:
    """Tell that a change is asked for, if SSI does so; a held order is changed at once."""
    if state.switches.pending_statuses and order.status is not OrderStatus.IAV:
        state.report(replace(order, status=status, modified_at=state.stamp))


def _refuse(state: ExchangeState, command: CancelOrder | ModifyOrder, order: BrokerOrder, refusal: Refusal) -> None:
    """The order stays as it was and remembers the request that failed."""
    failed = FailedRequest(
        command.request_id,
        refusal.code,
        refusal.reason,
        state.stamp,
        order.price,
        order.quantity,
        order.filled,
        order.cancelled,
        order.filled_value,
    )
    remembered = replace(order, last_error=failed)
    state.keep(remembered)
    state.report_refusal(command, order, refusal)
    if state.switches.pending_statuses and order.is_resting:
        state.report(remembered)


def _whereabouts(order: BrokerOrder) -> Whereabouts:
    return Whereabouts.AT_BROKER if order.status is OrderStatus.IAV else Whereabouts.AT_EXCHANGE
