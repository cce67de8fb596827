"""Market time passes: auctions cross, held orders go out, unfilled ones die, trades settle, days roll."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from market.calendar import SETTLEMENT_TIME, VIETNAM, TradingCalendar, next_trading_day
from market.phases import AUCTIONS, CONTINUOUS, Phase, PhaseName, phase_at
from simulator.broker_order import BrokerOrder, OrderStatus
from simulator.ex_dates import go_ex, pay
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
        follow(state)
    state.now = max(state.now, instant)
    return finished


def turn(state: ExchangeState, security: Security, ended: PhaseName, begun: Phase) -> None:
    """What a change of phase does to a security that trades: its auction crosses, or post-close matching begins.

    A halt ends no auction; what waited through one meets at one price when continuous trading goes on.
    """
    if not security.is_tradable:
        return
    auction_over = ended in AUCTIONS and begun.name is not PhaseName.HALTED
    if auction_over or (ended is PhaseName.HALTED and begun.name in CONTINUOUS):
        cross_boards(state, security)
    if begun.name is PhaseName.PLO and state.now >= post_close_start(begun):
        close_after_hours(state, security)


def follow(state: ExchangeState) -> None:
    """What the turn of a phase brings for orders: some die, held ones go out; and what was put off until now."""
    for security in state.securities.values():
        _bury(state, security)
    _release_held(state)
    carry_out_due(state)


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
    """Let the phase that ends at this instant end, or post-close matching begin."""
    exchange, status = security.listing.exchange, security.day.status
    ended = phase_at(exchange, state.now - _MOMENT, status, state.calendar)
    begun = state.phase_of_security(security)
    if ended.end == state.now or (begun.name is PhaseName.PLO and state.now == post_close_start(begun)):
        turn(state, security, ended.name, begun)


def _bury(state: ExchangeState, security: Security) -> None:
    """Take out the orders whose life ends here (VN-A4)."""
    for book in security.books.values():
        for order_id in book.dead_at(state.now):
            book.remove(order_id)
            state.changes.quoted[security.symbol] = None
            end(state, order_id)


def _release_held(state: ExchangeState) -> None:
    for order in state.open_orders_by_arrival():
        if order.status is OrderStatus.IAV:
            release(state, order)


def _settle(state: ExchangeState) -> None:
    for account in state.accounts.values():
        settled = account.settle(state.now, state.calendar)
        if pay(account, state.trading_date) or settled:
            state.changes.accounts[account.number] = None


def _roll(state: ExchangeState) -> FinishedDay:
    finished = FinishedDay(
        state.trading_date,
        tuple(state.orders.values()),
        tuple(security.day for security in state.securities.values()),
    )
    state.trading_date = next_trading_day(state.trading_date, state.calendar)
    if state.calendar.deviations:
        state.calendar = TradingCalendar(state.calendar.overrides)
    state.counters.notify_id = state.counters.position = 0
    state.counters.notify_ids.clear()
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
    go_ex(state)
    return finished
