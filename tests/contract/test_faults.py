"""Every fault of the wire as a client meets it: on HTTP, on the stream, and between the two."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests as http
from websockets.exceptions import InvalidMessage, InvalidStatus
from websockets.sync.client import connect

from tests.contract.listening import Mailbox, is_error, is_order, until
from tests.contract.raw_wire import token
from tests.contract.ssi import FCTradingClient, Orders, ended, hang_up, listen, opened_socket, trading_client
from tests.support.simulator_process import Control, SimulatorProcess, running_simulator

pytestmark = pytest.mark.stack

BOOK = "api/v2/Trading/auditOrderBook"


def fault(control: Control, kind: str, path: str = "", **others: Any) -> None:
    control.post("faults", json={"kind": kind, "path": path, **others}).raise_for_status()


def ask_book(
    simulator: SimulatorProcess, client: FCTradingClient, account: str, timeout: float = 5.0
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {client.get_access_token()}"}
    return httpx.get(simulator.url + BOOK, params={"account": account}, headers=headers, timeout=timeout)


def ids_in_book(simulator: SimulatorProcess, client: FCTradingClient, account: str) -> list[str]:
    return [row["uniqueID"] for row in ask_book(simulator, client, account).json()["data"]["orders"]]


def test_the_table_of_faults_is_told(control: Control) -> None:
    rows = control.get("faults/kinds").json()
    assert {"hang_before_taking", "overfill", "stream_lag_ms"} <= {row["kind"] for row in rows}
    wrong = control.post("faults", json={"kind": "overfill", "value": -1})
    assert (wrong.status_code, "clock_skew" in wrong.text) == (422, True)


@pytest.mark.parametrize("value", [500, 502])
def test_an_error_page_is_html_and_the_call_was_done_only_after_taking(
    simulator: SimulatorProcess, control: Control, client: FCTradingClient, orders: Orders, value: int
) -> None:
    lost, taken = orders.next_id(), orders.next_id()
    for kind, request_id in (("server_error_before_taking", lost), ("server_error_after_taking", taken)):
        fault(control, kind, "NewOrder", value=value)
        with pytest.raises(ValueError, match="Expecting value"):
            orders.send(request_id, "VIC", "B", 85_000, 100)
    until(lambda: taken in ids_in_book(simulator, client, orders.account) or None)
    assert lost not in ids_in_book(simulator, client, orders.account)
    fault(control, "server_error_before_taking", "auditOrderBook", value=value)
    page = ask_book(simulator, client, orders.account)
    assert (page.status_code, page.headers["content-type"].split(";")[0]) == (value, "text/html")


def test_too_many_requests_are_told_in_plain_text(
    simulator: SimulatorProcess, control: Control, client: FCTradingClient, orders: Orders
) -> None:
    fault(control, "too_many_requests", "auditOrderBook", value=7)
    answer = ask_book(simulator, client, orders.account)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.text.startswith("API calls quota exceeded!")


def test_a_truncated_reply_is_no_json_and_the_order_is_taken(
    simulator: SimulatorProcess, control: Control, client: FCTradingClient, orders: Orders
) -> None:
    fault(control, "truncated_reply", "NewOrder")
    taken = orders.next_id()
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        orders.send(taken, "VIC", "B", 85_000, 100)
    until(lambda: taken in ids_in_book(simulator, client, orders.account) or None)


@pytest.mark.parametrize(("kind", "taken"), [("hang_before_taking", False), ("hang_after_taking", True)])
def test_a_call_that_hangs_leaves_its_client_waiting(
    simulator: SimulatorProcess,
    control: Control,
    client: FCTradingClient,
    orders: Orders,
    kind: str,
    taken: bool,
) -> None:
    fault(control, kind, "NewOrder", value=300)
    request_id = orders.next_id()
    started = time.monotonic()
    with pytest.raises(http.exceptions.ConnectionError):
        orders.send(request_id, "VIC", "B", 85_000, 100)
    assert time.monotonic() - started >= 0.3
    fault(control, "hang_before_taking", "auditOrderBook")
    with pytest.raises(httpx.ReadTimeout):
        ask_book(simulator, client, orders.account, timeout=0.2)
    if taken:
        until(lambda: request_id in ids_in_book(simulator, client, orders.account) or None)
    assert (request_id in ids_in_book(simulator, client, orders.account)) is taken


def test_an_expired_token_and_a_failing_page_are_answers(
    simulator: SimulatorProcess, control: Control, client: FCTradingClient, orders: Orders
) -> None:
    fault(control, "expired_token", "auditOrderBook")
    fault(control, "book_page_fails", "auditOrderBook")
    told = [ask_book(simulator, client, orders.account).json() for _ in range(3)]
    assert [answer["status"] for answer in told] == [401, 500, 200]


def test_a_fault_for_another_account_or_symbol_leaves_this_one_alone(
    control: Control, orders: Orders, mailbox: Mailbox
) -> None:
    fault(control, "drop_before_taking", "NewOrder", symbol="FPT")
    fault(control, "drop_before_taking", "NewOrder", account="0901359")
    mailbox.wait_for(is_order(orders.place("VIC", "B", 85_000, 100), "QU"))
    assert len(control.get("faults").json()) == 2


def test_of_two_accounts_only_the_named_one_has_the_fault(
    simulator: SimulatorProcess, control: Control, client: FCTradingClient, orders: Orders, account: str
) -> None:
    fault(control, "server_error_before_taking", account=account)
    assert ask_book(simulator, client, orders.account).json()["status"] == 200
    assert ask_book(simulator, client, account).status_code == 502
    assert control.get("faults").json() == []
    assert ask_book(simulator, client, account).json()["status"] == 200


def test_of_two_accounts_on_one_stream_only_the_named_ones_message_is_lost(
    simulator: SimulatorProcess, control: Control, client: FCTradingClient, orders: Orders, account: str
) -> None:
    other = Orders(simulator, client, first_id=40_000_000)
    other.account = account
    live, stream = listen(simulator, client, "-1")
    fault(control, "message_lost", account=account)
    spared, hit = orders.place("FPT", "B", 95_000, 100), other.place("FPT", "B", 95_000, 100)
    for request_id in (spared, hit):
        live.wait_for(is_order(request_id, "QU"))
    hang_up(stream)
    assert (live.events(spared), live.events(hit)) == (["RS", "SD", "QU"], ["SD", "QU"])


def test_of_two_symbols_only_the_named_one_has_the_fault(
    simulator: SimulatorProcess, control: Control, client: FCTradingClient, orders: Orders
) -> None:
    fault(control, "drop_before_taking", "NewOrder", symbol="fpt")
    spared, hit = orders.place("VIC", "B", 85_000, 100), orders.next_id()
    with pytest.raises(http.exceptions.ConnectionError):
        orders.send(hit, "FPT", "B", 95_000, 100)
    assert control.get("faults").json() == []
    taken = orders.place("FPT", "B", 95_000, 100)
    until(lambda: {spared, taken} <= set(ids_in_book(simulator, client, orders.account)) or None)
    assert hit not in ids_in_book(simulator, client, orders.account)


def test_chance_is_drawn_from_the_seed(tmp_path: Path) -> None:
    """One call in two fails, and the same ones each time the same seed is used."""

    def failures(name: str, seed: int) -> list[bool]:
        with running_simulator(tmp_path / name, seed=seed, participants=False) as simulator:
            given = {"Authorization": f"Bearer {token(simulator, trade=False)}"}
            with simulator.control as control:
                fault(control, "server_error_before_taking", "rateLimit", times=None, probability=0.5)
            with httpx.Client(headers=given) as wire:
                return [wire.get(f"{simulator.url}api/v2/Trading/rateLimit").status_code == 502 for _ in range(40)]

    first, again, otherwise = failures("first", 7), failures("again", 7), failures("otherwise", 8)
    assert first == again != otherwise
    for told in (first, otherwise):
        assert 8 <= sum(told) <= 32


def test_a_lost_cancel_answer_does_not_undo_the_cancel(control: Control, orders: Orders, mailbox: Mailbox) -> None:
    request_id = orders.place("VIC", "B", 85_000, 100)
    order_id = mailbox.wait_for(is_order(request_id, "QU"))["data"]["orderID"]
    fault(control, "lost_cancel_answer")
    with pytest.raises(http.exceptions.ConnectionError):
        orders.cancel(order_id, "VIC", "B")
    until(lambda: next((m for m in list(mailbox.messages) if m["data"].get("cancelQty") == 100), None))


def test_a_fill_can_be_told_before_the_order_is_answered(control: Control, orders: Orders, mailbox: Mailbox) -> None:
    control.other_order("VND", "SELL", 20_400, 100)
    fault(control, "fill_before_ack", "NewOrder", value=1_000)
    request_id = orders.place("VND", "B", 20_450, 100)
    assert mailbox.events(request_id) == ["RS", "SD", "QU", "match", "FF"]


def test_an_amended_orders_new_id_names_the_old_one(control: Control, orders: Orders, mailbox: Mailbox) -> None:
    request_id = orders.place("VIC", "B", 85_000, 300)
    order_id = mailbox.wait_for(is_order(request_id, "QU"))["data"]["orderID"]
    fault(control, "order_id_changed_on_amend")
    changed = mailbox.wait_for(is_order(orders.modify(order_id, "VIC", "B", 85_000, 200), "QU"))["data"]
    assert changed["origOrderId"] == order_id != changed["orderID"]
    assert order_id not in {order["order_id"] for order in control.get("orders").json()}
    mailbox.wait_for(is_error(orders.cancel(order_id, "VIC", "B")))


def test_an_order_missing_from_the_book_appears_later(
    simulator: SimulatorProcess, control: Control, client: FCTradingClient, orders: Orders, mailbox: Mailbox
) -> None:
    fault(control, "book_misses_order", value=3_000)
    request_id = orders.place("VIC", "B", 85_000, 100)
    mailbox.wait_for(is_order(request_id, "QU"))
    assert request_id not in ids_in_book(simulator, client, orders.account)
    until(lambda: request_id in ids_in_book(simulator, client, orders.account) or None)


def test_messages_are_lost_doubled_reordered_and_late_only_on_the_live_stream(
    simulator: SimulatorProcess, control: Control, client: FCTradingClient, orders: Orders
) -> None:
    live, stream = listen(simulator, client, "-1")
    fault(control, "message_duplicated", symbol="HPG")
    fault(control, "message_lost", symbol="HCM", times=2)
    fault(control, "messages_reordered", symbol="KDH")
    fault(control, "stream_lag_ms", symbol="PNJ", value=400)
    heard = {}
    for symbol, price in (("HPG", 26_500), ("HCM", 23_500), ("KDH", 33_000), ("PNJ", 87_000)):
        heard[symbol] = orders.place(symbol, "B", price, 100)
        live.wait_for(is_order(heard[symbol], "QU"))
    assert live.events(heard["HPG"]) == ["RS", "RS", "SD", "QU"]
    assert live.events(heard["HCM"]) == ["QU"]
    assert live.events(heard["KDH"]) == ["SD", "RS", "QU"]
    assert live.events(heard["PNJ"]) == ["RS", "SD", "QU"]
    resumed, second = listen(simulator, client, "0")
    resumed.wait_for(is_order(heard["PNJ"], "QU"))
    for request_id in heard.values():
        assert resumed.events(request_id) == ["RS", "SD", "QU"]
    hang_up(stream)
    hang_up(second)


def test_a_silent_stream_says_nothing_and_stays_open(
    simulator: SimulatorProcess, control: Control, client: FCTradingClient, orders: Orders
) -> None:
    live, stream = listen(simulator, client, "-1")
    fault(control, "stream_silence", value=700)
    silent = orders.place("VIC", "B", 85_000, 100)
    until(lambda: silent in ids_in_book(simulator, client, orders.account) or None)
    time.sleep(0.8)  # the silence itself is what is looked at
    spoken = orders.place("VIC", "B", 85_000, 100)
    live.wait_for(is_order(spoken, "QU"))
    assert live.events(silent) == []
    hang_up(stream)


def test_executions_and_orders_can_be_made_up_by_hand(control: Control, orders: Orders, mailbox: Mailbox) -> None:
    body = {"account": orders.account, "symbol": "REE", "side": "BUY", "price": 64_000, "quantity": 100}
    strange = control.post("external-orders", json=body).json()
    heard = mailbox.wait_for(is_order(strange["request_id"], "QU"))["data"]
    assert (heard["channel"], heard["orderID"]) == ("WT", strange["order_id"])
    still_open = control.post(f"orders/{strange['order_id']}/late-fill", json={"price": 64_000, "quantity": 100})
    assert still_open.status_code == 409
    mailbox.wait_for(is_order(orders.cancel(strange["order_id"], "REE", "B"), "CL"))
    one = {"price": 64_000, "quantity": 100}
    assert control.post(f"orders/{strange['order_id']}/late-fill", json=one).json()["status"] == "FF"
    corrected = control.post(f"orders/{strange['order_id']}/correction", json={**one, "corrected_price": 63_900})
    assert corrected.json()["filled_value"] == 6_390_000
    busted = control.post(f"orders/{strange['order_id']}/bust", json={**one, "price": 63_900})
    assert (busted.json()["status"], busted.json()["filled_value"]) == ("CL", 0)
    too_much = control.post(f"orders/{strange['order_id']}/bust", json=one)
    assert (too_much.status_code, "has traded: nothing" in too_much.text) == (422, True)


def test_only_what_an_order_has_traded_is_taken_back_or_corrected(control: Control, orders: Orders) -> None:
    body = {"account": orders.account, "symbol": "REE", "side": "BUY", "price": 64_000, "quantity": 300}
    order_id = control.post("external-orders", json=body).json()["order_id"]
    for price in (63_900, 64_000):
        control.other_order("REE", "SELL", price, 100)
    one = {"price": 64_000, "quantity": 100}
    for path, wrong in (
        ("bust", {**one, "price": 1}),
        ("bust", {**one, "quantity": 300}),
        ("correction", {**one, "price": 999_999, "corrected_price": 64_000}),
    ):
        refused = control.post(f"orders/{order_id}/{path}", json=wrong)
        assert (refused.status_code, "has traded: 200 at 64000" in refused.text) == (422, True), refused.text
    for price in (1, 64_050, 10**12):
        refused = control.post(f"orders/{order_id}/correction", json={**one, "corrected_price": price})
        assert (refused.status_code, "corrected_price" in refused.text) == (422, True)
    control.post(f"orders/{order_id}/correction", json={**one, "corrected_price": 63_800}).raise_for_status()
    busted = control.post(f"orders/{order_id}/bust", json=one).raise_for_status().json()
    assert (busted["filled"], busted["filled_value"]) == (100, 6_380_000)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"kind": "server_error_before_taking", "value": 99}, "from 400 to 599"),
        ({"kind": "server_error_after_taking", "value": 600}, "from 400 to 599"),
        ({"kind": "reply_delay_ms", "value": 10**23}, "at most 86400000"),
        ({"kind": "clock_skew", "value": -(10**23)}, "at most 86400000"),
    ],
)
def test_a_fault_with_a_value_that_cannot_be_is_refused(control: Control, body: dict[str, object], words: str) -> None:
    refused = control.post("faults", json=body)
    assert (refused.status_code, words in refused.text) == (422, True), refused.text
    assert control.get("faults").json() == []


@pytest.fixture
def own_simulator(tmp_path: Path) -> Iterator[SimulatorProcess]:
    """For what would break the streams of other tests."""
    with running_simulator(tmp_path, participants=False) as simulator:
        yield simulator


def test_a_restart_that_forgets_its_tokens_breaks_streams_and_asks_for_a_new_login(
    own_simulator: SimulatorProcess,
) -> None:
    simulator, own = own_simulator, trading_client(own_simulator)
    account = simulator.env["SSI_ACCOUNT"]
    _, stream = listen(simulator, own, "-1")
    opened = opened_socket(stream)
    with simulator.control as control:
        fault(control, "restart_with_token_loss", "auditOrderBook")
    with pytest.raises(httpx.TransportError):
        ask_book(simulator, own, account)
    ended(stream, opened)
    assert ask_book(simulator, own, account).json()["status"] == 401
    assert ask_book(simulator, trading_client(simulator), account).json()["status"] == 200


def test_a_closed_port_refuses_connections_and_opens_again(own_simulator: SimulatorProcess) -> None:
    simulator, client = own_simulator, trading_client(own_simulator)
    account = simulator.env["SSI_ACCOUNT"]
    with simulator.control as control:
        fault(control, "refuse_connections", "auditOrderBook", value=1_500)
    with pytest.raises(httpx.TransportError):
        ask_book(simulator, client, account)

    def refused() -> bool | None:
        try:
            ask_book(simulator, client, account)
        except httpx.ConnectError:
            return True
        except httpx.TransportError:
            return None
        return None

    def answered() -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = json.loads(ask_book(simulator, client, account).text)
        except httpx.TransportError:
            return None
        return found

    assert until(refused)
    assert until(answered)["status"] == 200


NEGOTIATE = "v2.0/signalr/negotiate?connectionData=[]"


def negotiated(simulator: SimulatorProcess, client: FCTradingClient, seconds: float = 5) -> httpx.Response:
    headers = {"Authorization": f"Bearer {client.get_access_token()}"}
    return httpx.get(simulator.url + NEGOTIATE, headers=headers, timeout=seconds)


def connected(simulator: SimulatorProcess, client: FCTradingClient) -> str:
    """The first frame of a stream opened by hand."""
    address = simulator.url.replace("http", "ws") + "v2.0/signalr/connect?transport=webSockets"
    headers = {"Authorization": f"Bearer {client.get_access_token()}"}
    with connect(address, additional_headers=headers, compression=None, open_timeout=5) as socket:
        return str(socket.recv(5))


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("too_many_requests", 0, 429),
        ("server_error_before_taking", 503, 503),
        ("server_error_after_taking", 0, 502),
        ("expired_token", 0, 401),
    ],
)
def test_a_fault_that_names_negotiate_or_connect_befalls_it(
    simulator: SimulatorProcess, client: FCTradingClient, control: Control, kind: str, value: int, code: int
) -> None:
    fault(control, kind, "negotiate", value=value)
    assert negotiated(simulator, client).status_code == code
    assert negotiated(simulator, client).status_code == 200
    fault(control, kind, "Connect", value=value)
    with pytest.raises(InvalidStatus) as refused:
        connected(simulator, client)
    assert refused.value.response.status_code == code
    assert '"S": 1' in connected(simulator, client)


@pytest.mark.parametrize("kind", ["drop_before_taking", "drop_reply_after_taking", "hang_before_taking"])
def test_a_negotiation_and_an_opening_can_be_cut(
    simulator: SimulatorProcess, client: FCTradingClient, control: Control, kind: str
) -> None:
    fault(control, kind, "negotiate", value=300)
    with pytest.raises(httpx.RemoteProtocolError):
        negotiated(simulator, client)
    fault(control, kind, "connect", value=300)
    with pytest.raises((InvalidMessage, ConnectionError)):
        connected(simulator, client)
    assert '"S": 1' in connected(simulator, client)


def test_a_negotiation_and_an_opening_can_be_late(
    simulator: SimulatorProcess, client: FCTradingClient, control: Control
) -> None:
    for path, call in (("negotiate", negotiated), ("connect", connected)):
        fault(control, "reply_delay_ms", path, value=400)
        begun = time.monotonic()
        call(simulator, client)
        assert time.monotonic() - begun > 0.4


def test_a_fault_that_names_no_call_leaves_negotiation_alone(
    simulator: SimulatorProcess, client: FCTradingClient, control: Control
) -> None:
    fault(control, "too_many_requests")
    assert negotiated(simulator, client).status_code == 200
    assert '"S": 1' in connected(simulator, client)
    assert len(control.get("faults").json()) == 1


def test_tokens_that_a_fault_has_made_the_host_forget_stay_forgotten_after_a_real_restart(
    own_simulator: SimulatorProcess,
) -> None:
    def status(given: str) -> object:
        headers = {"Authorization": f"Bearer {given}"}
        return httpx.get(own_simulator.url + "api/v2/Trading/rateLimit", headers=headers, timeout=5).json()["status"]

    forgotten = token(own_simulator, trade=True)
    with own_simulator.control as control:
        fault(control, "restart_with_token_loss", "rateLimit")
    with pytest.raises(httpx.RemoteProtocolError):
        status(forgotten)
    kept = token(own_simulator, trade=True)
    own_simulator.kill()
    own_simulator.restart()
    assert (status(forgotten), status(kept)) == (401, 200)
