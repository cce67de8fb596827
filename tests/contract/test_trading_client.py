"""`ssi-fctrading` 2.5.3, unchanged, logs in, trades and hears the stream of the simulator."""

from typing import Any

import pytest

from tests.contract.listening import Mailbox, is_error, is_order
from tests.contract.ssi import FCTradingClient, Orders, hang_up, listen, reading_client, requests, trading_client
from tests.support.simulator_process import SimulatorProcess

pytestmark = pytest.mark.stack


def participant(simulator: SimulatorProcess, symbol: str, side: str, price: int, quantity: int) -> None:
    with simulator.control as control:
        control.other_order(symbol, side, price, quantity)


def balance(client: FCTradingClient, account: str) -> dict[str, Any]:
    answer = client.get_stock_account_balance(requests.StockAccountBalance(account))
    assert answer["status"] == 200
    data: dict[str, Any] = answer["data"]
    return data


def position(client: FCTradingClient, account: str, symbol: str) -> dict[str, Any]:
    data = client.get_stock_position(requests.StockPosition(account))["data"]
    row: dict[str, Any] = next(row for row in data["stockPositions"] if row["instrumentID"] == symbol)
    return row


def audit_row(client: FCTradingClient, account: str, unique_id: str) -> dict[str, Any]:
    data = client.get_audit_order_book(requests.AuditOrderBook(account))["data"]
    row: dict[str, Any] = next(row for row in data["orders"] if row["uniqueID"] == unique_id)
    return row


def test_a_wrong_code_gives_no_trading_token(simulator: SimulatorProcess) -> None:
    client = reading_client(simulator)
    with pytest.raises(NameError):
        client.verifyCode("wrong")


def test_a_wrong_secret_gives_no_token(simulator: SimulatorProcess) -> None:
    env = simulator.env | {"SSI_API_SECRET": "0" * 32}
    with pytest.raises(NameError):
        reading_client(SimulatorProcess(simulator.folder, simulator.port, 0, env))


def test_a_buy_is_held_then_filled_in_two_parts_and_the_stream_says_so_in_order(
    simulator: SimulatorProcess, client: FCTradingClient, orders: Orders, mailbox: Mailbox
) -> None:
    before = balance(client, orders.account)
    request_id = orders.place("VIC", "B", 85_500, 300)
    order_id = mailbox.wait_for(is_order(request_id, "QU"))["data"]["orderID"]

    held = balance(client, orders.account)
    assert held["cashBal"] == before["cashBal"]
    assert held["secureAmount"] == 300 * 85_500 + 38_475  # 0.15 % of 25,650,000

    participant(simulator, "VIC", "SELL", 85_500, 100)
    first = mailbox.wait_for(is_order(request_id, "PF"))["data"]
    assert (first["orderID"], first["filledQty"], first["osQty"]) == (order_id, 100, 200)
    participant(simulator, "VIC", "SELL", 85_300, 200)
    last = mailbox.wait_for(is_order(request_id, "FF"))["data"]
    assert (last["filledQty"], last["osQty"], last["avgPrice"]) == (300, 0, 85_500.0)

    assert mailbox.events(request_id) == ["RS", "SD", "QU", "match", "PF", "match", "FF"]
    after = balance(client, orders.account)
    assert after["secureAmount"] == 0
    assert after["cashBal"] == before["cashBal"] - 300 * 85_500 - 38_475
    bought = position(client, orders.account, "VIC")
    assert (bought["onHand"], bought["sellableQty"], bought["buyT0"]) == (5_300, 5_000, 300)


def test_a_cancelled_order_gives_its_hold_back(client: FCTradingClient, orders: Orders, mailbox: Mailbox) -> None:
    request_id = orders.place("FPT", "B", 92_000, 200)
    order_id = mailbox.wait_for(is_order(request_id, "QU"))["data"]["orderID"]
    cancel_id = orders.cancel(order_id, "FPT", "B")
    event = mailbox.wait_for(is_order(cancel_id, "CL"))["data"]
    assert (event["cancelQty"], event["osQty"], event["origRequestID"]) == (200, 0, request_id)
    assert balance(client, orders.account)["secureAmount"] == 0
    row = audit_row(client, orders.account, cancel_id)
    assert (row["orderID"], row["orderStatus"], row["cancelQty"]) == (order_id, "CL", 200)


def test_the_rest_of_a_partly_filled_order_is_cancelled_as_ffpc(
    simulator: SimulatorProcess, orders: Orders, mailbox: Mailbox
) -> None:
    request_id = orders.place("SHS", "S", 22_400, 500)
    order_id = mailbox.wait_for(is_order(request_id, "QU"))["data"]["orderID"]
    participant(simulator, "SHS", "BUY", 22_400, 200)
    mailbox.wait_for(is_order(request_id, "PF"))
    cancel_id = orders.cancel(order_id, "SHS", "S")
    event = mailbox.wait_for(is_order(cancel_id, "FFPC"))["data"]
    assert (event["filledQty"], event["cancelQty"], event["osQty"]) == (200, 300, 0)


def test_a_sale_holds_shares_and_its_proceeds_wait_for_settlement(
    simulator: SimulatorProcess, client: FCTradingClient, orders: Orders, mailbox: Mailbox
) -> None:
    before = balance(client, orders.account)
    request_id = orders.place("ACV", "S", 52_400, 400)
    mailbox.wait_for(is_order(request_id, "QU"))
    held = position(client, orders.account, "ACV")
    assert (held["onHand"], held["holdForTrade"], held["sellableQty"]) == (10_000, 400, 9_600)
    participant(simulator, "ACV", "BUY", 52_400, 400)
    mailbox.wait_for(is_order(request_id, "FF"))
    value = 400 * 52_400
    after = balance(client, orders.account)
    assert after["cashBal"] == before["cashBal"]
    assert after["receivingCashT2"] == before["receivingCashT2"] + value - value * 25 // 10_000  # 0.15 % and 0.1 %
    assert position(client, orders.account, "ACV")["sellT0"] == 400


@pytest.mark.parametrize(
    ("symbol", "side", "price", "quantity", "code"),
    [
        ("VIC", "B", 91_500, 100, "ORD003"),
        ("VIC", "B", 79_500, 100, "ORD002"),
        ("VIC", "B", 85_550, 100, "ORD004"),
        ("VIC", "B", 85_500, 150, "ORD005"),
        ("NONE", "B", 85_500, 100, "ORD001"),
        ("VIC", "B", 85_500, 100_000, "ORD008"),
        ("VIC", "S", 85_500, 100_000, "ORD007"),
    ],
)
def test_what_a_rule_forbids_is_taken_first_and_refused_on_the_stream(
    client: FCTradingClient,
    orders: Orders,
    mailbox: Mailbox,
    *,
    symbol: str,
    side: str,
    price: int,
    quantity: int,
    code: str,
) -> None:
    request_id = orders.place(symbol, side, price, quantity)
    refused = mailbox.wait_for(is_error(request_id))["data"]
    assert refused["errorCode"] == code
    row = audit_row(client, orders.account, request_id)
    assert (row["orderStatus"], row["orderID"]) == ("RJ", refused["orderID"])
    assert row["rejectReason"] == refused["message"]
    assert refused["orderID"].endswith(f"s01{request_id}")


def test_a_request_id_is_taken_once_a_day(client: FCTradingClient, orders: Orders, mailbox: Mailbox) -> None:
    request_id = orders.place("VNM", "B", 60_000, 100)
    mailbox.wait_for(is_order(request_id, "QU"))
    again = orders.send(request_id, "VNM", "B", 60_000, 100)
    assert (again["status"], again["data"]) == (400, None)
    data = client.get_order_book(requests.OrderBook(orders.account))["data"]
    assert [row["uniqueID"] for row in data["orders"]].count(request_id) == 1


def test_the_cancel_of_a_finished_order_is_refused_and_leaves_its_trace(
    client: FCTradingClient, orders: Orders, mailbox: Mailbox
) -> None:
    request_id = orders.place("HPG", "B", 26_000, 100)
    order_id = mailbox.wait_for(is_order(request_id, "QU"))["data"]["orderID"]
    cancelled = orders.cancel(order_id, "HPG", "B")
    mailbox.wait_for(is_order(cancelled, "CL"))
    refused = orders.cancel(order_id, "HPG", "B")
    assert mailbox.wait_for(is_error(refused))["data"]["message"] == "Invalid Order Transition Error!"
    row = audit_row(client, orders.account, cancelled)
    assert row["orderStatus"] == "CL"
    assert (row["lastErrorEvent"]["uniqueID"], row["lastErrorEvent"]["orderStatus"]) == (refused, "RJ")


def test_the_cancel_of_an_unknown_order_is_refused_on_the_stream(orders: Orders, mailbox: Mailbox) -> None:
    request_id = orders.cancel("19999999", "VIC", "B")
    assert mailbox.wait_for(is_error(request_id))["data"]["errorCode"] == "ORD013"


def test_a_second_trading_client_may_log_in_beside_the_first(
    simulator: SimulatorProcess, client: FCTradingClient, orders: Orders
) -> None:
    trading_client(simulator)
    assert client.get_order_book(requests.OrderBook(orders.account))["status"] == 200


def test_the_stream_resumes_from_a_notify_id_inclusively(
    simulator: SimulatorProcess, client: FCTradingClient, orders: Orders, mailbox: Mailbox
) -> None:
    request_id = orders.place("VCB", "B", 58_000, 100)
    last = mailbox.wait_for(is_order(request_id, "QU"))["data"]["notifyID"]
    assert mailbox.notify_ids() == list(range(1, last + 1))
    resumed, stream = listen(simulator, client, str(last - 1))
    resumed.wait_for(is_order(request_id, "QU"))
    assert resumed.notify_ids() == [last - 1, last]
    hang_up(stream)


def test_a_stream_from_now_on_hears_nothing_of_the_past(
    simulator: SimulatorProcess, client: FCTradingClient, orders: Orders, mailbox: Mailbox
) -> None:
    fresh, stream = listen(simulator, client, "-1")
    request_id = orders.place("VCB", "B", 58_100, 100)
    fresh.wait_for(is_order(request_id, "QU"))
    assert {message["data"]["uniqueID"] for message in fresh.messages} == {request_id}
    mailbox.wait_for(is_order(request_id, "QU"))
    hang_up(stream)


def test_the_largest_quantities_follow_cash_and_shares(client: FCTradingClient, orders: Orders) -> None:
    power = balance(client, orders.account)["purchasingPower"]
    buy = client.get_max_buy_qty(requests.MaxBuyQty(orders.account, "VIC", 85_500))["data"]
    assert buy["purchasingPower"] == power
    assert buy["maxBuyQty"] * 85_500 * 1.0015 <= power < (buy["maxBuyQty"] + 100) * 85_500 * 1.0015
    sell = client.get_max_sell_qty(requests.MaxSellQty(orders.account, "FPT", ""))["data"]
    assert sell["maxSellQty"] == 10_000


def test_an_amended_order_is_told_under_the_new_request_id(
    client: FCTradingClient, orders: Orders, mailbox: Mailbox
) -> None:
    request_id = orders.place("FPT", "B", 92_000, 300)
    order_id = mailbox.wait_for(is_order(request_id, "QU"))["data"]["orderID"]
    smaller = orders.modify(order_id, "FPT", "B", 92_000, 200)
    event = mailbox.wait_for(is_order(smaller, "RS"))["data"]
    assert (event["orderID"], event["quantity"], event["osQty"], event["origRequestID"]) == (
        order_id,
        200,
        200,
        request_id,
    )
    dearer = orders.modify(order_id, "FPT", "B", 92_500, 200)
    mailbox.wait_for(is_order(dearer, "QU"))
    row = audit_row(client, orders.account, dearer)
    assert (row["orderID"], row["price"], row["quantity"]) == (order_id, 92_500.0, 200)
    orders.cancel(order_id, "FPT", "B")


def test_an_amendment_of_price_and_quantity_at_once_is_refused_on_the_stream(
    client: FCTradingClient, orders: Orders, mailbox: Mailbox
) -> None:
    request_id = orders.place("FPT", "B", 92_000, 300)
    order_id = mailbox.wait_for(is_order(request_id, "QU"))["data"]["orderID"]
    refused = orders.modify(order_id, "FPT", "B", 92_500, 200)
    assert mailbox.wait_for(is_error(refused))["data"]["errorCode"] == "ORD012"
    row = audit_row(client, orders.account, request_id)
    assert (row["orderStatus"], row["lastErrorEvent"]["uniqueID"]) == ("QU", refused)
    failed = row["lastErrorEvent"]
    cancelled = orders.cancel(order_id, "FPT", "B")
    mailbox.wait_for(is_order(cancelled, "CL"))
    later = audit_row(client, orders.account, cancelled)
    assert later["cancelQty"] == 300
    assert later["lastErrorEvent"] == failed, "what happens to the order later is not in it"
    assert (failed["quantity"], failed["cancelQty"], failed["price"]) == (300, 0, 92_000.0)


def test_a_history_without_its_days_is_refused_in_ssis_words(client: FCTradingClient, orders: Orders) -> None:
    for start, end, word in (
        ("", "", "'Start Date' must not be empty; StartDate is required."),
        ("01/01/2026", "", "'End Date' must not be empty; EndDate is required."),
        ("01/01/2026", "2026-02-02", "'End Date' must be a date such as 31/12/2026."),
    ):
        answer = client.get_order_history(requests.OrderHistory(orders.account, start, end))
        assert answer == {"message": word, "status": 400, "data": None}
