"""Trading days of the three exchanges and the settlement dates counted on them (VN-A12, VN-A11)."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

SETTLEMENT_DAYS = 2
SETTLEMENT_TIME = time(13, 0)
"""Shares and cash of a trade can be used from 13:00 on T+2 (VN-A11)."""


def _days(year: int, *month_days: tuple[int, int]) -> frozenset[date]:
    return frozenset(date(year, month, day) for month, day in month_days)


# VN-A12: exchange notices for 2025 and 2026. 2026-01-02 was closed by a later notice (VN-C8);
# 2026-11-24 (Vietnam Culture Day) is expected: a legal holiday without an exchange notice so far.
CLOSED_DAYS: frozenset[date] = (
    _days(2025, (1, 1), (1, 27), (1, 28), (1, 29), (1, 30), (1, 31), (4, 7), (4, 30), (5, 1), (5, 2))
    | _days(2025, (9, 1), (9, 2))
    | _days(2026, (1, 1), (1, 2), (2, 16), (2, 17), (2, 18), (2, 19), (2, 20), (4, 27), (4, 30), (5, 1))
    | _days(2026, (8, 31), (9, 1), (9, 2), (11, 24))
    # 2027 has no notice yet: statutory holidays and the Tet block, to be replaced by the notices.
    | _days(2027, (1, 1), (2, 4), (2, 5), (2, 8), (2, 9), (2, 10), (4, 16), (4, 30), (5, 3))
    | _days(2027, (9, 2), (9, 3), (11, 24))
)


def is_trading_day(day: date) -> bool:
    """A make-up working Saturday is never a trading day (VN-A1)."""
    return day.weekday() < 5 and day not in CLOSED_DAYS  # noqa: PLR2004 - Monday to Friday


def next_trading_day(day: date) -> date:
    """The first trading day after `day`."""
    following = day + timedelta(days=1)
    while not is_trading_day(following):
        following += timedelta(days=1)
    return following


def previous_trading_day(day: date) -> date:
    """The last trading day before `day`."""
    preceding = day - timedelta(days=1)
    while not is_trading_day(preceding):
        preceding -= timedelta(days=1)
    return preceding


def settlement_date(trade_date: date) -> date:
    """T+2 counted in trading days; usable from `SETTLEMENT_TIME` on that day (VN-A11)."""
    day = trade_date
    for _ in range(SETTLEMENT_DAYS):
        day = next_trading_day(day)
    return day
