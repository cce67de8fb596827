"""Orders reach their exchange: a phase collects or matches them, auctions cross, a restart restores the books."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from market.calendar import VIETNAM, day_of
from market.phases import CONTINUOUS, Phase, PhaseName
from market.sending import lives_until
from market.sessions import PLO_MATCHING_STARTS
from simulator.book import Book, Resting
from simulator.broker_order import BrokerOrder, OrderStatus
from simulator.commands import ParticipantOrder
from simulator.executions import book_trades, leave_rest
from simulator.security import Board, Security, board_for
from simulator.state import ExchangeState
from simulator.venue import enter_continuous, hold_auction, match_after_close


def send(state: ExchangeState, order: BrokerOrder) -> None:
    """Pass a client's order on to its exchange (RS, SD, QU); the exchange must take it at this instant."""
    phase = state.phase_of_security(state.securities[order.symbol])
    order = replace(
        order,
        sequence=state.next_sequence(),
        sent_at=state.now,
        lives_until=lives_until(order.order_type, phase, state.now, state.calendar),
    )
    for status in (OrderStatus.RS, OrderStatus.SD, OrderStatus.QU):
        order = replace(order, status=status, modified_at=state.stamp)
        state.keep(order)
        state.report(order)
    enter(state, order)


def enter(state: ExchangeState, order: BrokerOrder) -> None:
    """Let a client's order meet the others of its board, or wait for them."""
    trade(state, state.securities[order.symbol], board_for(order.quantity), resting(order))


def send_participant_order(state: ExchangeState, order: ParticipantOrder) -> None:
    """Match another participant's order; its rest stays in the book and is kept."""
    security = state.securities[order.symbol]
    order.lives_until = lives_until(order.order_type, state.phase_of_security(security), state.now, state.calendar)
    state.participant_orders[order.order_id] = order
    state.changes.participant_orders[order.order_id] = None
    trade(state, security, board_for(order.quantity), resting(order))


def trade(state: ExchangeState, security: Security, board: Board, order: Resting) -> None:
    """Bring an order to its board: matched at once in continuous trading, else collected."""
    phase, book = state.phase_of_security(security), security.books[board]
    if phase.name in CONTINUOUS:
        matched = enter_continuous(book, order, security.grid)
        book_trades(state, security, board, matched.trades)
        leave_rest(state, order.order_id, matched)
        return
    book.add(order)
    if phase.name is PhaseName.PLO and state.now >= post_close_start(phase):
        close_after_hours(state, security)


def cross_boards(state: ExchangeState, security: Security) -> None:
    """Hold the auction of both boards; the last price is the last matched one, or the reference (VN-C3)."""
    last_price = security.day.close
    for board, book in security.books.items():
        crossed = hold_auction(book, last_price, security.grid)
        book_trades(state, security, board, crossed.trades)


def close_after_hours(state: ExchangeState, security: Security) -> None:
    """Match what has been collected since the close, at the closing price."""
    trades = match_after_close(security.books[Board.ROUND], security.day.close)
    book_trades(state, security, Board.ROUND, trades)


def post_close_start(phase: Phase) -> datetime:
    """When a PLO phase begins to match (VN-D3)."""
    return datetime.combine(day_of(phase.start), PLO_MATCHING_STARTS, VIETNAM)


def restore_books(state: ExchangeState, automatic: Iterable[tuple[Book, Resting]] = ()) -> None:
    """Put the stored resting orders back, in their order of arrival, without matching them again."""
    clients = [order for order in state.orders.values() if order.is_resting]
    participants = [order for order in state.participant_orders.values() if order.leaves]
    stored: list[BrokerOrder | ParticipantOrder] = [*clients, *participants]
    waiting = [*((state.book_of(order), resting(order)) for order in stored), *automatic]
    for book, order in sorted(waiting, key=lambda each: each[1].arrival):
        book.add(order)


def resting(order: BrokerOrder | ParticipantOrder) -> Resting:
    """The order as its book keeps it."""
    return Resting(
        order.order_id,
        order.side,
        order.order_type,
        order.price or None,
        order.leaves,
        order.sequence,
        order.lives_until,
    )
