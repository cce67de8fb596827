"""What a client asks beside its orders: charts over several days, indexes, and the money that is on its way."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.raw_wire import data_token, token
from tests.contract.ssi import Orders, trading_client
from tests.support.simulator_process import SimulatorProcess, running_simulator

pytestmark = pytest.mark.stack

ACCOUNT = "0901351"


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SimulatorProcess, date]]:
    """A simulator in which a sale of 400 ACV was made on the day before its present one, and that day."""
    with running_simulator(tmp_path_factory.mktemp("past"), participants=False) as simulator:
        with simulator.control as control:
            day = control.today
            control.other_order("ACV", "BUY", 52_400, 400)
            Orders(simulator, trading_client(simulator)).place("ACV", "S", 52_400, 400)
            while not control.get("fills").json():
                continue
            control.next_day()
        simulator.kill()
        simulator.restart()
        with simulator.control as control:
            for side in ("SELL", "BUY"):
                control.other_order("ACV", side, 52_500, 100)
        yield simulator, day


def market(simulator: SimulatorProcess, name: str, **query: object) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {data_token(simulator)}"}
    path = f"{simulator.url}api/v2/Market/{name}"
    answer = httpx.get(path, params={key: str(value) for key, value in query.items()}, headers=headers).json()
    assert answer["status"] == "Success", answer
    found: list[dict[str, Any]] = answer["data"]
    return found


def service(simulator: SimulatorProcess, path: str, **query: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token(simulator, trade=False)}"}
    params = {"account": ACCOUNT, **query}
    answer = httpx.get(f"{simulator.url}api/v2/{path}", params=params, headers=headers).json()
    assert answer["status"] == 200, answer
    found: dict[str, Any] = answer["data"]
    return found


def span(day: date) -> dict[str, str]:
    """From `day` on, over a weekend too."""
    return {"fromDate": f"{day:%d/%m/%Y}", "toDate": f"{date(day.year + 1, 1, 31):%d/%m/%Y}"}


def test_days_and_minutes_go_back_over_a_restart_in_the_order_asked_for(past: tuple[SimulatorProcess, date]) -> None:
    simulator, day = past
    for name in ("DailyOhlc", "IntradayOhlc"):
        rising = market(simulator, name, symbol="ACV", ascending=True, **span(day))
        assert [(row["Close"], row["Volume"]) for row in rising] == [("52400", "400"), ("52500", "100")]
        assert rising[0]["TradingDate"] == f"{day:%d/%m/%Y}"
        assert market(simulator, name, symbol="ACV", **span(day)) == rising[::-1]


def test_minutes_are_put_together_by_resolution(past: tuple[SimulatorProcess, date]) -> None:
    simulator, day = past
    rows = market(simulator, "IntradayOhlc", symbol="ACV", ascending="true", resolution=60, **span(day))
    assert {row["Time"][3:] for row in rows} == {"00:00"}


def test_an_index_has_a_row_per_day(past: tuple[SimulatorProcess, date]) -> None:
    simulator, day = past
    rows = market(simulator, "DailyIndex", indexId="hnxupcomindex", order="asc", **span(day))
    assert [(row["IndexId"], row["TotalVol"]) for row in rows] == [("HNXUpcomIndex", "400"), ("HNXUpcomIndex", "100")]
    assert [row["IndexCode"] for row in market(simulator, "IndexList")] == ["VNINDEX", "HNXIndex", "HNXUpcomIndex"]
    assert market(simulator, "IndexComponents", indexCode="NONE") == []


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("IndexList", {"exchange": "MARS"}),
        ("IntradayOhlc", {"symbol": "ACV", "resolution": "-5"}),
        ("IntradayOhlc", {"symbol": "ACV", "fromDate": "2026-11-23"}),
        ("DailyIndex", {"toDate": "yesterday"}),
    ],
)
def test_what_cannot_be_read_is_refused_in_the_data_hosts_words(
    past: tuple[SimulatorProcess, date], name: str, query: dict[str, str]
) -> None:
    simulator, _ = past
    headers = {"Authorization": f"Bearer {data_token(simulator)}"}
    answer = httpx.get(f"{simulator.url}api/v2/Market/{name}", params=query, headers=headers).json()
    assert (answer["status"], answer["message"].split()[0]) == ("400", "Invalid")


def test_a_sale_of_yesterday_is_still_unsettled(past: tuple[SimulatorProcess, date]) -> None:
    simulator, day = past
    (sale,) = service(simulator, "cash/unsettleSoldTransaction", settleDate="")["orders"]
    value = 400 * 52_400
    net = value - value * 25 // 10_000  # 0.15 % commission and 0.1 % tax
    assert sale == {
        "TradeDate": f"{day:%d/%m/%Y}",
        "InstrumentID": "ACV",
        "Quantity": 400,
        "Price": 52_400.0,
        "NetSellValue": net,
    }
    (amount,) = service(simulator, "cash/cashInAdvanceAmount")["CIAAmounts"]
    assert amount["NetSellValue"] == net
    due = service(simulator, "cash/unsettleSoldTransaction", settleDate=amount["DueDate"])
    assert due["orders"] == [sale]
    assert service(simulator, "cash/unsettleSoldTransaction", settleDate="01/01/2020")["orders"] == []


def test_margin_and_transferable_shares_agree_with_cash_and_positions(past: tuple[SimulatorProcess, date]) -> None:
    simulator, _ = past
    cash = service(simulator, "Trading/cashAcctBal")
    margin = service(simulator, "Trading/ppmmraccount")
    assert margin["purchasingPower"] == cash["purchasingPower"]
    assert (margin["totalAssets"], margin["equity"], margin["debt"]) == (cash["totalAssets"], cash["totalAssets"], 0)
    assert margin["ar"] + margin["arT1"] == cash["receivingCashT1"] + cash["receivingCashT2"] > 0
    free = {
        row["instrumentID"]: row["quantity"] for row in service(simulator, "stock/transferable")["transferableStocks"]
    }
    positions = service(simulator, "Trading/stockPosition")["stockPositions"]
    assert free == {row["instrumentID"]: row["sellableQty"] for row in positions if row["sellableQty"]}
    assert free["ACV"] == 9_600


def test_a_folder_is_one_simulators_alone(tmp_path: Path) -> None:
    with running_simulator(tmp_path) as first, pytest.raises(AssertionError, match="another simulator works in"):
        SimulatorProcess(tmp_path, first.port + 1, 7).start()
