"""Where the market's clock starts and restarts, so that a session is open whatever the hour on the wall."""

from datetime import date, datetime, time, timedelta

from market.calendar import (
    PUBLISHED,
    VIETNAM,
    TradingCalendar,
    day_of,
    is_trading_day,
    next_trading_day,
    previous_trading_day,
)
from market.clock import MarketClock
from market.phases import CONTINUOUS, phase_at, phases_of
from market.vocabulary import Exchange

FIRST_TIME = time(10, 0)
FIRST_LASTS = timedelta(minutes=30)
MORNING_TIME = time(9, 20)
MAXIMUM_RATE = 600
LONGEST_JUMP = timedelta(days=731)
"""Each day on the way is lived through: a longer jump would keep everybody waiting."""


def at_time(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, VIETNAM)


def is_open_everywhere(instant: datetime, calendar: TradingCalendar = PUBLISHED) -> bool:
    """Whether all three exchanges trade continuously."""
    return all(phase_at(exchange, instant, calendar=calendar).name in CONTINUOUS for exchange in Exchange)


def first_instant(wall: datetime) -> datetime:
    """Market time of a new simulation: the wall's if the real session is open, else 10:00 of the latest trading day.

    A session that ends within half an hour counts as closed: who starts minutes before the break wants a fill too.
    """
    if is_open_everywhere(wall) and is_open_everywhere(wall + FIRST_LASTS):
        return wall
    return at_time(trading_date_at(wall), FIRST_TIME)


def trading_date_at(instant: datetime) -> date:
    """The latest trading day that has begun at `instant`."""
    today = day_of(instant)
    return today if is_trading_day(today) else previous_trading_day(today)


def read_start(text: str) -> datetime:
    """An instant at which a market can begin, Vietnam's time unless it names a zone; ValueError tells why not."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no instant; write it as 2026-11-25T10:00:00") from None
    instant = given if given.tzinfo else given.replace(tzinfo=VIETNAM)
    if not is_trading_day(day_of(instant)):
        raise ValueError(f"{day_of(instant)} is not a trading day; choose one")
    return instant.astimezone(VIETNAM)


def next_session(instant: datetime, calendar: TradingCalendar = PUBLISHED) -> datetime:
    """`instant` while its day has a phase to come on any exchange, else 09:20 of the next trading day."""
    today = day_of(instant)
    ends = [phase.end for exchange in Exchange for phase in phases_of(exchange, today, calendar=calendar)]
    if any(instant < end for end in ends):
        return instant
    return at_time(next_trading_day(today, calendar), MORNING_TIME)


def started(instant: datetime, wall: datetime, rate: int, version: int) -> MarketClock:
    return MarketClock(anchor_wall=wall, anchor_market=instant, rate=rate, version=version)


def reset(clock: MarketClock, wall: datetime, *, now: datetime | None = None, rate: int | None = None) -> MarketClock:
    """The clock set to another market time, another rate or both; its version tells followers that it was set."""
    return MarketClock(
        anchor_wall=wall,
        anchor_market=clock.at(wall) if now is None else now,
        rate=clock.rate if rate is None else rate,
        version=clock.version + 1,
    )
