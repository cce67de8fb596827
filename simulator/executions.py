"""What a trade, and the part of an order that did not trade, means to those who placed the orders."""

from collections.abc import Iterable

from market.matching import Matched, Trade
from market.vocabulary import OrderType
from simulator.broker_order import BrokerOrder, OrderStatus, became_limit, ended_by_exchange, filled_by, killed
from simulator.deferred import Deferred
from simulator.fault_kinds import FaultKind
from simulator.security import Board, Security
from simulator.state import ExchangeState

OVERFILL_SHARES = 100


def book_trades(state: ExchangeState, security: Security, board: Board, trades: Iterable[Trade]) -> None:
    """Carry trades into the day's figures and to both sides; nobody keeps the automatic participants' side."""
    for trade in trades:
        state.record_trade(security, board, trade.price, trade.quantity)
        for order_id in (trade.buy_id, trade.sell_id):
            _fill(state, order_id, trade)


def leave_rest(state: ExchangeState, order_id: str, matched: Matched) -> None:
    """What continuous trading left of an arriving order: gone, or waiting as a limit order."""
    participant = state.participant_orders.get(order_id)
    if participant is not None:
        participant.leaves = matched.resting
        if matched.resting_price is not None:
            participant.order_type, participant.price = OrderType.LO, matched.resting_price
        return
    order = state.orders.get(order_id)
    if order is None:
        return
    if matched.cancelled:
        _tell(state, killed(order, state.stamp))
    elif matched.resting_price is not None and order.order_type is not OrderType.LO:
        _tell(state, became_limit(order, matched.resting_price, state.stamp))


def end(state: ExchangeState, order_id: str) -> None:
    """The life of a resting order is over: its exchange has taken it out of the book."""
    participant = state.participant_orders.get(order_id)
    if participant is not None:
        participant.leaves = 0
        state.changes.participant_orders[order_id] = None
        return
    order = state.orders.get(order_id)
    if order is None or not order.is_open:
        return
    ended = ended_by_exchange(order, state.stamp)
    _tell(state, ended)
    late = state.draw(FaultKind.FILL_AFTER_EXPIRY, ended) if ended.status is OrderStatus.EX else None
    if late is not None:
        state.defer(late, ended, ended.price or state.securities[ended.symbol].day.close, ended.cancelled)


def _fill(state: ExchangeState, order_id: str, trade: Trade) -> None:
    participant = state.participant_orders.get(order_id)
    if participant is not None:
        participant.leaves -= trade.quantity
        state.changes.participant_orders[order_id] = None
        return
    order = state.orders.get(order_id)
    if order is None:
        return
    filled = filled_by(order, trade.price, trade.quantity, state.stamp)
    state.keep(filled)
    state.report_fill(filled, trade.price, trade.quantity)
    _doubt(state, filled, trade)


def _doubt(state: ExchangeState, order: BrokerOrder, trade: Trade) -> None:
    """What may go wrong with an execution that has been told."""
    for kind in (FaultKind.BUST, FaultKind.CORRECTION):
        fault = state.draw(kind, order)
        if fault is not None:
            state.defer(fault, order, trade.price, trade.quantity)
    beyond = state.draw(FaultKind.OVERFILL, order) if order.status is OrderStatus.FF else None
    if beyond is not None:
        state.deferred.append(
            Deferred(state.now, beyond.kind, order.order_id, trade.price, beyond.value or OVERFILL_SHARES)
        )


def _tell(state: ExchangeState, order: BrokerOrder) -> None:
    state.keep(order)
    state.report(order)
