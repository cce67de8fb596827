"""After `kill -9` the simulator carries on: orders, holds, request ids, messages and clock are back."""

from pathlib import Path
from typing import Any

import httpx
import pytest
import requests as http

from market.fees import SSI_ONLINE, commission
from tests.contract.listening import is_order, until
from tests.contract.raw_wire import data_token, token
from tests.contract.ssi import FCTradingClient, Orders, ended, hang_up, listen, opened_socket, requests, trading_client
from tests.support.simulator_process import Control, SimulatorProcess, running_simulator

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
            control.other_order("VIC", "SELL", 85_400, 400)
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


@pytest.mark.parametrize(
    ("asked", "resumed", "phases"),
    [(True, "T09:20", {"CONT_AM"}), (False, "T15:30", {"CLOSED"})],
)
def test_after_the_close_an_asked_end_leads_to_the_next_session_and_a_kill_back_to_where_it_was(
    tmp_path: Path, asked: bool, resumed: str, phases: set[str]
) -> None:
    with running_simulator(tmp_path, participants=False) as simulator:
        with simulator.control as control:
            control.set_time("15:30:00", rate=0)
            day = control.today.isoformat()
        if asked:
            simulator.stop()
        else:
            simulator.kill()
        simulator.restart()
        with simulator.control as control:
            clock = control.get("clock").json()
        assert (clock["trading_date"] > day) is asked
        assert resumed in clock["now"]
        assert set(clock["phases"].values()) == phases


@pytest.mark.parametrize(
    ("symbol", "order_type", "early", "late", "crossed_at"),
    [
        ("VIC", "ATC", "14:31:00", "14:44:00", "14:45:00"),
        ("SHS", "ATC", "14:31:00", "14:44:00", "14:45:00"),
        ("SHS", "PLO", "14:46:00", "14:54:00", "14:55:00"),
    ],
)
def test_a_kill_in_the_closing_auction_or_after_it_keeps_the_phase_and_its_orders(
    tmp_path: Path, symbol: str, order_type: str, early: str, late: str, crossed_at: str
) -> None:
    with running_simulator(tmp_path, participants=False) as simulator, simulator.control as control:
        trade_before_the_close(control, symbol)
        control.set_time(early, rate=0)
        orders = Orders(simulator, trading_client(simulator))
        request_id = orders.place(symbol, "B", 0, 200, order_type=order_type)
        until(lambda: statuses(control) == ["QU"] or None)
        control.other_order(symbol, "SELL", None, 200, order_type)
        control.set_time(late, rate=0)
        before = control.get("clock").json()

        simulator.kill()
        simulator.restart()

        after = control.get("clock").json()
        assert (after["phases"], after["now"]) == (before["phases"], before["now"])
        assert statuses(control) == ["QU"]
        control.set_time(crossed_at, rate=0)
        (order,) = control.get("orders").json()
        assert (order["request_id"], order["status"], order["filled"]) == (request_id, "FF", 200)


def test_executions_put_off_by_faults_and_orders_hidden_from_the_books_survive_a_kill(tmp_path: Path) -> None:
    with running_simulator(tmp_path, participants=False) as simulator, simulator.control as control:
        control.set_time("10:30:00", rate=0)
        client = trading_client(simulator)
        orders = Orders(simulator, client)
        control.post("faults", json={"kind": "late_fill_after_cancel", "value": 600_000}).raise_for_status()
        late = orders.place("VIC", "B", 85_400, 300)
        order_id = resting(client, orders.account, late)["orderID"]
        orders.cancel(order_id, "VIC", "B")
        until(lambda: statuses(control) == ["CL"] or None)
        control.post("faults", json={"kind": "book_misses_order", "value": 600_000}).raise_for_status()
        orders.place("VIC", "B", 85_000, 100)
        until(lambda: len(statuses(control)) == 2 or None)

        simulator.kill()
        simulator.restart()

        assert [row["orderStatus"] for row in book(client, orders.account)] == ["CL"]
        control.set_time("10:45:00", rate=0)
        assert {row["orderStatus"] for row in book(client, orders.account)} == {"FF", "QU"}
        assert [fill["quantity"] for fill in control.get("fills").json()] == [300]


def test_faults_armed_before_a_kill_still_happen_after_it_and_used_ones_do_not_come_again(tmp_path: Path) -> None:
    with running_simulator(tmp_path, participants=False) as simulator, simulator.control as control:
        client = trading_client(simulator)
        orders = Orders(simulator, client)
        for body in (
            {"kind": "drop_before_taking", "path": "NewOrder", "times": 2},
            {"kind": "cancel_refused", "symbol": "VIC", "times": None},
            {"kind": "message_lost", "times": 1},
        ):
            control.post("faults", json=body).raise_for_status()
        with pytest.raises(http.exceptions.ConnectionError):
            orders.place("VIC", "B", 85_400, 100)

        simulator.kill()
        simulator.restart()

        armed = {fault["kind"]: fault["times"] for fault in control.get("faults").json()}
        assert armed == {"drop_before_taking": 1, "cancel_refused": None, "message_lost": 1}
        with pytest.raises(http.exceptions.ConnectionError):
            orders.place("VIC", "B", 85_400, 100)
        heard, stream = listen(simulator, client, "0")
        request_id = orders.place("VIC", "B", 85_400, 100)
        order_id = heard.wait_for(is_order(request_id, "QU"))["data"]["orderID"]
        assert "RS" not in heard.events(request_id), "the first message was lost"
        hang_up(stream)

        simulator.kill()
        simulator.restart()

        assert [fault["kind"] for fault in control.get("faults").json()] == ["cancel_refused"]
        orders.cancel(order_id, "VIC", "B")
        row = until(lambda: next((row for row in book(client, orders.account) if row["lastErrorEvent"]), None))
        assert row["orderStatus"] == "QU"
        control.delete("faults").raise_for_status()
        simulator.kill()
        simulator.restart()
        assert control.get("faults").json() == []


@pytest.mark.parametrize("trade", [True, False])
def test_tokens_that_a_later_login_ended_stay_ended_over_a_kill(tmp_path: Path, trade: bool) -> None:
    with running_simulator(tmp_path, participants=False) as simulator, simulator.control as control:
        control.put("settings", json={"login_ends_older_tokens": True}).raise_for_status()
        data, older, newest = data_token(simulator), token(simulator, trade=trade), token(simulator, trade=trade)
        before = [book_answer(simulator, each) for each in (older, newest)]

        simulator.kill()
        simulator.restart()

        assert [book_answer(simulator, each) for each in (older, newest)] == before == [401, 200]
        securities = httpx.get(
            f"{simulator.url}api/v2/Market/Securities", headers=bearer(data), params={"market": "HOSE"}
        )
        assert securities.json()["message"] == "Success", "the data host has logins of its own"


def test_a_token_loss_outlives_the_kill_that_follows_it(tmp_path: Path) -> None:
    with running_simulator(tmp_path, participants=False) as simulator, simulator.control as control:
        lost = token(simulator, trade=True)
        control.post("faults", json={"kind": "restart_with_token_loss"}).raise_for_status()
        with pytest.raises(httpx.TransportError):
            book_answer(simulator, lost)
        simulator.kill()
        simulator.restart()
        assert (book_answer(simulator, lost), control.get("faults").json()) == (401, [])
        kept = token(simulator, trade=True)
        simulator.kill()
        simulator.restart()
        assert book_answer(simulator, kept) == 200


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def book_answer(simulator: SimulatorProcess, token: str) -> int:
    """The `status` in SSI's answer."""
    url = f"{simulator.url}api/v2/Trading/orderBook"
    status: int = httpx.get(url, params={"account": simulator.env["SSI_ACCOUNT"]}, headers=bearer(token)).json()[
        "status"
    ]
    return status


def statuses(control: Control) -> list[str]:
    return [row["status"] for row in control.get("orders").json()]


def trade_before_the_close(control: Control, symbol: str) -> None:
    """Post-close orders need a price of the day."""
    price = control.get(f"symbols/{symbol}").json()["reference"]
    for side in ("SELL", "BUY"):
        control.other_order(symbol, side, price, 100)
