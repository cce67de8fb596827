"""The trading phases of each exchange through a day, as half-open intervals (VN-A1)."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from itertools import pairwise

from market.calendar import VIETNAM, is_trading_day, next_trading_day
from market.vocabulary import Exchange, OrderType


class PhaseName(StrEnum):
    CLOSED = "CLOSED"
    OPEN_AUCTION = "OPEN_AUCTION"
    CONT_AM = "CONT_AM"
    BREAK = "BREAK"
    CONT_PM = "CONT_PM"
    CLOSE_AUCTION = "CLOSE_AUCTION"
    PLO = "PLO"


CONTINUOUS = frozenset({PhaseName.CONT_AM, PhaseName.CONT_PM})

# VN-A1: when each phase of a trading day starts; the last row is the end of order matching.
_STARTS: dict[Exchange, tuple[tuple[time, PhaseName], ...]] = {
    Exchange.HOSE: (
        (time(9, 0), PhaseName.OPEN_AUCTION),
        (time(9, 15), PhaseName.CONT_AM),
        (time(11, 30), PhaseName.BREAK),
        (time(13, 0), PhaseName.CONT_PM),
        (time(14, 30), PhaseName.CLOSE_AUCTION),
        (time(14, 45), PhaseName.CLOSED),
    ),
    Exchange.HNX: (
        (time(9, 0), PhaseName.CONT_AM),
        (time(11, 30), PhaseName.BREAK),
        (time(13, 0), PhaseName.CONT_PM),
        (time(14, 30), PhaseName.CLOSE_AUCTION),
        (time(14, 45), PhaseName.PLO),
        (time(15, 0), PhaseName.CLOSED),
    ),
    Exchange.UPCOM: (
        (time(9, 0), PhaseName.CONT_AM),
        (time(11, 30), PhaseName.BREAK),
        (time(13, 0), PhaseName.CONT_PM),
        (time(15, 0), PhaseName.CLOSED),
    ),
}

_EXPIRY: dict[Exchange, time] = {
    Exchange.HOSE: time(14, 45),
    Exchange.HNX: time(14, 45),
    Exchange.UPCOM: time(15, 0),
}


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of one exchange; `start` belongs to it, `end` does not."""

    exchange: Exchange
    name: PhaseName
    start: datetime
    end: datetime

    def takes(self, order_type: OrderType) -> bool:
        """Whether this slice of the rules sends `order_type` in this phase: LO in continuous trading (VN-A2)."""
        return order_type is OrderType.LO and self.name in CONTINUOUS


def phases_of(exchange: Exchange, day: date) -> tuple[Phase, ...]:
    """The phases of a trading day in order, without the closed hours around them; empty on a closed day."""
    if not is_trading_day(day):
        return ()
    starts = [(datetime.combine(day, start, VIETNAM), name) for start, name in _STARTS[exchange]]
    return tuple(Phase(exchange, name, start, end) for (start, name), (end, _) in pairwise(starts))


def phase_at(exchange: Exchange, instant: datetime) -> Phase:
    """The phase that holds `instant`; outside the day's phases a CLOSED one up to the next opening."""
    local = instant.astimezone(VIETNAM)
    today = phases_of(exchange, local.date())
    for phase in today:
        if phase.start <= local < phase.end:
            return phase
    if today and local < today[0].start:
        return Phase(exchange, PhaseName.CLOSED, _midnight(local.date()), today[0].start)
    start = today[-1].end if today else _midnight(local.date())
    opening = phases_of(exchange, next_trading_day(local.date()))[0].start
    return Phase(exchange, PhaseName.CLOSED, start, opening)


def next_boundary(exchange: Exchange, instant: datetime) -> datetime:
    """The first instant after `instant` at which the phase of `exchange` changes."""
    return phase_at(exchange, instant).end


def phase_to_send_in(exchange: Exchange, order_type: OrderType, instant: datetime) -> Phase | None:
    """The running or next phase of the same day that takes `order_type`; None when no later phase today does."""
    local = instant.astimezone(VIETNAM)
    for phase in phases_of(exchange, local.date()):
        if local < phase.end and phase.takes(order_type):
            return phase
    return None


def next_date_to_send(exchange: Exchange, order_type: OrderType, instant: datetime) -> date | None:
    """The next trading date with a phase for `order_type`; None when no phase of any day takes it."""
    day = next_trading_day(instant.astimezone(VIETNAM).date())
    takes = any(phase.takes(order_type) for phase in phases_of(exchange, day))
    return day if takes else None


def order_expiry(exchange: Exchange, trading_date: date) -> datetime:
    """When an unfilled LO dies: end of the closing auction, on UPCOM the end of the day (VN-A4)."""
    return datetime.combine(trading_date, _EXPIRY[exchange], VIETNAM)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), VIETNAM)
