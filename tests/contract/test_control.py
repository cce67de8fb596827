"""The control API: the clock, the turn of a day, faults, and what the simulator says it has received."""

from pathlib import Path

import pytest
import requests as http

from tests.contract.listening import Mailbox, is_order, until
from tests.contract.ssi import FCTradingClient, Orders, ended, hang_up, listen, opened_socket, requests, trading_client
from tests.support.simulator_process import Control, SimulatorProcess, running_simulator

pytestmark = pytest.mark.stack


def test_an_order_in_the_break_is_parked_and_goes_out_at_its_end(
    own_control: Control, own_orders: Orders, own_mailbox: Mailbox
) -> None:
    own_control.set_time("11:45:00")
    request_id = own_orders.place("VIC", "B", 85_000, 100)
    own_mailbox.wait_for(is_order(request_id, "IAV"))
    own_control.set_time("13:00:00")
    own_mailbox.wait_for(is_order(request_id, "QU"))
    assert own_mailbox.events(request_id) == ["IAV", "RS", "SD", "QU"]


def test_unfilled_orders_expire_and_the_next_day_counts_its_messages_from_one(
    own_simulator: SimulatorProcess,
    own_control: Control,
    own_client: FCTradingClient,
    own_orders: Orders,
    own_mailbox: Mailbox,
) -> None:
    own_control.set_time("14:00:00")
    request_id = own_orders.place("VIC", "B", 85_000, 100)
    own_mailbox.wait_for(is_order(request_id, "QU"))
    own_control.set_time("14:46:00")
    dead = own_mailbox.wait_for(is_order(request_id, "EX"))["data"]
    assert (dead["cancelQty"], dead["osQty"]) == (100, 0)

    today = own_control.next_day()
    assert set(today["phases"].values()) == {"CONT_AM"}
    assert own_client.get_order_book(requests.OrderBook(own_orders.account))["data"]["orders"] == []
    assert own_orders.send(request_id, "VIC", "B", 85_000, 100)["status"] == 200
    fresh, stream = listen(own_simulator, own_client, "0")
    fresh.wait_for(is_order(request_id, "QU"))
    assert fresh.notify_ids()[0] == 1
    hang_up(stream)


def test_a_purchase_can_be_sold_from_thirteen_on_the_second_day_after_it(
    own_control: Control, own_client: FCTradingClient, own_orders: Orders, own_mailbox: Mailbox
) -> None:
    request_id = own_orders.place("MBB", "B", 24_500, 200)
    own_mailbox.wait_for(is_order(request_id, "QU"))
    own_control.other_order("MBB", "SELL", 24_500, 200)
    own_mailbox.wait_for(is_order(request_id, "FF"))

    def sellable() -> tuple[int, int]:
        data = own_client.get_stock_position(requests.StockPosition(own_orders.account))["data"]
        row = next(row for row in data["stockPositions"] if row["instrumentID"] == "MBB")
        return row["onHand"], row["sellableQty"]

    own_control.next_day()
    own_control.next_day()
    own_control.set_time("12:59:00")
    assert sellable() == (200, 0)
    own_control.set_time("13:00:00")
    assert sellable() == (200, 200)


def test_the_clock_runs_faster_when_told_so_and_never_backwards(own_control: Control) -> None:
    own_control.set_time("11:25:00")
    before = own_control.get("clock").json()
    faster = own_control.put("clock", json={"rate": 600}).json()
    assert (faster["rate"], faster["version"]) == (600, before["version"] + 1)
    until(lambda: own_control.get("clock").json()["phases"]["HOSE"] == "BREAK" or None)
    stopped = own_control.put("clock", json={"rate": 0}).json()
    assert own_control.get("clock").json()["now"] == stopped["now"]
    refused = own_control.put("clock", json={"now": before["now"]})
    assert refused.status_code == 422
    assert "forward" in refused.json()["detail"]


def test_a_dropped_reply_leaves_the_order_taken_and_a_drop_before_does_not(
    own_control: Control, own_orders: Orders, own_mailbox: Mailbox
) -> None:
    own_control.post("faults", json={"kind": "drop_reply_after_taking", "path": "NewOrder", "times": 1})
    taken = own_orders.next_id()
    with pytest.raises(http.exceptions.ConnectionError):
        own_orders.send(taken, "VIC", "B", 85_000, 100)
    own_mailbox.wait_for(is_order(taken, "QU"))

    own_control.post("faults", json={"kind": "drop_before_taking", "path": "neworder", "times": 1})
    lost = own_orders.next_id()
    with pytest.raises(http.exceptions.ConnectionError):
        own_orders.send(lost, "VIC", "B", 85_000, 100)
    assert own_orders.send(lost, "VIC", "B", 85_000, 100)["status"] == 200
    assert own_control.get("faults").json() == []
    own_mailbox.wait_for(is_order(lost, "QU"))
    assert {order["request_id"] for order in own_control.get("orders").json()} == {taken, lost}


def test_a_dropped_stream_loses_nothing_that_a_resume_does_not_bring_back(
    own_simulator: SimulatorProcess, own_control: Control, own_client: FCTradingClient, own_orders: Orders
) -> None:
    heard, stream = listen(own_simulator, own_client, "0")
    opened = opened_socket(stream)
    own_control.post("faults", json={"kind": "stream_drop"})
    request_id = own_orders.place("VIC", "B", 85_000, 100)
    ended(stream, opened)
    assert heard.messages == []
    resumed, stream = listen(own_simulator, own_client, "1")
    resumed.wait_for(is_order(request_id, "QU"))
    assert resumed.notify_ids() == [1, 2, 3]
    hang_up(stream)


def test_received_requests_are_shown_without_their_secrets(
    own_simulator: SimulatorProcess, own_control: Control, own_orders: Orders
) -> None:
    request_id = own_orders.place("VIC", "B", 85_000, 100)
    received = own_control.get("received", params={"path": "NewOrder"}).json()
    assert [request["body"]["requestID"] for request in received] == [request_id]
    everything = own_control.get("received").text
    for name in ("SSI_API_SECRET", "SSI_PIN"):
        assert own_simulator.env[name] not in everything


def test_a_new_account_trades_at_once(
    own_simulator: SimulatorProcess, own_control: Control, own_client: FCTradingClient, own_mailbox: Mailbox
) -> None:
    body = {"number": "0901359", "cash": 50_000_000, "shares": {"SHS": 300}, "commission_ppm": 0}
    assert own_control.post("accounts", json=body).status_code == 201
    assert own_control.post("accounts", json=body).status_code == 409
    orders = Orders(own_simulator, own_client, 20_000_000)
    orders.account = "0901359"
    request_id = orders.place("SHS", "S", 22_400, 300)
    event = own_mailbox.wait_for(is_order(request_id, "QU"))
    assert event["data"]["account"] == "0901359"


def test_with_participants_a_marketable_order_fills_within_seconds(tmp_path: Path) -> None:
    with running_simulator(tmp_path, seed=3) as simulator, simulator.control as control:
        orders = Orders(simulator, trading_client(simulator))
        request_id = orders.place("VIC", "B", 85_800, 2_000)
        order = until(
            lambda: next(
                (row for row in control.get("orders").json() if row["request_id"] == request_id and not row["leaves"]),
                None,
            )
        )
        assert order["status"] == "FF"
        fills = control.get("fills").json()
        assert sum(fill["quantity"] for fill in fills) == 2_000
        assert sum(fill["quantity"] * fill["price"] for fill in fills) == order["filled_value"]
