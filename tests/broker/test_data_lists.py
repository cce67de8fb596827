"""FC Data's price and index lists: read whole, over as many questions as SSI needs."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from broker.fastconnect.data import FastConnectData
from broker.market_data import Bar, DailyPrice, IndexDay, IndexListing
from broker.port import NoAnswer
from market.bands import Band
from market.vocabulary import Exchange
from tests.broker import client as made
from tests.broker.loopback import Answer, Host, Request, as_json, running, signed_in
from tests.broker.test_data import query, rows

DAY = date(2026, 11, 23)
PRICE: dict[str, object] = {
    "TradingDate": "23/11/2026",
    "CeilingPrice": "105300",
    "FloorPrice": "91700",
    "RefPrice": "98500",
    "OpenPrice": "98600",
    "HighestPrice": "99000",
    "LowestPrice": "98400",
    "ClosePrice": "98700",
    "TotalMatchVol": "30000",
    "TotalMatchVal": "2961000000.5",
    "ForeignCurrentRoom": "12345",
    "Symbol": "FPT",
    "Time": None,
}
BAR: dict[str, object] = {
    "Symbol": "FPT",
    "Value": "98700",
    "TradingDate": "23/11/2026",
    "Time": "09:15:27",
    "Open": "98600",
    "High": "99000.0",
    "Low": "98400",
    "Close": "98700",
    "Volume": "1200",
}
INDEX_DAY: dict[str, object] = {
    "IndexId": "VN30",
    "IndexValue": "1712.34",
    "TradingDate": "23/11/2026",
    "Change": "-12.5",
    "TotalVol": "1000",
    "TotalVal": "5000000",
}


def asked(host: Host, path: str) -> list[dict[str, str]]:
    return [query(request) for request in host.requests if request.path == f"/api/v2/Market/{path}"]


async def test_daily_prices_are_read() -> None:
    async with running(signed_in(lambda _: rows([PRICE]))) as host, FastConnectData(made.credentials(host.url)) as data:
        found = await data.daily_prices(Exchange.HOSE, DAY, DAY, "FPT")
        assert asked(host, "DailyStockPrice") == [
            {
                "symbol": "FPT",
                "market": "HOSE",
                "fromDate": "23/11/2026",
                "toDate": "23/11/2026",
                "pageIndex": "1",
                "pageSize": "1000",
            }
        ]
    band = Band(98_500, 105_300, 91_700)
    expected = DailyPrice("FPT", DAY, band, 98_600, 99_000, 98_400, 98_700, 30_000, 2_961_000_001, 12_345)
    assert found == (expected,)


async def test_a_day_without_a_trade_has_no_prices() -> None:
    quiet = {**PRICE, "OpenPrice": "0", "HighestPrice": None, "LowestPrice": "", "ClosePrice": 0}
    async with running(signed_in(lambda _: rows([quiet]))) as host, FastConnectData(made.credentials(host.url)) as data:
        found = await data.daily_prices(Exchange.HOSE, DAY, DAY)
    assert not isinstance(found, NoAnswer)
    assert (found[0].open, found[0].high, found[0].low, found[0].close) == (None, None, None, None)


async def test_bars_of_days_and_of_minutes_are_read() -> None:
    async with running(signed_in(lambda _: rows([BAR]))) as host, FastConnectData(made.credentials(host.url)) as data:
        minute = datetime(2026, 11, 23, 2, 15, 27, tzinfo=UTC)
        assert await data.intraday_bars("FPT", DAY, DAY, 5) == (
            Bar("FPT", minute, 98_600, 99_000, 98_400, 98_700, 1_200),
        )
        host.script = signed_in(lambda _: rows([{**BAR, "Time": None}]))
        midnight = datetime(2026, 11, 22, 17, tzinfo=UTC)
        assert await data.daily_bars("FPT", DAY, DAY) == (Bar("FPT", midnight, 98_600, 99_000, 98_400, 98_700, 1_200),)
        assert asked(host, "IntradayOhlc")[0]["resolution"] == "5"
        assert asked(host, "DailyOhlc")[0]["ascending"] == "true"


async def test_a_year_is_asked_for_in_pieces_that_ssi_answers() -> None:
    async with running(signed_in(lambda _: rows([BAR]))) as host, FastConnectData(made.credentials(host.url)) as data:
        found = await data.daily_bars("FPT", date(2026, 1, 1), date(2026, 3, 31))
        pieces = [(each["fromDate"], each["toDate"]) for each in asked(host, "DailyOhlc")]
    assert pieces == [("01/01/2026", "30/01/2026"), ("31/01/2026", "01/03/2026"), ("02/03/2026", "31/03/2026")]
    assert not isinstance(found, NoAnswer)
    assert len(found) == 3


async def test_no_days_are_no_question() -> None:
    async with running(signed_in(lambda _: rows([BAR]))) as host, FastConnectData(made.credentials(host.url)) as data:
        assert await data.daily_bars("FPT", DAY, date(2026, 11, 22)) == ()
        assert host.requests == []


async def test_indexes_their_members_and_their_days_are_read() -> None:
    def script(request: Request) -> Answer:
        match request.path.rpartition("/")[2]:
            case "IndexList":
                return rows([{"IndexCode": "VN30", "IndexName": "VN30 Index", "Exchange": "HOSE"}])
            case "IndexComponents":
                members = [{"Isin": "VN1", "StockSymbol": "FPT"}, {"Isin": "VN2", "StockSymbol": "SSI"}]
                return rows([{"IndexCode": "VN30", "TotalSymbolNo": "2", "IndexComponent": members}])
        return rows([INDEX_DAY])

    async with running(signed_in(script)) as host, FastConnectData(made.credentials(host.url)) as data:
        assert await data.indexes(Exchange.HOSE) == (IndexListing("VN30", "VN30 Index", "HOSE"),)
        assert await data.index_members("VN30") == ("FPT", "SSI")
        day = IndexDay("VN30", DAY, Decimal("1712.34"), Decimal("-12.5"), 1_000, 5_000_000)
        assert await data.index_days("VN30", DAY, DAY) == (day,)
        assert asked(host, "IndexComponents")[0]["indexCode"] == "VN30"
        assert asked(host, "DailyIndex")[0]["indexId"] == "VN30"


@pytest.mark.parametrize(
    "answer",
    [
        as_json({"message": "Invalid symbol", "status": "400"}),
        Answer(429, b"quota", "text/plain"),
        rows([{"Symbol": "FPT"}]),
        rows([{**PRICE, **BAR, **INDEX_DAY, "TradingDate": "yesterday"}]),
    ],
)
async def test_a_list_with_a_gap_is_no_answer(answer: Answer) -> None:
    async with running(signed_in(lambda _: answer)) as host, FastConnectData(made.credentials(host.url)) as data:
        found = [
            await data.daily_prices(Exchange.HOSE, DAY, DAY),
            await data.daily_bars("FPT", DAY, DAY),
            await data.intraday_bars("FPT", DAY, DAY),
            await data.index_days("VN30", DAY, DAY),
            await data.indexes(Exchange.HOSE),
            await data.index_members("VN30"),
        ]
    assert [type(each) for each in found] == [NoAnswer] * 6
