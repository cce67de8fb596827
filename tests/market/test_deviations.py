"""Phases that run otherwise than the table says, and what of the feed makes them so (VN-C1, LC-80)."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.calendar import PUBLISHED, VIETNAM, CalendarOverride, OverrideKind, TradingCalendar
from market.deviations import PhaseDeviation
from market.feed_phases import LEAD, SHORTEST, phase_deviation, words_count_from
from market.feed_sessions import FeedSession
from market.permissions import change_permission
from market.phases import next_boundary, order_expiry, phase_at, phase_to_send_in, phases_of
from market.vocabulary import Exchange, OrderType, PhaseName, SecurityStatus, Whereabouts

HOSE, HNX = Exchange.HOSE, Exchange.HNX
MONDAY = date(2026, 11, 23)
EXTRA_HOLIDAY = CalendarOverride(MONDAY, OverrideKind.CLOSED, "storm", "operator")


def at(moment: str, day: date = MONDAY) -> datetime:
    return datetime.fromisoformat(f"{day}T{moment}").replace(tzinfo=VIETNAM)


def deviating(phase: PhaseName, since: str, until: str, exchange: Exchange = HOSE) -> TradingCalendar:
    return TradingCalendar((), (PhaseDeviation(exchange, MONDAY, phase, at(since), at(until)),))


def with_(calendar: TradingCalendar, deviation: PhaseDeviation) -> TradingCalendar:
    others = tuple(each for each in calendar.deviations if each.since != deviation.since)
    return TradingCalendar(calendar.overrides, (*others, deviation))


STRETCHED = deviating(PhaseName.OPEN_AUCTION, "09:15", "09:20")
HALTED = deviating(PhaseName.HALTED, "10:00", "10:30")


def test_a_stretched_auction_is_one_phase_and_the_next_begins_after_it() -> None:
    auction, continuous, *_ = phases_of(HOSE, MONDAY, calendar=STRETCHED)
    assert (auction.name, auction.start, auction.end) == (PhaseName.OPEN_AUCTION, at("09:00"), at("09:20"))
    assert (continuous.name, continuous.start, continuous.end) == (PhaseName.CONT_AM, at("09:20"), at("11:30"))


def test_lc80_an_order_for_the_next_phase_waits_until_the_stretched_one_has_ended() -> None:
    waits = phase_to_send_in(HOSE, OrderType.MTL, at("09:17"), calendar=STRETCHED)
    assert waits is not None
    assert waits.start == at("09:20")
    still_taken = phase_to_send_in(HOSE, OrderType.ATO, at("09:17"), calendar=STRETCHED)
    assert still_taken is not None
    assert still_taken.end == at("09:20")


def test_lc80_a_halt_takes_nothing_and_the_phase_goes_on_after_it() -> None:
    assert [each.name for each in phases_of(HOSE, MONDAY, calendar=HALTED)][1:4] == [
        PhaseName.CONT_AM,
        PhaseName.HALTED,
        PhaseName.CONT_AM,
    ]
    waits = phase_to_send_in(HOSE, OrderType.LO, at("10:10"), calendar=HALTED)
    assert waits is not None
    assert waits.start == at("10:30")


def test_a_resting_order_cannot_be_changed_during_a_halt_and_is_told_when_it_can() -> None:
    permission = change_permission(Whereabouts.AT_EXCHANGE, OrderType.LO, HOSE, at("10:10"), calendar=HALTED)
    assert (permission.allowed, permission.next_allowed) == (False, at("10:30"))


def test_other_exchanges_and_other_days_are_not_touched() -> None:
    assert phases_of(HNX, MONDAY, calendar=HALTED) == phases_of(HNX, MONDAY)
    friday = MONDAY - timedelta(days=3)
    assert phases_of(HOSE, friday, calendar=HALTED) == phases_of(HOSE, friday)


def test_a_closing_auction_that_goes_on_keeps_its_orders_alive() -> None:
    longer = deviating(PhaseName.CLOSE_AUCTION, "14:45", "14:52")
    assert order_expiry(HOSE, MONDAY, longer) == at("14:52")
    assert order_expiry(HOSE, MONDAY, HALTED) == at("14:45")
    continuous = deviating(PhaseName.CONT_PM, "14:20", "14:50", HNX)
    assert order_expiry(HNX, MONDAY, continuous) == at("14:50")
    assert order_expiry(HNX, MONDAY, deviating(PhaseName.CONT_AM, "11:30", "11:40", HNX)) == at("14:45")
    assert phase_at(HOSE, at("14:50"), calendar=longer).name is PhaseName.CLOSE_AUCTION


def test_restricted_stocks_are_halted_too_but_never_in_continuous_trading() -> None:
    restricted = SecurityStatus.RESTRICTED
    assert phase_at(HOSE, at("10:10"), restricted, HALTED).name is PhaseName.HALTED
    longer = deviating(PhaseName.CONT_PM, "14:30", "14:35")
    assert phases_of(HOSE, MONDAY, restricted, longer) == phases_of(HOSE, MONDAY, restricted)


def test_a_phase_that_is_still_shown_at_its_end_is_prolonged_and_ends_when_the_next_is_shown() -> None:
    assert phase_deviation(HOSE, FeedSession.ATO, at("09:14"), PUBLISHED) is None
    goes_on = phase_deviation(HOSE, FeedSession.ATO, at("09:15") - LEAD, PUBLISHED)
    assert goes_on == PhaseDeviation(HOSE, MONDAY, PhaseName.OPEN_AUCTION, at("09:15"), at("09:15") + SHORTEST)
    calendar = with_(PUBLISHED, goes_on)
    ended = phase_deviation(HOSE, FeedSession.LO, at("09:15:01"), calendar)
    assert ended == PhaseDeviation(HOSE, MONDAY, PhaseName.OPEN_AUCTION, at("09:15"), at("09:15:01"))
    opened = with_(calendar, ended)
    assert phase_at(HOSE, at("09:15:01"), calendar=opened).name is PhaseName.CONT_AM
    assert phase_deviation(HOSE, FeedSession.LO, at("09:15:02"), opened) is None


def test_a_phase_that_goes_on_and_on_is_prolonged_by_more_each_time() -> None:
    calendar, now, boundaries = PUBLISHED, at("09:15") - LEAD, []
    for _ in range(6):
        longer = phase_deviation(HOSE, FeedSession.ATO, now, calendar)
        assert longer is not None
        calendar = with_(calendar, longer)
        boundaries.append((longer.until - at("09:15")).total_seconds())
        now = longer.until - LEAD
    assert boundaries == [10, 20, 40, 80, 140, 200]


def test_a_phase_ends_by_the_clock_when_the_feed_shows_what_comes_next() -> None:
    just_before = at("09:15") - LEAD
    assert phase_deviation(HOSE, FeedSession.LO, just_before, PUBLISHED) is None
    # PT stands for HNX's post-close and for what follows it.
    assert phase_deviation(HNX, FeedSession.PT, at("14:59:59"), PUBLISHED) is None


def test_a_halt_counts_at_once_goes_on_while_it_is_shown_and_ends_when_trading_is() -> None:
    halt = phase_deviation(HOSE, FeedSession.HALT, at("10:00"), PUBLISHED)
    assert halt == PhaseDeviation(HOSE, MONDAY, PhaseName.HALTED, at("10:00"), at("10:00") + SHORTEST)
    calendar = with_(PUBLISHED, halt)
    assert phase_deviation(HOSE, FeedSession.HALT, at("10:00:05"), calendar) is None
    longer = phase_deviation(HOSE, FeedSession.HALT, at("10:00:08"), calendar)
    assert longer == PhaseDeviation(HOSE, MONDAY, PhaseName.HALTED, at("10:00"), at("10:00:20"))
    over = phase_deviation(HOSE, FeedSession.LO, at("10:00:15"), with_(calendar, longer))
    assert over == PhaseDeviation(HOSE, MONDAY, PhaseName.HALTED, at("10:00"), at("10:00:15"))
    again = with_(calendar, over)
    assert phase_at(HOSE, at("10:00:15"), calendar=again).name is PhaseName.CONT_AM


def test_when_the_feed_is_lost_the_clock_counts_again_soon() -> None:
    for shown, moment in ((FeedSession.HALT, "09:20"), (FeedSession.ATO, "09:16:30"), (FeedSession.C, "10:00")):
        lost = phase_deviation(HOSE, shown, at(moment), PUBLISHED)
        assert lost is not None
        assert lost.until == at(moment) + SHORTEST


def test_lc80_what_a_halted_phase_would_take_waits_though_the_halt_may_outlast_it() -> None:
    halt = phase_deviation(HOSE, FeedSession.HALT, at("14:29:55"), PUBLISHED)
    assert halt is not None
    waits = phase_to_send_in(HOSE, OrderType.MTL, at("14:29:56"), calendar=with_(PUBLISHED, halt))
    assert waits is not None
    assert waits.start == halt.until
    assert phase_to_send_in(HOSE, OrderType.MTL, at("14:30:01"), calendar=with_(PUBLISHED, halt)) is None


def test_a_halt_that_outlasts_its_phase_goes_on_and_the_break_ends_it() -> None:
    calendar = with_(PUBLISHED, PhaseDeviation(HOSE, MONDAY, PhaseName.HALTED, at("11:20"), at("11:30")))
    longer = phase_deviation(HOSE, FeedSession.HALT, at("11:29:58"), calendar)
    assert longer == PhaseDeviation(HOSE, MONDAY, PhaseName.HALTED, at("11:20"), at("11:31"))
    over = phase_deviation(HOSE, FeedSession.BREAK, at("11:30:20"), with_(calendar, longer))
    assert over is not None
    assert over.until == at("11:30:20")


def test_a_phase_that_begins_early_counts_after_a_minute_of_grace() -> None:
    assert phase_deviation(HOSE, FeedSession.ATC, at("14:29:30"), PUBLISHED) is None
    early = phase_deviation(HOSE, FeedSession.ATC, at("14:20"), PUBLISHED)
    assert early == PhaseDeviation(HOSE, MONDAY, PhaseName.CLOSE_AUCTION, at("14:20"), at("14:20") + SHORTEST)
    shown_on = PhaseDeviation(HOSE, MONDAY, PhaseName.CLOSE_AUCTION, at("14:20"), at("14:30:40"))
    auction = phase_at(HOSE, at("14:25"), calendar=with_(PUBLISHED, shown_on))
    assert (auction.name, auction.start, auction.end) == (PhaseName.CLOSE_AUCTION, at("14:20"), at("14:45"))


def test_the_phase_before_that_is_shown_just_after_its_end_goes_on_at_once() -> None:
    """As after a feed that was lost around the boundary, and at an opening that is late."""
    late = phase_deviation(HOSE, FeedSession.ATO, at("09:15:08"), PUBLISHED)
    assert late == PhaseDeviation(HOSE, MONDAY, PhaseName.OPEN_AUCTION, at("09:15"), at("09:15:18"))
    opening = phase_deviation(HOSE, FeedSession.C, at("09:00:02"), PUBLISHED)
    assert opening == PhaseDeviation(HOSE, MONDAY, PhaseName.CLOSED, at("09:00"), at("09:00:12"))
    calendar = with_(PUBLISHED, opening)
    waits = phase_to_send_in(HOSE, OrderType.ATO, at("09:00:05"), calendar=calendar)
    assert waits is not None
    assert waits.start == at("09:00:12")


def test_a_closing_auction_that_is_shown_after_the_day_goes_on_but_not_long_after() -> None:
    closing = phase_deviation(HOSE, FeedSession.ATC, at("14:45:05"), PUBLISHED)
    assert closing == PhaseDeviation(HOSE, MONDAY, PhaseName.CLOSE_AUCTION, at("14:45"), at("14:45:15"))
    assert phase_deviation(HOSE, FeedSession.ATC, at("14:47"), PUBLISHED) is None
    assert phase_deviation(HOSE, FeedSession.PT, at("14:45:05"), PUBLISHED) is None
    assert phase_deviation(HNX, FeedSession.PT, at("15:00:05"), PUBLISHED) is None


def test_words_of_before_a_boundary_say_nothing_of_the_phase_after_it() -> None:
    calendar = deviating(PhaseName.OPEN_AUCTION, "09:15", "09:20")
    assert words_count_from(HOSE, at("09:17"), calendar) == at("09:15")
    assert words_count_from(HOSE, at("11:29:59"), PUBLISHED) == at("09:15")
    assert words_count_from(HOSE, at("11:30"), PUBLISHED) == at("11:30")


def test_a_trading_day_that_the_feed_shows_closed_sends_nothing_until_it_opens() -> None:
    closed = phase_deviation(HOSE, FeedSession.C, at("10:00"), PUBLISHED)
    assert closed is not None
    calendar = with_(PUBLISHED, closed)
    assert phase_at(HOSE, at("10:00:05"), calendar=calendar).name is PhaseName.CLOSED
    longer = phase_deviation(HOSE, FeedSession.C, at("10:00:08"), calendar)
    assert longer is not None
    assert longer.until == at("10:00:20")


@pytest.mark.parametrize("moment", ["08:30", "16:00"])
@pytest.mark.parametrize("shown", [FeedSession.LO, FeedSession.ATO, FeedSession.HALT])
def test_a_feed_never_opens_closed_hours(moment: str, shown: FeedSession) -> None:
    assert phase_deviation(HOSE, shown, at(moment), PUBLISHED) is None


def test_a_feed_never_opens_a_closed_day() -> None:
    assert phase_deviation(HOSE, FeedSession.LO, at("10:00"), TradingCalendar((EXTRA_HOLIDAY,))) is None


def test_a_session_that_an_exchange_does_not_have_changes_nothing() -> None:
    assert phase_deviation(HNX, FeedSession.ATO, at("10:00"), PUBLISHED) is None


MINUTES = st.integers(0, 24 * 60 - 1)


@given(
    st.sampled_from(Exchange),
    st.lists(st.tuples(st.sampled_from(PhaseName), MINUTES, st.integers(1, 90)), max_size=4),
    MINUTES,
    st.sampled_from((SecurityStatus.NORMAL, SecurityStatus.RESTRICTED)),
)
def test_whatever_deviates_every_instant_lies_in_one_phase_that_ends_later(
    exchange: Exchange, drawn: list[tuple[PhaseName, int, int]], minute: int, status: SecurityStatus
) -> None:
    start = at("00:00")
    deviations = tuple(
        PhaseDeviation(exchange, MONDAY, name, start + timedelta(minutes=m), start + timedelta(minutes=m + length))
        for name, m, length in drawn
    )
    calendar, now = TradingCalendar((), deviations), start + timedelta(minutes=minute)
    phase = phase_at(exchange, now, status, calendar)
    assert phase.start <= now < phase.end
    assert next_boundary(exchange, now, status, calendar) > now
    phases = phases_of(exchange, MONDAY, status, calendar)
    assert all(first.end <= second.start for first, second in pairwise(phases))


@given(st.sampled_from(Exchange), st.sampled_from(FeedSession), MINUTES)
def test_what_is_laid_over_the_phases_shows_what_the_feed_shows(
    exchange: Exchange, shown: FeedSession, minute: int
) -> None:
    now = at("00:00") + timedelta(minutes=minute)
    found = phase_deviation(exchange, shown, now, PUBLISHED)
    if found is not None:
        calendar = with_(PUBLISHED, found)
        moment = max(now, found.since)
        assert phase_at(exchange, moment, calendar=calendar).name is found.phase
