"""What the data stream shows of securities, sessions and indexes, and when it says so."""

import json
from typing import Any

import pytest

from market.feed_sessions import FeedSession
from market.vocabulary import OrderType, SecurityStatus, Side
from simulator.interventions import set_foreign_room, set_status
from simulator.state import ExchangeState
from simulator.trading_day import advance
from simulator.wire.data_feed import CHANNELS, DataFeed, DataMessage
from tests.simulator.market_of_one import at, meet, open_market, place


def everything(_channel: str, _name: str) -> bool:
    return True


def content(messages: list[DataMessage], channel: str, name: str = "VIC") -> dict[str, Any]:
    text = next(message.text for message in messages if (message.channel, message.name) == (channel, name))
    outer = json.loads(text)
    assert outer["DataType"] == channel
    found: dict[str, Any] = json.loads(outer["Content"])
    return found


def picture(state: ExchangeState) -> list[DataMessage]:
    return list(DataFeed().picture(state, everything))


def told(feed: DataFeed, state: ExchangeState, moved: set[str]) -> list[tuple[str, str]]:
    return [(message.channel, message.name) for message in feed.changes(state, moved, everything)]


@pytest.mark.parametrize(
    ("clock", "hose", "hnx"),
    [
        ("08:00", "C", "C"),
        ("09:05", "ATO", "LO"),
        ("10:00", "LO", "LO"),
        ("12:00", "BREAK", "BREAK"),
        ("14:35", "ATC", "ATC"),
        ("14:50", "C", "PT"),
        ("15:30", "C", "C"),
    ],
)
def test_the_session_of_a_security_is_that_of_its_exchange(clock: str, hose: str, hnx: str) -> None:
    shown = picture(open_market(clock))
    assert content(shown, "F")["TradingSession"] == hose
    assert content(shown, "F", "SHS")["TradingSession"] == hnx
    assert {hose, hnx} <= set(FeedSession)


@pytest.mark.parametrize(
    ("status", "session", "letter"),
    [
        (SecurityStatus.HALTED, "HALT", "H"),
        (SecurityStatus.SUSPENDED, "HALT", "S"),
        (SecurityStatus.RESTRICTED, "PCA", "ST"),
        (SecurityStatus.WARNED, "LO", "N"),
    ],
)
def test_a_securitys_own_status_shows_in_its_session(status: SecurityStatus, session: str, letter: str) -> None:
    state = open_market()
    set_status(state, state.securities["VIC"], status)
    for channel in ("F", "X", "OL"):
        shown = content(picture(state), channel)
        assert (shown["TradingSession"], shown["TradingStatus"]) == (session, letter)


def test_an_auction_shows_the_price_it_would_come_to() -> None:
    state = open_market("09:05")
    assert content(picture(state), "X")["EstMatchedPrice"] == 0.0
    place(state, price=86_000)
    meet(state, "VIC", Side.SELL, 0, 100, OrderType.ATO)
    assert content(picture(state), "X")["EstMatchedPrice"] == 85_500.0
    advance(state, at("09:15"))
    assert content(picture(state), "X")["EstMatchedPrice"] == 0.0


def test_a_trade_is_told_on_every_channel_that_shows_trades() -> None:
    state, feed = open_market(), DataFeed()
    told(feed, state, set())
    place(state, price=85_500)
    assert told(feed, state, {"VIC"}) == [("X", "VIC"), ("X-QUOTE", "VIC"), ("OL", "VIC"), ("MI", "VNINDEX")]
    meet(state, "VIC", Side.SELL, 85_500, 100)
    assert ("X-TRADE", "VIC") in told(feed, state, {"VIC"})
    bar = content(picture(state), "B")
    assert (bar["Close"], bar["Volume"], bar["Value"]) == (85_500.0, 100.0, 0.0)


def test_a_turn_of_the_session_is_told_once_and_without_a_trade() -> None:
    state, feed = open_market(), DataFeed()
    told(feed, state, set())
    assert told(feed, state, set()) == []
    advance(state, at("11:30"))
    assert ("F", "VIC") in told(feed, state, set())
    assert told(feed, state, set()) == []


def test_room_is_told_only_where_the_exchange_tells_one() -> None:
    state = open_market()
    set_foreign_room(state, state.securities["FPT"], 5_000)
    shown = picture(state)
    assert content(shown, "R", "FPT")["CurrentRoom"] == 5_000.0
    assert [message.name for message in shown if message.channel == "R"] == ["FPT"]


def test_an_index_follows_its_securities() -> None:
    state = open_market()
    before = content(picture(state), "MI", "VNINDEX")
    assert (before["IndexValue"], before["Advances"]) == (1_000.0, 0.0)
    meet(state, "VIC", Side.SELL, 90_000, 100)
    meet(state, "VIC", Side.BUY, 90_000, 100)
    after = content(picture(state), "MI", "VNINDEX")
    assert after["IndexValue"] > before["IndexValue"] == after["PriorIndexValue"]
    assert (after["Advances"], after["TotalQtty"], after["TradingSession"]) == (1.0, 100.0, None)


def test_odd_lots_are_shown_apart_from_the_round_lots() -> None:
    state = open_market()
    place(state, quantity=40)
    shown = picture(state)
    assert content(shown, "OL")["BidVol1"] == 40.0
    assert content(shown, "X")["BidVol1"] == 0.0


def test_only_what_is_wanted_is_put_together() -> None:
    shown = DataFeed().picture(open_market(), lambda channel, name: (channel, name) == ("X", "VIC"))
    assert [(message.channel, message.name) for message in shown] == [("X", "VIC")]
    assert {message.channel for message in picture(open_market())} == set(CHANNELS) - {"R", "B"}
