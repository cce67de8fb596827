"""Corporate actions through `/control`: announced, over a restart, told by SSI's calls on and after the ex-date."""

from datetime import date
from typing import Any

import httpx
import pytest

from market.calendar import next_trading_day
from tests.contract.raw_wire import data_token, token
from tests.support.simulator_process import Control, SimulatorProcess

pytestmark = pytest.mark.stack

ACCOUNT = "0901351"


def asked(simulator: SimulatorProcess, path: str) -> Any:
    headers = {"Authorization": f"Bearer {token(simulator, trade=False)}"}
    answer = httpx.get(f"{simulator.url}api/v2/{path}", params={"account": ACCOUNT}, headers=headers).json()
    return answer["data"]


def daily_price(simulator: SimulatorProcess, symbol: str) -> list[dict[str, str]]:
    headers = {"Authorization": f"Bearer {data_token(simulator)}"}
    query = {"symbol": symbol, "fromDate": "01/01/2020", "ascending": "true"}
    rows: list[dict[str, str]] = httpx.get(
        f"{simulator.url}api/v2/Market/DailyStockPrice", params=query, headers=headers
    ).json()["data"]
    return rows


def test_a_dividend_announced_through_control_is_paid_and_told_by_ssi_over_restarts(
    simulator: SimulatorProcess, control: Control
) -> None:
    body = {"symbol": "vic", "kind": "CASH_DIVIDEND", "cash": 1_500}
    action = control.post("corporate-actions", json=body).raise_for_status().json()
    assert (action["symbol"], action["base"]) == ("VIC", None)
    simulator.kill()
    simulator.restart()
    rolled = control.next_day()
    assert rolled["trading_date"] == action["ex_date"]
    vic = control.get("symbols/VIC").json()
    assert (vic["reference"], vic["floor"], vic["ceiling"]) == (84_000, 78_200, 89_800)
    *_, yesterday, today = daily_price(simulator, "VIC")
    assert (today["RefPrice"], today["CeilingPrice"], yesterday["RefPrice"]) == ("84000", "89800", "85500")
    (row,) = asked(simulator, "ors/dividend")["dividends"]
    assert (row["instrumentID"], row["quantity"], row["amount"], row["status"]) == ("VIC", 5_000, 7_500_000, "Pending")
    before = control.get("accounts").json()[0]
    assert before["receivable"] == 7_500_000
    simulator.kill()
    simulator.restart()
    while control.get("clock").json()["trading_date"] < action["pay_date"]:
        control.next_day()
    after = control.get("accounts").json()[0]
    assert (after["cash"] - before["cash"], after["receivable"]) == (7_500_000, 0)
    assert asked(simulator, "Trading/cashAcctBal")["cashBal"] == after["cash"]
    (done,) = control.get("corporate-actions").json()
    assert (done["base"], done["reference"]) == (85_500, 84_000)
    assert control.delete(f"corporate-actions/{done['number']}").status_code == 409


def test_an_action_can_be_taken_back_before_its_ex_date(control: Control) -> None:
    body = {"symbol": "FPT", "kind": "SPLIT", "held": 1, "received": 2}
    number = control.post("corporate-actions", json=body).raise_for_status().json()["number"]
    assert control.post("corporate-actions", json={**body, "kind": "BONUS_ISSUE"}).status_code == 409
    assert control.delete(f"corporate-actions/{number}").status_code == 204
    assert control.delete(f"corporate-actions/{number}").status_code == 404
    before = control.get("symbols/FPT").json()["reference"]
    control.next_day()
    assert control.get("symbols/FPT").json()["reference"] == before


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"symbol": "VIC", "kind": "CASH_DIVIDEND"}, "cash"),
        ({"symbol": "VIC", "kind": "CASH_DIVIDEND", "cash": 0}, "greater than 0"),
        ({"symbol": "VIC", "kind": "CASH_DIVIDEND", "cash": 100, "held": 1}, "nothing else"),
        ({"symbol": "VIC", "kind": "CASH_DIVIDEND", "cash": 500_000}, "publishes"),
        ({"symbol": "VIC", "kind": "BONUS_ISSUE", "held": 10}, "received"),
        ({"symbol": "VIC", "kind": "RIGHTS_ISSUE", "held": 2, "received": 1}, "price"),
        ({"symbol": "VIC", "kind": "SPLIT", "held": 1, "received": 1}, "differ"),
        ({"symbol": "VIC", "kind": "SPLIT", "held": 1, "received": 2, "treasury": True}, "nothing else"),
        ({"symbol": "VIC", "kind": "CASH_DIVIDEND", "cash": 100, "pay_date": "2020-01-02"}, "pay_date"),
        ({"symbol": "VIC", "kind": "GIFT"}, "SPLIT"),
    ],
)
def test_an_action_that_makes_no_sense_is_refused_with_what_is_allowed(
    control: Control, body: dict[str, object], word: str
) -> None:
    refused = control.post("corporate-actions", json=body)
    assert (refused.status_code, word in refused.text) == (422, True), refused.text


def test_the_pay_date_can_be_chosen(control: Control) -> None:
    body = {"symbol": "SHS", "kind": "SHARE_DIVIDEND", "held": 10, "received": 1}
    usual = control.post("corporate-actions", json=body).raise_for_status().json()
    later = next_trading_day(date.fromisoformat(usual["pay_date"])).isoformat()
    chosen = control.post("corporate-actions", json={**body, "pay_date": later}).raise_for_status().json()
    assert chosen["pay_date"] == later
    control.next_day()
    assert control.get("accounts").json()[0]["positions"]["SHS"]["unpaid"] == 4_000
