"""The control API's say over securities, days, accounts and other participants, as seen from SSI's wire."""

from datetime import date, timedelta

import httpx
import pytest

from tests.contract.listening import Mailbox, is_order, until
from tests.contract.raw_wire import data_token
from tests.contract.ssi import FCTradingClient, Orders, hang_up, listen
from tests.support.simulator_process import Control, SimulatorProcess

pytestmark = pytest.mark.stack


def test_a_halted_symbol_refuses_orders_until_it_resumes_even_over_a_restart(
    own_simulator: SimulatorProcess, own_control: Control, own_orders: Orders
) -> None:
    assert own_control.call("POST", "symbols/VIC/halt")["status"] == "HALTED"
    own_orders.place("VIC", "B", 85_000, 100)
    refused = until(lambda: own_control.get("orders").json() or None)
    assert [(order["status"], order["reject_code"]) for order in refused] == [("RJ", "ORD017")]
    own_simulator.kill()
    own_simulator.restart()
    assert own_control.get("symbols/VIC").json()["status"] == "HALTED"
    assert own_control.call("POST", "symbols/VIC/resume")["phase"] == "CONT_AM"
    own_orders.place("VIC", "B", 85_000, 100)


def test_the_opening_auction_of_a_new_day_is_told_on_the_stream(
    own_simulator: SimulatorProcess, own_control: Control, own_client: FCTradingClient, own_orders: Orders
) -> None:
    own_control.next_day("08:30:00")
    heard, stream = listen(own_simulator, own_client, "0")
    held = own_orders.place("VIC", "B", 0, 200, order_type="ATO")
    heard.wait_for(is_order(held, "IAV"))
    own_control.set_time("09:01:00")
    heard.wait_for(is_order(held, "QU"))
    own_control.other_order("VIC", "SELL", None, 100, "ATO")
    own_control.set_time("09:15:00")
    ended = heard.wait_for(is_order(held, "FFPC"))["data"]
    assert (ended["filledQty"], ended["cancelQty"], ended["osQty"]) == (100, 100, 0)
    assert heard.events(held) == ["IAV", "RS", "SD", "QU", "match", "PF", "FFPC"]
    hang_up(stream)


def test_the_rest_of_an_mtl_is_echoed_as_a_limit_order(
    own_control: Control, own_orders: Orders, own_mailbox: Mailbox
) -> None:
    own_control.other_order("VIC", "SELL", 85_500, 100)
    request_id = own_orders.place("VIC", "B", 0, 300, order_type="MTL")
    event = own_mailbox.wait_for(
        lambda message: message["data"]["uniqueID"] == request_id and message["data"].get("orderType") == "LO"
    )["data"]
    assert (event["price"], event["orderStatus"], event["osQty"]) == (85_600.0, "PF", 200)


def test_another_participant_keeps_the_exchanges_rules(own_control: Control) -> None:
    wrong = own_control.post(
        "participants", json={"symbol": "ACV", "side": "BUY", "order_type": "MTL", "quantity": 100}
    )
    assert wrong.status_code == 422
    too_early = own_control.post(
        "participants", json={"symbol": "VIC", "side": "BUY", "order_type": "ATC", "quantity": 100}
    )
    assert too_early.status_code == 409
    assert "CONT_AM" in too_early.json()["detail"]


def test_a_day_that_widens_the_band_is_set_through_control_and_one_that_only_the_exchange_reckons_is_refused(
    own_control: Control,
) -> None:
    wide = own_control.put("symbols/SHS", json={"band_day": "RETURN_DAY"}).raise_for_status().json()
    assert (wide["band_day"], wide["reference"], wide["floor"], wide["ceiling"]) == (
        "RETURN_DAY",
        22_400,
        15_700,
        29_100,
    )
    unknown = own_control.put("symbols/SHS", json={"band_day": "LARGE_CASH_EX_DATE", "status": "HALTED"})
    assert (unknown.status_code, unknown.json()["detail"]) == (
        422,
        "HNX publishes the band of a LARGE_CASH_EX_DATE day itself.",
    )
    assert own_control.get("symbols/SHS").json() == wide


def test_a_day_closed_through_control_is_passed_over_even_after_a_restart(
    own_simulator: SimulatorProcess, own_control: Control
) -> None:
    clock = own_control.get("clock").json()
    following = date.fromisoformat(own_control.next_day()["trading_date"])
    closed = following + timedelta(days=1)
    while closed.weekday() > 4:
        closed += timedelta(days=1)
    post_body = {"day": closed.isoformat(), "kind": "CLOSED", "reason": "storm"}
    assert own_control.post("calendar", json=post_body).status_code == 201
    assert own_control.post("calendar", json={**post_body, "day": clock["trading_date"]}).status_code == 422
    own_simulator.kill()
    own_simulator.restart()
    assert [row["day"] for row in own_control.get("calendar").json()] == [closed.isoformat()]
    assert own_control.next_day()["trading_date"] > closed.isoformat()


def test_cash_and_shares_can_be_moved_from_outside(own_control: Control) -> None:
    number = own_control.call("POST", "accounts", {"number": "0901359", "cash": 1_000_000, "foreign": True})["number"]
    moved = own_control.call("POST", f"accounts/{number}/movements", {"cash": -400_000, "shares": {"FPT": 300}})
    assert (moved["cash"], moved["positions"]["FPT"]["settled"], moved["foreign"]) == (600_000, 300, True)
    too_much = own_control.post(f"accounts/{number}/movements", json={"shares": {"FPT": -400}})
    assert too_much.status_code == 422


def test_last_and_reference_price_are_set_through_control_and_told_by_the_data_host(
    own_simulator: SimulatorProcess, own_control: Control
) -> None:
    before = own_control.get("symbols/FPT").json()
    body = {"reference": 90_000, "last": 92_000}
    shown = own_control.put("symbols/FPT", json=body).raise_for_status().json()
    assert (shown["reference"], shown["floor"], shown["ceiling"]) == (90_000, 83_700, 96_300)
    assert (shown["last"], shown["volume"]) == (92_000, before["volume"])
    headers = {"Authorization": f"Bearer {data_token(own_simulator)}"}
    url = f"{own_simulator.url}api/v2/Market/DailyStockPrice"
    (row,) = httpx.get(url, params={"symbol": "FPT"}, headers=headers).json()["data"]
    assert (row["RefPrice"], row["CeilingPrice"], row["ClosePrice"]) == ("90000", "96300", "92000")
    own_simulator.kill()
    own_simulator.restart()
    assert own_control.get("symbols/FPT").json()["last"] == 92_000


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"last": 85_550}, "the nearest are 85500 and 85600"),
        ({"reference": 85_550}, "the nearest are 85500 and 85600"),
        ({"last": 200_000}, "to the ceiling"),
        ({"reference": 100_000, "last": 85_500}, "from the floor 93000 to the ceiling 107000"),
        ({"last": 0}, "greater than 0"),
        ({"last": 10**30}, "less than or equal to 1000000000"),
    ],
)
def test_a_price_that_cannot_be_is_refused_with_what_is_allowed(
    own_control: Control, body: dict[str, int], words: str
) -> None:
    before = own_control.get("symbols/VIC").json()
    refused = own_control.put("symbols/VIC", json=body)
    assert (refused.status_code, words in refused.text) == (422, True), refused.text
    assert own_control.get("symbols/VIC").json() == before
