"""Market time passes: phases open and close, parked orders go out, unfilled ones expire, trades settle, days roll."""

from dataclasses import dataclass
from datetime import date, datetime, time

from market.calendar import VIETNAM, next_trading_day
from market.phases import next_boundary, order_expiry, phase_at
from market.vocabulary import Exchange
from simulator.broker_order import BrokerOrder, OrderStatus, expired
from simulator.matching import send
from simulator.security import DaySummary, Security, new_day
from simulator.state import ExchangeState


@dataclass(frozen=True, slots=True)
class FinishedDay:
    """What a trading day leaves behind: every client order in its last state, and each security's prices."""

    trading_date: date
    orders: tuple[BrokerOrder, ...]
    summaries: tuple[DaySummary, ...]


def advance(state: ExchangeState, instant: datetime) -> list[FinishedDay]:
    """Let the market run to `instant`, through every boundary on the way; the days that ended on it."""
    finished: list[FinishedDay] = []
    while (event := _next_event(state)) <= instant:
        state.now = event
        if event == _next_day_start(state):
            finished.append(_roll(state))
        _settle(state)
        _enter_phases(state)
    state.now = max(state.now, instant)
    return finished


def _next_event(state: ExchangeState) -> datetime:
    return min(_next_day_start(state), *(next_boundary(exchange, state.now) for exchange in Exchange))


def _next_day_start(state: ExchangeState) -> datetime:
    return datetime.combine(next_trading_day(state.trading_date), time(0), VIETNAM)


def _enter_phases(state: ExchangeState) -> None:
    for security in state.securities.values():
        if state.now >= order_expiry(security.listing.exchange, state.trading_date):
            _close(security)
    for order in sorted(state.orders.values(), key=lambda order: order.sequence):
        if not order.is_open:
            continue
        exchange = state.securities[order.symbol].listing.exchange
        if state.now >= order_expiry(exchange, state.trading_date):
            dead = expired(order, state.now)
            state.keep(dead)
            state.report(dead)
        elif order.status is OrderStatus.IAV and phase_at(exchange, state.now).takes(order.order_type):
            send(state, order)


def _close(security: Security) -> None:
    for book in security.books.values():
        for order_id in book.order_ids():
            book.cancel(order_id)


def _settle(state: ExchangeState) -> None:
    for account in state.accounts.values():
        if account.settle(state.now):
            state.changes.accounts[account.number] = None


def _roll(state: ExchangeState) -> FinishedDay:
    finished = FinishedDay(
        state.trading_date,
        tuple(state.orders.values()),
        tuple(security.day for security in state.securities.values()),
    )
    state.trading_date = next_trading_day(state.trading_date)
    state.counters.notify_id = 0
    state.orders.clear()
    state.participant_orders.clear()
    for account in state.accounts.values():
        account.start_day()
        state.changes.accounts[account.number] = None
    for security in state.securities.values():
        security.day = new_day(security.listing, state.trading_date, security.day.close)
        state.changes.securities[security.symbol] = None
    return finished
