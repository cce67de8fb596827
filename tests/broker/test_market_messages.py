"""The market stream's messages become typed values, whatever SSI puts into them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from broker.fastconnect.market_messages import read_market_message
from broker.market_data import (
    DataNotUnderstood,
    ForeignRoom,
    IndexShown,
    Level,
    MarketMessage,
    OtherMarket,
    SessionShown,
    Snapshot,
    TradeBar,
)
from market.bands import Band
from market.feed_sessions import FeedSession
from market.vocabulary import Exchange, SecurityStatus
from tests.broker.market_stream import data_message, session_content, snapshot_content

HEARD = datetime(2026, 11, 23, 3, 15, 1, tzinfo=UTC)
SAID = datetime(2026, 11, 23, 3, 15, tzinfo=UTC)
ROOM = {
    "RType": "R",
    "TradingDate": "23/11/2026",
    "Time": "10:15:00",
    "Symbol": "FPT",
    "TotalRoom": 800_000_000.0,
    "CurrentRoom": "12345",
    "BuyVol": 100.0,
    "SellVol": 200.0,
    "MarketId": "HOSE",
    "Exchange": "HOSE",
}
BAR = {"RType": "B", "Symbol": "VNINDEX", "TradingTime": "10:15:00", "Open": 1600.5, "High": 1610, "Low": "1599.9"}
INDEX = {
    "IndexId": "VN30",
    "TradingDate": "23/11/2026",
    "Time": "10:15:00",
    "IndexValue": 1712.34,
    "PriorIndexValue": 1700.0,
    "TotalQtty": 1_000.0,
    "TotalValue": 5_000_000.0,
    "Advances": 12,
    "Declines": 10,
    "NoChanges": 8,
    "Ceilings": 1,
    "Floors": 0,
    "Exchange": "HOSE",
}


def read(channel: str, content: dict[str, object], *, inline: bool = False) -> MarketMessage:
    return read_market_message(data_message(channel, content, inline=inline), HEARD)


@pytest.mark.parametrize("inline", [False, True])
def test_a_snapshot_has_the_days_band_the_last_price_and_the_book(inline: bool) -> None:
    assert read("X", snapshot_content(), inline=inline) == Snapshot(
        symbol="FPT",
        exchange=Exchange.HOSE,
        at=SAID,
        band=Band(98_500, 105_300, 91_700),
        last=98_700,
        last_quantity=300,
        open=98_600,
        high=99_000,
        low=98_400,
        volume=30_000,
        value=2_961_000_000,
        bids=(Level(98_700, 1_200),),
        asks=(Level(98_800, 500), Level(98_900, 100)),
        session=FeedSession.LO,
        status=SecurityStatus.NORMAL,
    )


@pytest.mark.parametrize("nothing", [0, None, "NaN", "", 0.0])
def test_before_the_first_trade_there_is_no_last_price(nothing: object) -> None:
    found = read("X", snapshot_content(LastPrice=nothing, Open=nothing))
    assert isinstance(found, Snapshot)
    assert (found.last, found.open) == (None, None)


@pytest.mark.parametrize("change", [{"Ceiling": 0}, {"RefPrice": "NaN"}, {"Floor": 99_000}, {"Ceiling": 98_000}])
def test_a_snapshot_whose_band_cannot_be_used_has_none(change: dict[str, object]) -> None:
    found = read("X", snapshot_content(**change))
    assert isinstance(found, Snapshot)
    assert found.band is None


@pytest.mark.parametrize(
    ("told", "session"),
    [
        ("ATO", FeedSession.ATO),
        ("LO", FeedSession.LO),
        ("Break", FeedSession.BREAK),
        ("ATC", FeedSession.ATC),
        ("PT", FeedSession.PT),
        ("CLOSE", FeedSession.C),
        ("C", FeedSession.C),
        ("H", FeedSession.HALT),
        ("HALT", FeedSession.HALT),
        ("O", None),
        (None, None),
    ],
)
def test_the_session_is_shown_as_far_as_it_is_known(told: object, session: FeedSession | None) -> None:
    expected = SessionShown("FPT", Exchange.HOSE, SAID, session, SecurityStatus.NORMAL)
    assert read("F", session_content(TradingSession=told)) == expected


def test_a_foreign_room_a_bar_and_an_index_are_read() -> None:
    assert read("R", ROOM) == ForeignRoom("FPT", SAID, 800_000_000, 12_345, 100, 200)
    bar = {**BAR, "Close": 1605.25, "Volume": 700.0, "Value": 0.0}
    decimals = Decimal("1600.5"), Decimal(1610), Decimal("1599.9"), Decimal("1605.25")
    assert read("B", bar) == TradeBar("VNINDEX", SAID, *decimals, 700)
    index = IndexShown("VN30", SAID, Decimal("1712.34"), Decimal("1700.0"), 1_000, 5_000_000, 12, 10, 8, 1, 0)
    assert read("MI", INDEX) == index


@pytest.mark.parametrize("name", ["DERIVATIVES", "DER", "HNXBOND"])
def test_markets_that_are_not_traded_here_are_told_apart(name: str) -> None:
    assert read("X", snapshot_content(MarketId=name, Exchange=name)) == OtherMarket()


@pytest.mark.parametrize(
    "raw",
    [
        "no JSON",
        "[]",
        "{}",
        data_message("OL", session_content()),
        '{"DataType":"X"}',
        '{"DataType":"X","Content":"no JSON"}',
        '{"DataType":"X","Content":"[1]"}',
        data_message("X", snapshot_content(Symbol="")),
        data_message("X", snapshot_content(Exchange="LONDON")),
        data_message("X", snapshot_content(LastPrice="much")),
        data_message("F", session_content(Time="25:00:00")),
        data_message("F", session_content(TradingDate="2026-11-23")),
        data_message("R", {**ROOM, "CurrentRoom": -1}),
        data_message("B", BAR),
        data_message("MI", {**INDEX, "IndexValue": None}),
    ],
)
def test_what_has_no_known_form_is_a_value_too(raw: str) -> None:
    found = read_market_message(raw, HEARD)
    assert isinstance(found, DataNotUnderstood)
    assert found.reason
