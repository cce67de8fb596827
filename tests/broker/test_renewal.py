"""When tokens are renewed, and until when a person has to act; times in Vietnam."""

from datetime import date, datetime

import pytest

from broker.fastconnect.renewal import needed_by, renewal_due
from market.calendar import VIETNAM, CalendarOverride, OverrideKind, TradingCalendar
from market.vocabulary import Exchange


def at(text: str) -> float:
    """`Monday 08:30` and the like of the week from 23 November 2026."""
    day, _, hour = text.partition(" ")
    number = 23 + ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday").index(day)
    return datetime.strptime(f"2026-11-{number} {hour}", "%Y-%m-%d %H:%M").replace(tzinfo=VIETNAM).timestamp()


@pytest.mark.parametrize(
    ("taken", "expires", "due"),
    [
        pytest.param("Monday 09:30", "Monday 17:30", "Monday 17:20", id="ten minutes before the end"),
        pytest.param("Monday 05:00", "Monday 13:00", "Monday 08:30", id="before the day it would die in"),
        pytest.param("Monday 01:00", "Monday 09:00", "Monday 08:30", id="dying at the opening"),
        pytest.param("Monday 00:20", "Monday 08:20", "Monday 08:10", id="dying before the morning's renewal"),
        pytest.param("Monday 07:00", "Monday 15:00", "Monday 08:30", id="dying at the close"),
        pytest.param("Monday 08:00", "Monday 16:00", "Monday 15:50", id="outliving the session"),
        pytest.param("Monday 08:45", "Monday 11:45", "Monday 11:35", id="short and taken after the morning"),
        pytest.param("Sunday 22:00", "Sunday 23:00", "Sunday 22:50", id="at night"),
    ],
)
def test_a_token_is_renewed_before_nine_and_before_it_ends(taken: str, expires: str, due: str) -> None:
    assert renewal_due(at(taken), at(expires)) == at(due)


def test_a_person_has_until_any_exchange_trades_and_the_last_one_closes() -> None:
    closed = TradingCalendar((CalendarOverride(date(2026, 11, 23), OverrideKind.CLOSED, "", "", Exchange.HOSE),))
    assert needed_by(at("Monday 06:00"), closed).timestamp() == at("Monday 09:00")
    assert needed_by(at("Monday 14:59"), closed).timestamp() == at("Monday 14:59")
    assert needed_by(at("Monday 15:00"), closed).timestamp() == at("Wednesday 09:00")


@pytest.mark.parametrize(
    ("instant", "needed"),
    [
        ("Monday 06:00", "Monday 09:00"),
        ("Monday 10:15", "Monday 10:15"),
        ("Wednesday 15:00", "Thursday 09:00"),
        pytest.param("Monday 15:00", "Wednesday 09:00", id="Tuesday 24 November is a holiday"),
        ("Friday 20:00", None),
        ("Saturday 10:00", None),
    ],
)
def test_a_person_has_until_an_order_may_have_to_leave(instant: str, needed: str | None) -> None:
    next_monday = datetime(2026, 11, 30, 9, tzinfo=VIETNAM).timestamp()
    assert needed_by(at(instant)).timestamp() == (at(needed) if needed else next_monday)
