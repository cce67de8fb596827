"""After `kill -9` the simulator carries on: orders, holds, request ids, messages and clock are back."""

from pathlib import Path
from typing import Any

import pytest

from market.fees import SSI_ONLINE, commission
from tests.contract.listening import is_order, until
from tests.contract.ssi import FCTradingClient, Orders, ended, hang_up, listen, opened_socket, requests, trading_client
from tests.support.simulator_process import running_simulator

pytestmark = pytest.mark.stack


def book(client: FCTradingClient, account: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = client.get_audit_order_book(requests.AuditOrderBook(account))["data"]["orders"]
    return rows


def resting(client: FCTradingClient, account: str, request_id: str) -> dict[str, Any]:
    return until(
        lambda: next(
            (row for row in book(client, account) if row["uniqueID"] == request_id and row["orderStatus"] == "QU"), None
        )
    )


def test_a_killed_simulator_knows_everything_it_had_answered(tmp_path: Path) -> None:
    with running_simulator(tmp_path, participants=False) as simulator:
        client = trading_client(simulator)
        orders = Orders(simulator, client)
        first = orders.place("VIC", "B", 85_400, 300)
        second = orders.place("VIC", "B", 85_400, 200)
        resting(client, orders.account, second)
        heard, stream = listen(simulator, client, "0")
        heard.wait_for(is_order(second, "QU"))
        hang_up(stream)
        rows_before = book(client, orders.account)
        with simulator.control as control:
            clock_before = control.get("clock").json()
            accounts_before = control.get("accounts").json()

        simulator.kill()
        simulator.restart()

        assert book(client, orders.account) == rows_before
        with simulator.control as control:
            assert control.get("accounts").json() == accounts_before
            clock_after = control.get("clock").json()
            # Participants stay switched off, or they might have filled the orders.
            assert control.get("settings").json()["participants_enabled"] is False
        assert clock_after["trading_date"] == clock_before["trading_date"]
        assert clock_after["version"] > clock_before["version"]
        assert orders.send(first, "VIC", "B", 85_400, 300)["status"] == 400

        replayed, stream = listen(simulator, client, "0")
        replayed.wait_for(is_order(second, "QU"))
        assert replayed.messages == heard.messages
        with simulator.control as control:
            body = {"symbol": "VIC", "side": "SELL", "price": 85_400, "quantity": 400}
            control.post("participants", json=body).raise_for_status()
        replayed.wait_for(is_order(second, "PF"))
        assert replayed.notify_ids() == list(range(1, len(replayed.messages) + 1))
        assert replayed.events(first)[-2:] == ["match", "FF"], "the earlier order comes first"
        hang_up(stream)


def test_a_request_taken_just_before_the_kill_is_carried_out_after_it(tmp_path: Path) -> None:
    with running_simulator(tmp_path, participants=False) as simulator:
        client = trading_client(simulator)
        orders = Orders(simulator, client)
        request_id = orders.place("FPT", "B", 98_000, 100)
        simulator.kill()
        simulator.restart()
        row = resting(client, orders.account, request_id)
        assert (row["quantity"], row["price"]) == (100, 98_000.0)
        assert len(book(client, orders.account)) == 1


def test_kills_in_the_middle_of_trading_lose_and_double_nothing(tmp_path: Path) -> None:
    """Each round is killed the moment its last request was answered, with matching and messages still to come."""
    with running_simulator(tmp_path, seed=11) as simulator:
        client = trading_client(simulator)
        orders = Orders(simulator, client)
        placed = []
        for _ in range(3):
            placed += [orders.place("VIC", "B", 85_300 + 100 * step, 300) for step in range(8)]
            simulator.kill()
            simulator.restart()
        until(lambda: len(book(client, orders.account)) == len(placed) or None)
        with simulator.control as control:
            control.put("participants/enabled", json={"enabled": False}).raise_for_status()
            fills = control.get("fills").json()
            account = next(item for item in control.get("accounts").json() if item["number"] == orders.account)
        rows = {row["orderID"]: row for row in book(client, orders.account)}
        assert sorted(row["uniqueID"] for row in rows.values()) == placed
        for order_id, row in rows.items():
            mine = [fill for fill in fills if fill["order_id"] == order_id]
            assert sum(fill["quantity"] for fill in mine) == row["filledQty"]
        assert account["positions"]["VIC"]["on_hand"] == 5_000 + sum(fill["quantity"] for fill in fills)
        values = [sum(fill["quantity"] * fill["price"] for fill in fills if fill["order_id"] == key) for key in rows]
        assert account["cash"] == 1_000_000_000 - sum(value + commission(SSI_ONLINE, value) for value in values)
        assert fills, "the market was near enough to trade"

        heard, stream = listen(simulator, client, "0")
        until(lambda: len(heard.messages) >= max(fill["notify_id"] for fill in fills) or None)
        assert heard.notify_ids() == list(range(1, len(heard.messages) + 1))
        hang_up(stream)


def test_an_asked_end_is_clean_and_leaves_the_same_keys(tmp_path: Path) -> None:
    with running_simulator(tmp_path, participants=False) as simulator:
        client = trading_client(simulator)
        _, stream = listen(simulator, client, "-1")
        env = simulator.env
        opened = opened_socket(stream)
        assert simulator.stop() == 0
        ended(stream, opened)
        simulator.restart()
        assert simulator.env == env
        orders = Orders(simulator, client)
        orders.place("FPT", "B", 98_000, 100)


def test_a_simulator_stopped_after_the_close_starts_into_the_next_session(tmp_path: Path) -> None:
    with running_simulator(tmp_path, participants=False) as simulator:
        with simulator.control as control:
            day = control.get("clock").json()["trading_date"]
            control.put("clock", json={"now": f"{day}T15:30:00+07:00"}).raise_for_status()
        simulator.kill()
        simulator.restart()
        with simulator.control as control:
            clock = control.get("clock").json()
        assert clock["trading_date"] > day
        assert "T09:20" in clock["now"]
        assert set(clock["phases"].values()) == {"CONT_AM"}
