"""What is new of securities, last prices with their time, and sessions that several symbols must show."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from broker.market_data import ForeignRoom, SessionShown, Snapshot
from broker.market_picture import FRESH, LONGEST_AHEAD, LastPrice, MarketPicture, News
from market.bands import Band
from market.feed_sessions import FeedSession
from market.shown import SecurityShown
from market.vocabulary import Exchange, SecurityStatus

TODAY = date(2026, 11, 23)
OPENED = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 3, 15, tzinfo=UTC)
LATEST = NOW + timedelta(days=7)
"""Later than all that is told here."""

STREAMED = Band(98_500, 105_300, 91_700)
SNAPSHOT = Snapshot(
    symbol="FPT",
    exchange=Exchange.HOSE,
    at=NOW,
    band=STREAMED,
    last=98_700,
    last_quantity=300,
    open=None,
    high=None,
    low=None,
    volume=0,
    value=0,
    bids=(),
    asks=(),
    session=FeedSession.LO,
    status=SecurityStatus.NORMAL,
)


def shown(
    symbol: str, session: FeedSession | None, at: datetime = NOW, status: SecurityStatus | None = SecurityStatus.NORMAL
) -> SessionShown:
    return SessionShown(symbol, Exchange.HOSE, at, session, status)


def picture(*messages: Snapshot | SessionShown) -> MarketPicture:
    made = MarketPicture()
    for message in messages:
        made.apply(message, LATEST)
    return made


def test_what_a_snapshot_tells_of_its_security_is_news_once() -> None:
    known = picture(replace(SNAPSHOT, volume=300))
    told = SecurityShown("FPT", TODAY, STREAMED, SecurityStatus.NORMAL, None, traded=True)
    assert known.news() == News((told,), {"FPT": LastPrice(98_700, NOW)})
    known.apply(replace(SNAPSHOT, at=NOW + timedelta(seconds=1), last=None), LATEST)
    assert known.news() == News((), {})
    assert known.securities() == (told,)


def test_only_what_changes_is_news_and_what_is_not_told_stays() -> None:
    known = picture(SNAPSHOT)
    known.news()
    known.apply(ForeignRoom("FPT", NOW, 1_000_000, 250_000, 0, 0), LATEST)
    known.apply(shown("FPT", FeedSession.LO, status=SecurityStatus.HALTED), LATEST)
    known.apply(replace(SNAPSHOT, band=None, status=None, last=None, volume=100), LATEST)
    (news,) = known.news().securities
    assert news == SecurityShown("FPT", TODAY, STREAMED, SecurityStatus.HALTED, 250_000, traded=True)


def test_another_day_begins_with_nothing_and_an_older_one_is_over() -> None:
    known = picture(replace(SNAPSHOT, volume=100), replace(SNAPSHOT, at=NOW + timedelta(days=1), band=None))
    (today,) = known.securities()
    assert (today.trading_date, today.band, today.traded) == (TODAY + timedelta(days=1), None, None)
    known.apply(SNAPSHOT, LATEST)
    assert known.securities() == (today,)


def test_a_last_price_has_its_time_and_an_older_one_changes_nothing() -> None:
    later = NOW + timedelta(seconds=5)
    known = picture(SNAPSHOT, replace(SNAPSHOT, at=later, last=98_800), SNAPSHOT)
    known.apply(replace(SNAPSHOT, at=later + timedelta(seconds=1), last=None), LATEST)
    assert known.last_price("FPT") == LastPrice(98_800, later)
    assert known.last_price("SSI") is None


def test_one_or_two_symbols_do_not_speak_for_their_exchange() -> None:
    known = picture(shown("A", FeedSession.ATC), shown("B", FeedSession.ATC))
    assert known.session(Exchange.HOSE, NOW, OPENED) is None
    known.apply(shown("C", FeedSession.ATC), LATEST)
    assert known.session(Exchange.HOSE, NOW, OPENED) is FeedSession.ATC
    assert known.session(Exchange.HNX, NOW, OPENED) is None


def test_a_halted_security_does_not_halt_its_exchange() -> None:
    running = [shown(symbol, FeedSession.LO) for symbol in "ABC"]
    assert picture(*running, shown("X", FeedSession.HALT)).session(Exchange.HOSE, NOW, OPENED) is FeedSession.LO
    suspended = [shown(symbol, FeedSession.HALT, status=SecurityStatus.SUSPENDED) for symbol in "VWXYZ"]
    assert picture(*running, *suspended).session(Exchange.HOSE, NOW, OPENED) is FeedSession.LO


def test_a_halt_of_the_exchange_takes_most_of_all_its_symbols_however_it_is_told() -> None:
    quiet = [shown(symbol, FeedSession.LO, NOW - 2 * FRESH) for symbol in "ABCD"]
    halted = [shown(symbol, FeedSession.LO, status=SecurityStatus.HALTED) for symbol in "WXY"]
    known = picture(*quiet, *halted)
    assert known.session(Exchange.HOSE, NOW, OPENED) is None
    for symbol in "AB":
        known.apply(shown(symbol, FeedSession.HALT), LATEST)
    assert known.session(Exchange.HOSE, NOW, OPENED) is FeedSession.HALT


def test_words_of_before_the_boundary_do_not_count_after_it() -> None:
    known = picture(*(shown(symbol, FeedSession.ATO, NOW - timedelta(seconds=2)) for symbol in "ABCDE"))
    assert known.session(Exchange.HOSE, NOW, NOW) is None
    for symbol in "ABC":
        known.apply(shown(symbol, FeedSession.LO), LATEST)
    assert known.session(Exchange.HOSE, NOW, NOW) is FeedSession.LO


def test_a_clock_that_is_set_back_is_followed_once_the_picture_is_begun_anew() -> None:
    known = picture(*(shown(symbol, FeedSession.ATC, NOW + timedelta(hours=3)) for symbol in "ABC"))
    known.forget()
    for symbol in "ABC":
        known.apply(shown(symbol, FeedSession.LO), LATEST)
    assert known.session(Exchange.HOSE, NOW, OPENED) is FeedSession.LO


def test_an_older_message_changes_nothing_of_its_security() -> None:
    known = picture(SNAPSHOT, shown("FPT", FeedSession.LO, NOW, SecurityStatus.HALTED))
    known.apply(replace(SNAPSHOT, at=NOW - timedelta(minutes=1), band=Band(1_000, 1_100, 900)), LATEST)
    (security,) = known.securities()
    assert (security.band, security.status) == (STREAMED, SecurityStatus.HALTED)


def test_what_has_traded_stays_traded_and_a_missing_volume_is_no_word_on_it() -> None:
    known = picture(replace(SNAPSHOT, volume=0, last=98_700))
    assert known.securities()[0].traded is None
    known.apply(replace(SNAPSHOT, volume=100), LATEST)
    known.apply(replace(SNAPSHOT, volume=0, last=None), LATEST)
    assert known.securities()[0].traded is True


def test_while_symbols_contradict_each_other_the_session_is_open() -> None:
    morning = [shown(symbol, FeedSession.LO) for symbol in "ABC"]
    auction = [shown(symbol, FeedSession.ATC) for symbol in "DEF"]
    known = picture(*morning, *auction)
    assert known.session(Exchange.HOSE, NOW, OPENED) is None
    known.apply(shown("A", FeedSession.ATC), LATEST)
    assert known.session(Exchange.HOSE, NOW, OPENED) is FeedSession.ATC


@pytest.mark.parametrize(("age", "session"), [(FRESH, FeedSession.LO), (FRESH + timedelta(seconds=1), None)])
def test_only_fresh_words_count(age: timedelta, session: FeedSession | None) -> None:
    old = [shown(symbol, FeedSession.LO, NOW - age) for symbol in "ABC"]
    assert picture(*old).session(Exchange.HOSE, NOW, OPENED) is session


def test_an_unknown_session_and_an_older_word_say_nothing() -> None:
    known = picture(*(shown(symbol, FeedSession.ATC) for symbol in "ABC"))
    for symbol in "ABC":
        known.apply(shown(symbol, None, NOW + timedelta(seconds=9)), LATEST)
        known.apply(shown(symbol, FeedSession.LO, NOW - timedelta(seconds=9)), LATEST)
    assert known.session(Exchange.HOSE, NOW, OPENED) is FeedSession.ATC


def test_snapshots_tell_the_session_too() -> None:
    known = picture(*(replace(SNAPSHOT, symbol=symbol) for symbol in "ABC"))
    assert known.session(Exchange.HOSE, NOW, OPENED) is FeedSession.LO


@pytest.mark.parametrize("at", [datetime(2099, 1, 1, tzinfo=UTC), NOW + LONGEST_AHEAD + timedelta(seconds=1)])
def test_a_wrong_date_in_the_future_hides_nothing_that_is_told_afterwards(at: datetime) -> None:
    known = MarketPicture()
    for wrong in (shown("FPT", FeedSession.LO, at), replace(SNAPSHOT, at=at), ForeignRoom("FPT", at, 1, 1, 0, 0)):
        known.apply(wrong, NOW)
    assert known.news() == News((), {})
    known.apply(shown("FPT", FeedSession.HALT, status=SecurityStatus.HALTED), NOW)
    known.apply(replace(SNAPSHOT, status=None), NOW)
    known.apply(ForeignRoom("FPT", NOW, 1_000_000, 250_000, 0, 0), NOW)
    told = SecurityShown("FPT", TODAY, STREAMED, SecurityStatus.HALTED, 250_000, traded=None)
    assert known.news() == News((told,), {"FPT": LastPrice(98_700, NOW)})


def test_a_clock_that_is_a_little_behind_the_feeds_loses_nothing() -> None:
    known = MarketPicture()
    known.apply(SNAPSHOT, NOW - LONGEST_AHEAD)
    assert known.last_price("FPT") == LastPrice(98_700, NOW)
