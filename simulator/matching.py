"""Orders meet in the books: client orders are sent on, everybody's executions are booked and reported."""

from dataclasses import replace

from simulator.book import Execution, Resting
from simulator.broker_order import RESTING_STATUSES, BrokerOrder, OrderStatus, filled_by
from simulator.commands import ParticipantOrder
from simulator.security import Board, Security, board_for
from simulator.state import ExchangeState


def send(state: ExchangeState, order: BrokerOrder) -> None:
    """Pass a client's order on to its exchange (RS, SD, QU) and match it."""
    for status in (OrderStatus.RS, OrderStatus.SD, OrderStatus.QU):
        order = replace(order, status=status, modified_at=state.now)
        state.keep(order)
        state.report(order)
    _match(state, order, order.leaves)


def send_participant_order(state: ExchangeState, order: ParticipantOrder) -> None:
    """Match another participant's order; its rest stays in the book and is kept."""
    state.participant_orders[order.order_id] = order
    state.changes.participant_orders[order.order_id] = None
    _match(state, order, order.leaves)


def trade(state: ExchangeState, security: Security, board: Board, order: Resting) -> None:
    """Match an order of the automatic participants: nobody keeps its record, only the trades it makes."""
    for execution in security.books[board].submit(order):
        _book(state, security, board, execution)


def restore_books(state: ExchangeState) -> None:
    """Put the stored resting orders back, in their order of arrival, without matching them again."""
    clients = [order for order in state.orders.values() if order.status in RESTING_STATUSES]
    participants = [order for order in state.participant_orders.values() if order.leaves]
    resting: list[BrokerOrder | ParticipantOrder] = [*clients, *participants]
    for order in sorted(resting, key=lambda order: order.sequence):
        state.book_of(order).submit(Resting(order.order_id, order.side, order.price, order.leaves))


def _match(state: ExchangeState, order: BrokerOrder | ParticipantOrder, leaves: int) -> None:
    security, board = state.securities[order.symbol], board_for(order.quantity)
    trade(state, security, board, Resting(order.order_id, order.side, order.price, leaves))


def _book(state: ExchangeState, security: Security, board: Board, execution: Execution) -> None:
    security.record(board, execution.price, execution.quantity)
    state.changes.securities[security.symbol] = None
    for order_id in (execution.incoming_id, execution.resting_id):
        _fill(state, order_id, execution)


def _fill(state: ExchangeState, order_id: str, execution: Execution) -> None:
    participant = state.participant_orders.get(order_id)
    if participant is not None:
        participant.leaves -= execution.quantity
        state.changes.participant_orders[order_id] = None
        return
    order = state.orders.get(order_id)
    if order is None:
        return
    filled = filled_by(order, execution.price, execution.quantity, state.now)
    state.keep(filled)
    state.report_match(filled, execution.price, execution.quantity)
    state.report(filled)
