"""Every call of `ssi-fc-data` 2.2.2, unchanged, made by a program that knows only SSI's `config.py`."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from ssi_fc_data.model import api  # type: ignore[import-untyped] # SSI ships no types

from broker.fastconnect.data import FastConnectData
from broker.market_data import Bar
from broker.port import NoAnswer
from market.calendar import VIETNAM
from market.vocabulary import Exchange
from simulator.client_configurations import fcdata_module
from simulator.credentials import load_credentials
from tests.contract.our_client import credentials
from tests.support.simulator_process import SimulatorProcess

pytestmark = pytest.mark.stack

PROGRAM = Path(__file__).parent / "every_data_call.py"
SYMBOL = "VIC"
ROOM = 1_200


def trade(simulator: SimulatorProcess, price: int, quantity: int) -> None:
    """Two participants trade with each other."""
    with simulator.control as control:
        for side in ("SELL", "BUY"):
            control.other_order(SYMBOL, side, price, quantity)


def trading_date(simulator: SimulatorProcess) -> date:
    with simulator.control as control:
        return control.today


@pytest.fixture(scope="module")
def answers(simulator: SimulatorProcess, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the program was told, by call."""
    trade(simulator, 85_500, 300)
    trade(simulator, 85_700, 200)
    simulator.call("PUT", f"symbols/{SYMBOL}", {"foreign_room": ROOM})
    simulator.call("POST", "participants", {"symbol": SYMBOL, "side": "BUY", "price": 85_000, "quantity": 7})
    folder = tmp_path_factory.mktemp("data")
    shutil.copy(PROGRAM, folder)
    keys = load_credentials(simulator.folder, simulator.url)
    (folder / "config.py").write_text(fcdata_module(keys, simulator.url))
    day = trading_date(simulator).strftime("%d/%m/%Y")
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, PROGRAM.name, SYMBOL, day], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"call"')]
    return {line["call"]: line["answer"] for line in lines}


def test_every_call_of_the_client_is_made(answers: dict[str, Any]) -> None:
    calls = {name for name in vars(api) if name.startswith("MD_")}
    assert {f"MD_{name.upper()}" for name in answers if not name.startswith("stream")} == calls


def test_every_list_succeeds_in_the_data_hosts_envelope(answers: dict[str, Any]) -> None:
    lists = {name: each for name, each in answers.items() if name != "access_token" and "stream" not in name}
    unknown = lists.pop("backtest")
    assert unknown["status"] == "400"
    for name, answer in lists.items():
        assert (answer["status"], answer["message"]) == ("Success", "Success"), name
        assert answer["totalRecord"] == len(answer["data"]) > 0, name


def test_minutes_and_day_tell_the_same_trades(answers: dict[str, Any]) -> None:
    (day,) = answers["daily_ohlc"]["data"]
    minutes = answers["intraday_ohlc"]["data"]
    assert (day["Open"], day["High"], day["Low"], day["Close"], day["Volume"]) == (
        *("85500", "85700", "85500", "85700", "500"),
    )
    assert sum(int(row["Volume"]) for row in minutes) == 500
    assert (minutes[0]["Open"], minutes[-1]["Close"], minutes[-1]["Value"]) == ("85500", "85700", "85700")
    assert minutes[0]["Time"].endswith(":00")


def test_an_index_has_its_members_and_its_day(answers: dict[str, Any]) -> None:
    assert answers["index_list"]["data"] == [{"IndexCode": "VNINDEX", "IndexName": "VNINDEX", "Exchange": "HOSE"}]
    (components,) = answers["index_components"]["data"]
    symbols = [item["StockSymbol"] for item in components["IndexComponent"]]
    assert SYMBOL in symbols
    assert components["TotalSymbolNo"] == str(len(symbols))
    (day,) = answers["daily_index"]["data"]
    assert (day["IndexId"], day["TotalVol"], day["Advances"]) == ("VNINDEX", "500", "1")
    assert float(day["IndexValue"]) > 1_000


def test_each_channel_of_the_stream_speaks(answers: dict[str, Any]) -> None:
    told = {name: json.loads(each["Content"]) for name, each in answers.items() if name.startswith("stream")}
    assert set(told) == {f"stream {channel}" for channel in ("X", "F", "X-QUOTE", "X-TRADE", "R", "B", "OL", "MI")}
    assert told["stream X-TRADE"]["LastPrice"] == 85_700.0
    assert told["stream MI"]["IndexId"] == "VNINDEX"
    room, odd = told["stream R"], told["stream OL"]
    assert (room["Symbol"], room["TotalRoom"], room["CurrentRoom"]) == (SYMBOL, 1_200.0, 1_200.0)
    assert (odd["StockNo"], odd["BidPrice1"], odd["BidVol1"], odd["AskVol1"]) == (SYMBOL, 85_000.0, 7.0, 0.0)


@pytest.mark.usefixtures("answers")
async def test_our_own_client_reads_the_same_lists(simulator: SimulatorProcess) -> None:
    day = trading_date(simulator)
    async with FastConnectData(credentials(simulator)) as data:
        daily = await data.daily_bars(SYMBOL, day, day)
        bars = await data.intraday_bars(SYMBOL, day, day, minutes=60)
        indexes = await data.indexes(Exchange.HNX)
        members = await data.index_members("HNXIndex")
        days = await data.index_days("VNINDEX", day, day)
    midnight = datetime.combine(day, time(), VIETNAM).astimezone(UTC)
    assert daily == (Bar(SYMBOL, midnight, open=85_500, high=85_700, low=85_500, close=85_700, volume=500),)
    assert not isinstance(bars, NoAnswer)
    assert sum(bar.volume for bar in bars) == 500
    assert not isinstance(indexes, NoAnswer)
    assert [index.code for index in indexes] == ["HNXIndex"]
    assert not isinstance(members, NoAnswer)
    assert "SHS" in members
    assert not isinstance(days, NoAnswer)
    assert [index_day.volume for index_day in days] == [500]
