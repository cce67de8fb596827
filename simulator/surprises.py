"""Executions outside the book: late ones, ones too many, ones taken back or corrected, and orders no client sent."""

from dataclasses import replace

from market.ticks import next_tick_down, next_tick_up
from simulator.broker_order import BrokerOrder, OrderStatus, restated
from simulator.deferred import Deferred
from simulator.fault_kinds import FaultKind
from simulator.state import ExchangeState


def carry_out_due(state: ExchangeState) -> None:
    """Let happen what was put off until now; an order of a day that has ended is left alone."""
    due = [each for each in state.deferred if each.at <= state.now]
    state.deferred = [each for each in state.deferred if each.at > state.now]
    for each in due:
        if each.order_id in state.orders:
            _carry_out(state, each)


def late_fill(state: ExchangeState, order: BrokerOrder, price: int, quantity: int) -> BrokerOrder:
    """`quantity` shares of a finished order trade after all, even beyond what was ordered (VND, shares)."""
    filled = order.filled + quantity
    told = replace(
        order,
        filled=filled,
        filled_value=order.filled_value + price * quantity,
        executions=restated(order.executions, price, quantity),
        cancelled=max(0, order.quantity - filled),
        status=_status_of_finished(order, filled),
        reject_code="",
        reject_reason="0",
        modified_at=state.stamp,
    )
    state.keep(told)
    state.report_fill(told, price, quantity)
    return told


def bust(state: ExchangeState, order: BrokerOrder, price: int, quantity: int) -> BrokerOrder:
    """Take an execution back. SSI has no message for it: the order's cumulative figures go down, the rest is gone."""
    filled = order.filled - quantity
    busted = replace(
        order,
        filled=filled,
        filled_value=order.filled_value - price * quantity if filled else 0,
        executions=restated(order.executions, price, -quantity),
        cancelled=order.cancelled + quantity if order.is_open else max(0, order.quantity - filled),
        modified_at=state.stamp,
    )
    status = busted.resting_status if order.is_open else _status_of_finished(order, filled)
    return _tell(state, replace(busted, status=status))


def correct(state: ExchangeState, order: BrokerOrder, price: int, corrected: int, quantity: int) -> BrokerOrder:
    """`quantity` shares traded at `corrected` and not at `price` (VND): only the average price shows it."""
    value = order.filled_value + (corrected - price) * quantity
    executions = restated(restated(order.executions, price, -quantity), corrected, quantity)
    return _tell(state, replace(order, filled_value=value, executions=executions, modified_at=state.stamp))


def _carry_out(state: ExchangeState, each: Deferred) -> None:
    order = state.orders[each.order_id]
    match each.kind:
        case FaultKind.BUST:
            bust(state, order, each.price, min(each.quantity, order.filled))
        case FaultKind.CORRECTION:
            corrected = _a_tick_away(state, order, each.price)
            correct(state, order, each.price, corrected, min(each.quantity, order.filled))
        case _:
            late_fill(state, order, each.price, each.quantity)


def _a_tick_away(state: ExchangeState, order: BrokerOrder, price: int) -> int:
    """The next price down, or up from the floor."""
    security = state.securities[order.symbol]
    listing = security.listing
    step = next_tick_down if price > security.day.floor else next_tick_up
    return step(listing.exchange, listing.kind, price)


def _status_of_finished(order: BrokerOrder, filled: int) -> OrderStatus:
    if filled >= order.quantity:
        return OrderStatus.FF
    if order.status is OrderStatus.EX:
        return OrderStatus.EX
    return OrderStatus.FFPC if filled else OrderStatus.CL


def _tell(state: ExchangeState, order: BrokerOrder) -> BrokerOrder:
    state.keep(order)
    state.report(order)
    return order
