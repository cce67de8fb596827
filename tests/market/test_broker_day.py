"""Which trading date a broker's request ids and message numbers belong to."""

from datetime import date, datetime

import pytest

from market.broker_day import broker_day
from market.calendar import VIETNAM, CalendarOverride, OverrideKind, TradingCalendar

FRIDAY, MONDAY, EXPECTED_CLOSED = date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 24)


def at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (at(FRIDAY, 5), date(2026, 11, 19)),
        (at(FRIDAY, 6), FRIDAY),
        (at(date(2026, 11, 22), 12), FRIDAY),
        (at(MONDAY, 5), FRIDAY),
        (at(MONDAY, 6), MONDAY),
        (at(EXPECTED_CLOSED, 12), MONDAY),
    ],
)
def test_the_day_runs_over_nights_weekends_and_closed_days(instant: datetime, day: date) -> None:
    assert broker_day(instant) == day


def override(day: date, kind: OverrideKind) -> TradingCalendar:
    return TradingCalendar((CalendarOverride(day, kind, "a notice", "operator"),))


def test_a_day_that_was_expected_closed_and_is_reopened_is_a_day_of_its_own() -> None:
    reopened = override(EXPECTED_CLOSED, OverrideKind.REOPENED)
    assert broker_day(at(EXPECTED_CLOSED, 9), reopened) == EXPECTED_CLOSED
    assert broker_day(at(date(2026, 11, 25), 5), reopened) == EXPECTED_CLOSED


def test_a_day_that_is_closed_while_it_runs_keeps_its_numbers() -> None:
    assert broker_day(at(MONDAY, 10), override(MONDAY, OverrideKind.CLOSED)) == MONDAY
