"""Today's bands, last prices with their time, and sessions that several symbols must show."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from broker.market_data import DailyPrice, SessionShown, Snapshot
from broker.market_picture import FRESH, LastPrice, MarketPicture
from market.bands import Band
from market.feed_sessions import FeedSession
from market.vocabulary import Exchange

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 3, 15, tzinfo=UTC)
STREAMED, LISTED = Band(98_500, 105_300, 91_700), Band(98_000, 104_800, 91_200)
SNAPSHOT = Snapshot(
    "FPT", Exchange.HOSE, NOW, STREAMED, 98_700, 300, None, None, None, 0, 0, (), (), FeedSession.LO, "N"
)


def listed(day: date = TODAY) -> DailyPrice:
    return DailyPrice("FPT", day, LISTED, None, None, None, None, 0, 0, None)


def shown(symbol: str, session: FeedSession | None, at: datetime = NOW, status: str = "N") -> SessionShown:
    return SessionShown(symbol, Exchange.HOSE, at, session, status)


def picture(*messages: Snapshot | SessionShown) -> MarketPicture:
    made = MarketPicture()
    for message in messages:
        made.apply(message)
    return made


def test_the_band_is_the_streams_else_the_lists_else_none() -> None:
    known = MarketPicture()
    assert known.band("FPT", TODAY) is None
    known.seed([listed()])
    assert known.band("FPT", TODAY) == LISTED
    known.apply(SNAPSHOT)
    assert known.band("FPT", TODAY) == STREAMED
    known.seed([listed()])
    assert known.band("FPT", TODAY) == STREAMED


def test_a_band_of_another_day_is_never_todays() -> None:
    known = picture(replace(SNAPSHOT, at=NOW - timedelta(days=3)))
    known.seed([listed(date(2026, 11, 20))])
    assert known.band("FPT", TODAY) is None
    assert known.band("FPT", date(2026, 11, 20)) == STREAMED


def test_a_snapshot_without_a_band_leaves_the_lists() -> None:
    known = picture(replace(SNAPSHOT, band=None))
    known.seed([listed()])
    assert known.band("FPT", TODAY) == LISTED


def test_a_last_price_has_its_time_and_an_older_one_changes_nothing() -> None:
    later = NOW + timedelta(seconds=5)
    known = picture(SNAPSHOT, replace(SNAPSHOT, at=later, last=98_800), SNAPSHOT)
    known.apply(replace(SNAPSHOT, at=later + timedelta(seconds=1), last=None))
    assert known.last_price("FPT") == LastPrice(98_800, later)
    assert known.last_price("SSI") is None


def test_one_or_two_symbols_do_not_speak_for_their_exchange() -> None:
    known = picture(shown("A", FeedSession.ATC), shown("B", FeedSession.ATC))
    assert known.session(Exchange.HOSE, NOW) is None
    known.apply(shown("C", FeedSession.ATC))
    assert known.session(Exchange.HOSE, NOW) is FeedSession.ATC
    assert known.session(Exchange.HNX, NOW) is None


def test_a_halted_security_does_not_halt_its_exchange() -> None:
    running = [shown(symbol, FeedSession.LO) for symbol in "ABC"]
    assert picture(*running, shown("X", FeedSession.HALT)).session(Exchange.HOSE, NOW) is FeedSession.LO
    suspended = [shown(symbol, FeedSession.HALT, status="S") for symbol in "VWXYZ"]
    assert picture(*running, *suspended).session(Exchange.HOSE, NOW) is FeedSession.LO


def test_while_symbols_contradict_each_other_the_session_is_open() -> None:
    morning = [shown(symbol, FeedSession.LO) for symbol in "ABC"]
    auction = [shown(symbol, FeedSession.ATC) for symbol in "DEF"]
    known = picture(*morning, *auction)
    assert known.session(Exchange.HOSE, NOW) is None
    known.apply(shown("A", FeedSession.ATC))
    assert known.session(Exchange.HOSE, NOW) is FeedSession.ATC


@pytest.mark.parametrize(("age", "session"), [(FRESH, FeedSession.LO), (FRESH + timedelta(seconds=1), None)])
def test_only_fresh_words_count(age: timedelta, session: FeedSession | None) -> None:
    old = [shown(symbol, FeedSession.LO, NOW - age) for symbol in "ABC"]
    assert picture(*old).session(Exchange.HOSE, NOW) is session


def test_an_unknown_session_and_an_older_word_say_nothing() -> None:
    known = picture(*(shown(symbol, FeedSession.ATC) for symbol in "ABC"))
    for symbol in "ABC":
        known.apply(shown(symbol, None, NOW + timedelta(seconds=9)))
        known.apply(shown(symbol, FeedSession.LO, NOW - timedelta(seconds=9)))
    assert known.session(Exchange.HOSE, NOW) is FeedSession.ATC


def test_snapshots_tell_the_session_too() -> None:
    known = picture(*(replace(SNAPSHOT, symbol=symbol) for symbol in "ABC"))
    assert known.session(Exchange.HOSE, NOW) is FeedSession.LO
