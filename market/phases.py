"""The trading phases of each exchange through a day, as half-open intervals (VN-A1)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import lru_cache

from market.calendar import PUBLISHED, VIETNAM, TradingCalendar, day_of, next_trading_day, previous_trading_day
from market.deviations import Span, overlaid
from market.offering import AUCTIONS, CONTINUOUS, OFFERED, Offering
from market.order_types import types_taken
from market.sessions import sessions_of
from market.statuses import Trading, status_of_phases, trades_on, trading_of
from market.vocabulary import Exchange, OrderType, PhaseName, SecurityStatus

__all__ = [
    "AUCTIONS",
    "CONTINUOUS",
    "Phase",
    "PhaseName",
    "next_boundary",
    "next_date_to_send",
    "order_expiry",
    "phase_at",
    "phase_to_send_in",
    "phases_of",
    "previous_boundary",
]

NORMAL = SecurityStatus.NORMAL
_DAYS_AHEAD = 30
"""How far ahead a phase is looked for: longer than any closure with a week of Fridays behind it."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of one exchange; `start` belongs to it, `end` does not. Periodic auctions count `number` from 1."""

    exchange: Exchange
    name: PhaseName
    start: datetime
    end: datetime
    number: int = 0

    def takes(self, order_type: OrderType, offering: Offering = OFFERED) -> bool:
        """Whether the exchange takes `order_type` in this phase (VN-A2) and the product sends it there."""
        sent = order_type in offering.types and self.name in offering.phases
        return sent and order_type in types_taken(self.exchange, self.name)


def phases_of(
    exchange: Exchange,
    day: date,
    status: SecurityStatus = NORMAL,
    calendar: TradingCalendar = PUBLISHED,
) -> tuple[Phase, ...]:
    """The phases of a security of `status` in order, without the closed hours around them; empty on a closed day."""
    return _phases_of(exchange, day, status, calendar)


def phase_at(
    exchange: Exchange,
    instant: datetime,
    status: SecurityStatus = NORMAL,
    calendar: TradingCalendar = PUBLISHED,
) -> Phase:
    """The phase that holds `instant`; outside the day's phases a CLOSED one up to the next opening.

    A security that is halted has no phases of its own: the exchange's are told.
    """
    told = status_of_phases(exchange, status)
    local = instant.astimezone(VIETNAM)
    today = phases_of(exchange, local.date(), told, calendar)
    for phase in today:
        if phase.start <= local < phase.end:
            return phase
    ended = [phase.end for phase in today if phase.end <= local]
    ahead = [phase.start for phase in today if local < phase.start]
    start = ended[-1] if ended else _at(local.date(), time(0))
    end = ahead[0] if ahead else _next_opening(exchange, local.date(), told, calendar)
    return Phase(exchange, PhaseName.CLOSED, start, end)


def next_boundary(
    exchange: Exchange,
    instant: datetime,
    status: SecurityStatus = NORMAL,
    calendar: TradingCalendar = PUBLISHED,
) -> datetime:
    """The first instant after `instant` at which the phase of `exchange` changes."""
    return phase_at(exchange, instant, status, calendar).end


def previous_boundary(
    exchange: Exchange,
    instant: datetime,
    status: SecurityStatus = NORMAL,
    calendar: TradingCalendar = PUBLISHED,
) -> datetime:
    """The last instant, not after `instant`, at which the phase of `exchange` changed."""
    phase = phase_at(exchange, instant, status, calendar)
    if phase.name is not PhaseName.CLOSED:
        return phase.start
    told, day = status_of_phases(exchange, status), day_of(instant)
    phases = [each for each in phases_of(exchange, day, told, calendar) if each.end <= instant]
    while not phases:
        day = previous_trading_day(day, calendar, exchange)
        phases = list(phases_of(exchange, day, told, calendar))
    return phases[-1].end


def phase_to_send_in(
    exchange: Exchange,
    order_type: OrderType,
    instant: datetime,
    status: SecurityStatus = NORMAL,
    calendar: TradingCalendar = PUBLISHED,
    offering: Offering = OFFERED,
) -> Phase | None:
    """The running or next phase of the same day that takes `order_type`; None when no later phase today does.

    While the exchange is halted, or else deviates, it starts at the earliest when that is known to end.
    """
    local = instant.astimezone(VIETNAM)
    for phase in phases_of(exchange, local.date(), status, calendar):
        if local < phase.end and phase.takes(order_type, offering):
            return phase
    deviation = calendar.deviation_at(exchange, local)
    if deviation is None:
        return None
    # Nobody knows how long it lasts: what the table's phase would take waits and is checked again then (LC-80).
    tabled = phase_to_send_in(exchange, order_type, instant, status, calendar.tabled, offering)
    return None if tabled is None else replace(tabled, start=deviation.until, end=max(tabled.end, deviation.until))


def next_date_to_send(
    exchange: Exchange,
    order_type: OrderType,
    instant: datetime,
    status: SecurityStatus = NORMAL,
    calendar: TradingCalendar = PUBLISHED,
    offering: Offering = OFFERED,
) -> date | None:
    """The next trading date with a phase for `order_type`; None when no phase of any day takes it."""
    day = day_of(instant)
    for _ in range(_DAYS_AHEAD):
        day = next_trading_day(day, calendar, exchange)
        if any(phase.takes(order_type, offering) for phase in phases_of(exchange, day, status, calendar)):
            return day
    return None


def order_expiry(exchange: Exchange, trading_date: date, calendar: TradingCalendar = PUBLISHED) -> datetime:
    """When an unfilled LO dies: end of the closing auction, on UPCOM the end of the day (VN-A4).

    Never before the table's time, but later when a phase that takes it goes on longer.
    """
    takes = [row for row in sessions_of(exchange, restricted=False) if OrderType.LO in types_taken(exchange, row.phase)]
    deviations = calendar.deviations_on(trading_date, exchange)
    stretched = (each.until for each in deviations if OrderType.LO in types_taken(exchange, each.phase))
    return max((_at(trading_date, takes[-1].end), *stretched))


def _next_opening(exchange: Exchange, day: date, status: SecurityStatus, calendar: TradingCalendar) -> datetime:
    while True:
        day = next_trading_day(day, calendar, exchange)
        phases = phases_of(exchange, day, status, calendar)
        if phases:
            return phases[0].start


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, VIETNAM)


# Every check asks for the phases of its day; without a cache that is most of its time.
@lru_cache(maxsize=1024)
def _phases_of(exchange: Exchange, day: date, status: SecurityStatus, calendar: TradingCalendar) -> tuple[Phase, ...]:
    if not calendar.is_trading_day(day, exchange) or not trades_on(exchange, status, day):
        return ()
    periodic = trading_of(exchange, status) is Trading.PERIODIC_AUCTIONS
    table, auctions = [], 0
    for row in sessions_of(exchange, restricted=periodic):
        auctions += row.phase is PhaseName.PERIODIC_AUCTION
        number = auctions if row.phase is PhaseName.PERIODIC_AUCTION else 0
        table.append(Span(row.phase, _at(day, row.start), _at(day, row.end), number))
    spans = overlaid(table, calendar.deviations_on(day, exchange), periodic=periodic)
    return tuple(Phase(exchange, span.phase, span.start, span.end, span.number) for span in spans)
