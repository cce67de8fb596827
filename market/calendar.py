"""Trading days of the three exchanges and the settlement dates counted on them (VN-A12, VN-A11)."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from market.closed_days import Certainty, ClosedDay, closed_days, is_weekend
from market.deviations import PhaseDeviation
from market.vocabulary import Exchange

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

SETTLEMENT_DAYS = 2
SETTLEMENT_TIME = time(13, 0)
"""Shares and cash of a trade can be used from 13:00 on T+2 (VN-A11)."""


class OverrideKind(StrEnum):
    CLOSED = "CLOSED"
    REOPENED = "REOPENED"


@dataclass(frozen=True, slots=True)
class CalendarOverride:
    """A person's word on one day, above the table; `exchange` None means all of them and the depository."""

    day: date
    kind: OverrideKind
    reason: str
    author: str
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True)
class Closure:
    """Why a day does not trade, and how sure that is."""

    day: date
    reason: str
    certainty: Certainty


@dataclass(frozen=True, eq=False)
class TradingCalendar:
    """The dated table with the overrides above it, and phases that run otherwise than their table says.

    Compared by identity, so that phases can be cached by it.
    """

    overrides: tuple[CalendarOverride, ...] = ()
    deviations: tuple[PhaseDeviation, ...] = ()
    tabled: "TradingCalendar" = field(init=False)
    """The same calendar without deviations."""
    _by_day: dict[tuple[date, Exchange | None], CalendarOverride] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tabled", TradingCalendar(self.overrides) if self.deviations else self)
        # The last override of a day counts.
        object.__setattr__(self, "_by_day", {(each.day, each.exchange): each for each in self.overrides})

    def is_trading_day(self, day: date, exchange: Exchange | None = None) -> bool:
        override = self._override(day, exchange)
        if override is not None:
            return override.kind is OverrideKind.REOPENED
        return not is_weekend(day) and day not in closed_days(day.year)

    def closure(self, day: date, exchange: Exchange | None = None) -> Closure | None:
        """Why `day` is closed; None on a trading day."""
        if self.is_trading_day(day, exchange):
            return None
        override = self._override(day, exchange)
        if override is not None:
            return Closure(day, override.reason, Certainty.ANNOUNCED)
        row = closed_days(day.year).get(day)
        if row is None:
            return Closure(day, "weekend", Certainty.ANNOUNCED)
        return Closure(day, row.reason, row.certainty)

    def deviations_on(self, day: date, exchange: Exchange) -> tuple[PhaseDeviation, ...]:
        return tuple(each for each in self.deviations if each.day == day and each.exchange is exchange)

    def deviation_at(self, exchange: Exchange, instant: datetime) -> PhaseDeviation | None:
        """What the phase at `instant` deviates by; None while it runs as the table says."""
        found = self.deviations_on(day_of(instant), exchange)
        return next((each for each in reversed(found) if each.since <= instant < each.until), None)

    def _override(self, day: date, exchange: Exchange | None) -> CalendarOverride | None:
        if not self._by_day:
            return None
        return self._by_day.get((day, exchange)) or self._by_day.get((day, None))


PUBLISHED = TradingCalendar()
"""The table alone, without overrides."""


def day_of(instant: datetime) -> date:
    """The exchanges' day of an instant."""
    return instant.astimezone(VIETNAM).date()


def is_trading_day(day: date, calendar: TradingCalendar = PUBLISHED, exchange: Exchange | None = None) -> bool:
    """A make-up working Saturday is never a trading day (VN-A1)."""
    return calendar.is_trading_day(day, exchange)


def next_trading_day(day: date, calendar: TradingCalendar = PUBLISHED, exchange: Exchange | None = None) -> date:
    """The first trading day after `day`."""
    following = day + timedelta(days=1)
    while not calendar.is_trading_day(following, exchange):
        following += timedelta(days=1)
    return following


def previous_trading_day(day: date, calendar: TradingCalendar = PUBLISHED, exchange: Exchange | None = None) -> date:
    """The last trading day before `day`."""
    preceding = day - timedelta(days=1)
    while not calendar.is_trading_day(preceding, exchange):
        preceding -= timedelta(days=1)
    return preceding


def settlement_date(trade_date: date, calendar: TradingCalendar = PUBLISHED) -> date:
    """T+2 counted in trading days; usable from `SETTLEMENT_TIME` on that day (VN-A11)."""
    day = trade_date
    for _ in range(SETTLEMENT_DAYS):
        day = next_trading_day(day, calendar)
    return day


def usable_from(trade_date: date, calendar: TradingCalendar = PUBLISHED) -> datetime:
    """When the shares bought, or the cash of a sale, of `trade_date` can be used (VN-A11)."""
    return datetime.combine(settlement_date(trade_date, calendar), SETTLEMENT_TIME, VIETNAM)


def closed_day(day: date) -> ClosedDay | None:
    """The table's row of `day`, with its source; None for trading days and weekends."""
    return closed_days(day.year).get(day)
