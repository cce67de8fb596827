"""The trading date that the broker's books, request ids and message numbers belong to at an instant."""

from datetime import date, datetime, time

from market.calendar import VIETNAM, is_trading_day, previous_trading_day

DAY_STARTS = time(6, 0)
"""Before the first phase and after every nightly job of a broker; when SSI itself rolls is not documented."""


def broker_day(instant: datetime) -> date:
    """The day runs from 06:00 of a trading date to 06:00 of the next one, over nights, weekends and holidays."""
    local = instant.astimezone(VIETNAM)
    today = local.date()
    if is_trading_day(today) and local.time() >= DAY_STARTS:
        return today
    return previous_trading_day(today)
