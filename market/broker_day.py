"""The trading date that the broker's books, request ids and message numbers belong to at an instant."""

from datetime import date, datetime, time, timedelta

from market.calendar import PUBLISHED, VIETNAM, TradingCalendar
from market.vocabulary import Exchange

DAY_STARTS = time(6, 0)
"""Before the first phase and after every nightly job of a broker; when SSI itself rolls is not documented."""


def broker_day(instant: datetime, calendar: TradingCalendar = PUBLISHED) -> date:
    """The day runs from 06:00 of a trading date to 06:00 of the next one, over nights, weekends and holidays.

    A day that a person has reopened counts; one that was closed late still does, since its numbers are in use.
    """
    local = instant.astimezone(VIETNAM)
    today = local.date()
    if local.time() >= DAY_STARTS and _has_books(today, calendar):
        return today
    day = today - timedelta(days=1)
    while not _has_books(day, calendar):
        day -= timedelta(days=1)
    return day


def _has_books(day: date, calendar: TradingCalendar) -> bool:
    return PUBLISHED.is_trading_day(day) or any(calendar.is_trading_day(day, exchange) for exchange in Exchange)
