"""Trading days with their certainty, overrides by a person, settlement, and the feed that contradicts the table."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.calendar import (
    CalendarOverride,
    OverrideKind,
    TradingCalendar,
    closed_day,
    is_trading_day,
    next_trading_day,
    settlement_date,
    usable_from,
)
from market.checks import order_violations
from market.closed_days import NOTICED_DAYS, Certainty, closed_days, guessed_days
from market.feed_sessions import ContradictionKind, FeedSession, contradiction
from market.phases import phase_at, phases_of
from market.violations import RuleCode
from market.vocabulary import Exchange
from tests.market.market_of_cases import DAY, HNX, HOSE, UPCOM, at, order, security

NEXT_DAY = date(2026, 3, 12)
STORM = CalendarOverride(DAY, OverrideKind.CLOSED, "storm", "operator")
REOPENED = CalendarOverride(date(2026, 11, 24), OverrideKind.REOPENED, "no notice came", "operator")


def test_the_year_has_the_days_of_its_notices() -> None:
    assert len([row for row in NOTICED_DAYS if row.day.year == 2026]) == 14
    assert not is_trading_day(date(2026, 1, 2))
    assert not is_trading_day(date(2026, 8, 22))
    assert is_trading_day(date(2026, 2, 23))


def test_the_culture_day_is_expected_and_the_years_without_notices_are_guessed() -> None:
    culture_day = closed_day(date(2026, 11, 24))
    assert culture_day is not None
    assert culture_day.certainty is Certainty.EXPECTED
    assert {row.certainty for row in closed_days(2027).values()} == {Certainty.GUESSED}
    assert [row.day for row in guessed_days(2027)] == [
        date(2027, month, day)
        for month, day in (
            (1, 1), (2, 4), (2, 5), (2, 8), (2, 9), (2, 10), (4, 16), (4, 30), (5, 3), (9, 2), (9, 3), (11, 24),
        )
    ]  # fmt: skip


@pytest.mark.parametrize("year", range(2028, 2036))
def test_every_later_year_has_the_legal_holidays_with_their_source(year: int) -> None:
    days = closed_days(year)
    assert {date(year, 4, 30), date(year, 9, 2)} <= set(days) | {
        day for day in (date(year, 4, 30), date(year, 9, 2)) if day.weekday() >= 5
    }
    assert all(row.cited.sources and row.reason for row in days.values())


def test_an_override_closes_or_reopens_a_day_with_its_reason() -> None:
    calendar = TradingCalendar((STORM, REOPENED))
    closure = calendar.closure(DAY)
    assert closure is not None
    assert closure.reason == "storm"
    assert is_trading_day(date(2026, 11, 24), calendar)
    assert not is_trading_day(date(2026, 11, 24))
    assert calendar.closure(date(2026, 11, 24)) is None
    assert next_trading_day(date(2026, 3, 10), calendar) == NEXT_DAY
    assert settlement_date(date(2026, 3, 10), calendar) == date(2026, 3, 13)
    listed = security(HOSE)
    [denied] = order_violations(order(listed), listed, at("10:00"), calendar=calendar)
    assert (denied.code, denied.allowed) == (RuleCode.CLOSED_DAY, "2026-03-12")


def test_an_override_can_close_one_exchange_alone() -> None:
    calendar = TradingCalendar((CalendarOverride(DAY, OverrideKind.CLOSED, "outage", "operator", HOSE),))
    assert phases_of(HOSE, DAY, calendar=calendar) == ()
    assert phases_of(HNX, DAY, calendar=calendar) != ()
    assert phase_at(HOSE, at("10:00"), calendar=calendar).end == at("09:00", NEXT_DAY)
    assert usable_from(date(2026, 3, 9), calendar) == at("13:00")


def test_the_last_override_of_a_day_counts() -> None:
    undone = CalendarOverride(DAY, OverrideKind.REOPENED, "storm passed", "operator")
    assert TradingCalendar((STORM, undone)).is_trading_day(DAY)


@given(st.dates(date(2025, 1, 1), date(2035, 12, 1)))
def test_a_closed_day_has_a_reason_and_a_trading_day_has_none(day: date) -> None:
    closure = TradingCalendar().closure(day)
    assert (closure is None) is is_trading_day(day)
    assert closure is None or closure.reason


@pytest.mark.parametrize(
    ("exchange", "shown", "moment", "kind"),
    [
        (HOSE, FeedSession.LO, "10:00", None),
        (HOSE, FeedSession.ATO, "09:15:30", None),
        (HOSE, FeedSession.ATO, "09:17", ContradictionKind.OTHER_PHASE),
        (HOSE, FeedSession.HALT, "10:00", ContradictionKind.HALTED),
        (HNX, FeedSession.C, "10:00", ContradictionKind.CLOSED_ON_TRADING_DAY),
        (UPCOM, FeedSession.ATC, "14:35", ContradictionKind.OTHER_PHASE),
        (HOSE, FeedSession.PT, "14:50", None),
        (HNX, FeedSession.PT, "14:50", None),
    ],
)
def test_a_feed_that_differs_from_the_table_is_told_apart(
    exchange: Exchange, shown: FeedSession, moment: str, kind: ContradictionKind | None
) -> None:
    found = contradiction(exchange, shown, at(moment))
    assert (found and found.kind) == kind


def test_trading_on_a_closed_day_contradicts_the_calendar() -> None:
    now = at("10:00", date(2026, 11, 24))
    found = contradiction(HOSE, FeedSession.LO, now)
    assert found is not None
    assert found.kind is ContradictionKind.OPEN_ON_CLOSED_DAY
    assert contradiction(HOSE, FeedSession.LO, now, TradingCalendar((REOPENED,))) is None
