"""Market time passes: auctions cross, held orders go out, unfilled ones die, trades settle, days roll."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from market.calendar import SETTLEMENT_TIME, VIETNAM, next_trading_day
from market.phases import AUCTIONS, PhaseName, phase_at
from simulator.broker_order import BrokerOrder, OrderStatus
from simulator.executions import end
from simulator.holding import release
from simulator.matching import close_after_hours, cross_boards, post_close_start
from simulator.security import DaySummary, Security, next_day
from simulator.state import ExchangeState
from simulator.surprises import carry_out_due

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class FinishedDay:
    """What a trading day leaves behind: every client order in its last state, and each security's prices."""

    trading_date: date
    orders: tuple[BrokerOrder, ...]
    summaries: tuple[DaySummary, ...]


def advance(state: ExchangeState, instant: datetime) -> list[FinishedDay]:
    """Let the market run to `instant`, through every event on the way; the days that ended on it."""
    finished: list[FinishedDay] = []
    while (event := _next_event(state)) <= instant:
        state.now = max(state.now, event)
        if event == _next_day_start(state):
            finished.append(_roll(state))
        _settle(state)
        for security in state.securities.values():
            _end_phase(state, security)
            _bury(state, security)
        _release_held(state)
        carry_out_due(state)
    state.now = max(state.now, instant)
    return finished


def _next_event(state: ExchangeState) -> datetime:
    """The next instant at which something happens by itself; phases differ by exchange and status."""
    kinds = {(security.listing.exchange, security.day.status) for security in state.securities.values()}
    phases = [phase_at(exchange, state.now, status, state.calendar) for exchange, status in kinds]
    moments = [phase.end for phase in phases]
    moments += [post_close_start(phase) for phase in phases if phase.name is PhaseName.PLO]
    moments.append(datetime.combine(state.trading_date, SETTLEMENT_TIME, VIETNAM))
    ahead = [moment for moment in moments if moment > state.now]
    return min(_next_day_start(state), *ahead, *(each.at for each in state.deferred))


def _next_day_start(state: ExchangeState) -> datetime:
    return datetime.combine(next_trading_day(state.trading_date, state.calendar), time(0), VIETNAM)


def _end_phase(state: ExchangeState, security: Security) -> None:
    """Cross the auction that ends at this instant, or begin post-close matching; not while the security is halted."""
    if not security.is_tradable:
        return
    exchange, status = security.listing.exchange, security.day.status
    ended = phase_at(exchange, state.now - _MOMENT, status, state.calendar)
    if ended.end == state.now and ended.name in AUCTIONS:
        cross_boards(state, security)
    phase = state.phase_of_security(security)
    if phase.name is PhaseName.PLO and state.now == post_close_start(phase):
        close_after_hours(state, security)


def _bury(state: ExchangeState, security: Security) -> None:
    """Take out the orders whose life ends here (VN-A4)."""
    for book in security.books.values():
        for order_id in book.dead_at(state.now):
            book.remove(order_id)
            end(state, order_id)


def _release_held(state: ExchangeState) -> None:
    for order in state.open_orders_by_arrival():
        if order.status is OrderStatus.IAV:
            release(state, order)


def _settle(state: ExchangeState) -> None:
    for account in state.accounts.values():
        if account.settle(state.now, state.calendar):
            state.changes.accounts[account.number] = None


def _roll(state: ExchangeState) -> FinishedDay:
    finished = FinishedDay(
        state.trading_date,
        tuple(state.orders.values()),
        tuple(security.day for security in state.securities.values()),
    )
    state.trading_date = next_trading_day(state.trading_date, state.calendar)
    state.counters.notify_id = 0
    state.orders.clear()
    state.open_orders.clear()
    state.deferred.clear()
    state.hidden.clear()
    state.participant_orders.clear()
    state.minute_bars.clear()
    for account in state.accounts.values():
        account.start_day()
        state.changes.accounts[account.number] = None
    for security in state.securities.values():
        security.day = next_day(security.listing, state.trading_date, security.day)
        state.changes.securities[security.symbol] = None
    return finished
