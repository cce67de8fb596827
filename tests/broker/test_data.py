"""FC Data's lists become instruments, whole or not at all."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from broker.fastconnect.credentials import Timeouts
from broker.fastconnect.data import FastConnectData
from broker.port import NoAnswer
from market.instrument import Instrument
from market.vocabulary import BandDay, Exchange, InstrumentKind, SecurityStatus
from tests.broker import client as made
from tests.broker.loopback import Answer, Breakdown, Request, Script, as_json, running, signed_in

DAY = date(2026, 11, 23)
TODAY, FRIDAY = "23/11/2026", "20/11/2026"


def rows(data: list[dict[str, object]], total: int | None = None) -> Answer:
    found = len(data) if total is None else total
    return as_json({"data": data, "message": "Success", "status": "Success", "totalRecord": found})


def price(symbol: str, day: object = TODAY, **changes: object) -> dict[str, object]:
    values = {"RefPrice": "85500", "CeilingPrice": "91400.0", "FloorPrice": 79600}
    return {"TradingDate": day, "Symbol": symbol, **values, **changes}


def named(symbol: str) -> dict[str, object]:
    return {"Market": "HOSE", "Symbol": symbol, "StockName": f"Công ty {symbol}", "StockEnName": f"{symbol} Corp"}


def details(*kinds: tuple[str, str], first: str | None = "") -> Answer:
    info = [{"Symbol": symbol, "SecType": kind, "LotSize": "100", "FirstTradingDate": first} for symbol, kind in kinds]
    return rows([{"RType": "y", "ReportDate": TODAY, "TotalNoSym": str(len(info)), "RepeatedInfo": info}], 1)


def query(request: Request) -> dict[str, str]:
    parts = parse_qs(urlsplit(request.target).query, keep_blank_values=True)
    return {name: values[0] for name, values in parts.items()}


def market(securities: Answer, kinds: Answer, prices: Answer) -> Script:
    """HOSE as given; the other two exchanges are empty."""
    answers = {"Securities": securities, "SecuritiesDetails": kinds, "DailyStockPrice": prices}

    def script(request: Request) -> Answer:
        if query(request)["market"] != "HOSE" or query(request)["pageIndex"] != "1":
            return rows([])
        return answers[request.path.rpartition("/")[2]]

    return signed_in(script)


async def instruments(script: Script, timeouts: Timeouts = made.PATIENT) -> tuple[Instrument, ...] | NoAnswer:
    async with running(script) as host, FastConnectData(made.credentials(host.url), timeouts) as data:
        return await data.instruments(DAY)


async def listed(script: Script) -> tuple[Instrument, ...]:
    found = await instruments(script)
    assert not isinstance(found, NoAnswer)
    return found


async def symbols(script: Script) -> list[str]:
    return [instrument.symbol for instrument in await listed(script)]


async def test_an_instrument_has_the_days_band() -> None:
    script = market(rows([named("FPT")]), details(("FPT", "S")), rows([price("FPT")]))
    expected = Instrument(
        "FPT", "Công ty FPT", Exchange.HOSE, InstrumentKind.STOCK, DAY, reference=85_500, ceiling=91_400, floor=79_600
    )
    assert await instruments(script) == (expected,)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("S", InstrumentKind.STOCK),
        ("ST", InstrumentKind.STOCK),
        ("CW", InstrumentKind.COVERED_WARRANT),
        ("EF", InstrumentKind.ETF),
        ("MF", InstrumentKind.FUND),
        ("of", InstrumentKind.FUND),
        ("BO", None),
        ("FU", None),
        ("??", None),
    ],
)
async def test_the_security_type_tells_the_kind(code: str, kind: InstrumentKind | None) -> None:
    found = await instruments(market(rows([named("X")]), details(("X", code)), rows([price("X")])))
    assert not isinstance(found, NoAnswer)
    assert [instrument.kind for instrument in found] == ([] if kind is None else [kind])


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("23/11/2026", BandDay.FIRST_DAY),
        ("20261123", BandDay.FIRST_DAY),
        ("2026-11-23", BandDay.FIRST_DAY),
        ("20/11/2026", BandDay.NORMAL),
        ("24/11/2026", BandDay.NORMAL),
        ("", BandDay.NORMAL),
        ("soon", BandDay.NORMAL),
        (None, BandDay.NORMAL),
    ],
)
async def test_the_first_trading_date_tells_the_first_day(told: str | None, day: BandDay) -> None:
    (found,) = await listed(market(rows([named("X")]), details(("X", "S"), first=told), rows([price("X")])))
    assert found.band_day is day


@pytest.mark.parametrize(
    ("told", "room"), [("12300", 12_300), (5, 5), ("0", None), ("", None), (None, None), ("NaN", None), ("-3", None)]
)
async def test_the_price_row_tells_the_foreign_room_and_0_tells_none(told: object, room: int | None) -> None:
    script = market(rows([named("X")]), details(("X", "S")), rows([price("X", ForeignCurrentRoom=told)]))
    (found,) = await listed(script)
    assert (found.foreign_room, found.status) == (room, SecurityStatus.NORMAL)


async def test_when_all_prices_are_yesterdays_there_is_nothing_today() -> None:
    assert await symbols(market(rows([named("FPT")]), details(("FPT", "S")), rows([price("FPT", FRIDAY)]))) == []


async def test_yesterdays_prices_are_never_used() -> None:
    kinds = details(("FPT", "S"), ("SSI", "S"))
    prices = rows([price("FPT", FRIDAY), price("SSI")])
    assert await symbols(market(rows([named("FPT"), named("SSI")]), kinds, prices)) == ["SSI"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"RefPrice": "0"},
        {"RefPrice": None},
        {"CeilingPrice": "80000"},
        {"CeilingPrice": "0", "FloorPrice": "0"},
        {"CeilingPrice": None, "FloorPrice": None},
        {"FloorPrice": "NaN"},
        {"RefPrice": "85500.5"},
        {"CeilingPrice": 10**8 + 1},
    ],
)
async def test_a_symbol_without_a_usable_band_is_left_out(wrong: dict[str, object]) -> None:
    kinds = details(("FPT", "S"), ("SSI", "S"))
    prices = rows([price("FPT", **wrong), price("SSI")])
    assert await symbols(market(rows([named("FPT"), named("SSI")]), kinds, prices)) == ["SSI"]


async def test_every_page_is_read() -> None:
    every = [f"S{number:04}" for number in range(1_500)]

    def script(request: Request) -> Answer:
        asked = query(request)
        if asked["market"] != "UPCOM":
            return rows([])
        start = (int(asked["pageIndex"]) - 1) * 1_000
        page = every[start : start + 1_000]
        match request.path.rpartition("/")[2]:
            case "Securities":
                return rows([named(symbol) for symbol in page], len(every))
            case "SecuritiesDetails":
                return details(*((symbol, "S") for symbol in page))
        assert (asked["symbol"], asked["fromDate"], asked["toDate"]) == ("", TODAY, TODAY)
        return rows([price(symbol) for symbol in page], len(every))

    assert await symbols(signed_in(script)) == every


@pytest.mark.parametrize("name", ["Securities", "SecuritiesDetails", "DailyStockPrice"])
@pytest.mark.parametrize(
    "answer",
    [
        as_json({"message": "Invalid market", "status": "400"}),
        as_json({"message": "crash", "status": "Success", "data": []}, status=500),
        as_json({"message": "Success", "status": "Success"}),
        as_json({"message": "Success", "status": "Success", "data": ["row"]}),
        Answer(429, b"quota", "text/plain"),
        Answer(502, b"<html>", "text/html"),
        rows([], total=3),
        Breakdown.HANG,
        Breakdown.RESET,
    ],
)
async def test_any_failing_page_fails_the_whole(name: str, answer: Answer | Breakdown) -> None:
    def script(request: Request) -> Answer | Breakdown:
        return answer if request.path.endswith(f"/{name}") and query(request)["market"] == "HNX" else rows([])

    limits = made.HURRIED if answer is Breakdown.HANG else made.PATIENT
    assert isinstance(await instruments(signed_in(script), limits), NoAnswer)


async def test_a_host_that_ignores_the_page_size_is_read_to_its_end() -> None:
    every = [named("A"), named("B"), named("C")]

    def script(request: Request) -> Answer:
        asked = query(request)
        if asked["market"] != "HOSE":
            return rows([])
        index = int(asked["pageIndex"]) - 1
        match request.path.rpartition("/")[2]:
            case "Securities":
                return rows(every[index : index + 1], 3)
            case "SecuritiesDetails":
                return details(("A", "S"), ("B", "S"), ("C", "S"))
        return rows([price("C")])

    assert await symbols(signed_in(script)) == ["C"]


async def test_a_failed_login_is_no_answer() -> None:
    refusal = as_json({"message": "ConsumerID is invalid", "status": 400})
    assert await instruments(lambda _: refusal) == NoAnswer("login failed: HTTP 200, status 400: ConsumerID is invalid")
