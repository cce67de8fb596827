"""Answers, messages and executions that get lost or come late between the real stack and its broker."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from market.fees import SSI_ONLINE
from market.reserve import cash_for
from simulator.fault_kinds import FaultKind
from tests.support.killing import kill, no_restarts, wait_until_back
from tests.support.someone_else import cancel_at_broker
from tests.support.trading import Trading

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


@pytest.mark.fault(FaultKind.DROP_REPLY_AFTER_TAKING)
def test_lc03_an_order_whose_answer_was_lost_is_found_in_the_book_and_sent_once(trading: Trading) -> None:
    before, messages = len(trading.at_broker()), trading.messages("NewOrder")
    trading.fault("drop_reply_after_taking", "NewOrder")
    trading.wait_for(trading.place(trading.order()), "working")
    assert (len(trading.at_broker()), trading.messages("NewOrder")) == (before + 1, messages + 1)
    trading.reckon()


@pytest.mark.fault(FaultKind.DROP_BEFORE_TAKING)
def test_lc04_an_order_that_never_arrived_stays_unknown_and_held_until_the_day_end_tells(trading: Trading) -> None:
    before, messages = len(trading.at_broker()), trading.messages("NewOrder")
    trading.fault("drop_before_taking", "NewOrder")
    order_id = trading.place(trading.order())
    unknown = trading.wait_for_life(order_id, "unknown")
    assert (unknown["status"], unknown["hold_vnd"] > 0) == ("pending", True)
    trading.set_clock("15:15:01")
    assert trading.wait_for(order_id, "canceled")["hold_vnd"] == 0
    assert (len(trading.at_broker()), trading.messages("NewOrder")) == (before, messages + 1)
    trading.reckon()


def test_lc43_a_cancel_whose_answer_was_lost_is_proven_by_the_broker(trading: Trading) -> None:
    order_id = trading.working(trading.order())
    trading.fault("drop_reply_after_taking", "CancelOrder")
    trading.api.delete(f"/orders/{order_id}").raise_for_status()
    assert trading.wait_for(order_id, "canceled")["hold_vnd"] == 0
    trading.reckon()


def test_lc22_of_fifty_parallel_buys_with_cash_for_ten_exactly_ten_are_accepted(trading: Trading) -> None:
    power = trading.api.get("/positions/buying-power/available").raise_for_status().json()["buying_power_vnd"]
    listed = trading.control.get("symbols/HPG").raise_for_status().json()
    lots = power // cash_for(SSI_ONLINE, 0, 100 * listed["reference"])
    quantity = 100 * (lots // 10)
    assert 11 * (lots // 10) > lots, "an eleventh would be covered too"
    orders = [trading.order("HPG", quantity) for _ in range(50)]
    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(lambda order: trading.api.post("/orders", json=order), orders))
    # A verdict that takes longer than the API waits is read from the order.
    assert {answer.status_code for answer in answers} <= {201, 202, 422}
    verdicts = {order_id: trading.verdict(order_id) for order_id in (answer.json()["order_id"] for answer in answers)}
    accepted = [order_id for order_id, codes in verdicts.items() if not codes]
    denied = [codes for codes in verdicts.values() if codes]
    assert (len(accepted), denied) == (10, [["insufficient_cash"]] * 40)
    for order_id in accepted:
        trading.wait_for(order_id, "working")
    trading.reckon()
    for order_id in accepted:
        trading.api.delete(f"/orders/{order_id}").raise_for_status()


@pytest.mark.fault(FaultKind.STREAM_DROP)
def test_lc90_fills_while_the_stream_is_cut_are_booked_once_each_after_the_resume(trading: Trading) -> None:
    order = trading.order()
    order_id = trading.working(order)
    trading.fault("stream_drop", times=3)
    trading.sell_to(order, 300)
    trading.sell_to(order, 200)
    trading.wait_for_fill(order_id, 500)
    trading.wait_for_executions(order_id, 300, 200)
    trading.reckon()


def test_lc27_an_execution_that_is_heard_after_the_cancel_is_booked_and_the_order_stays_cancelled(
    trading: Trading,
) -> None:
    """Without a worker the order is filled in part and cancelled by somebody else: the book tells the end first."""
    order = trading.order()
    order_id = trading.working(order)
    with no_restarts(trading.stack):
        killed = kill(trading.stack, "worker")
        trading.sell_to(order, 300)
        cancel_at_broker(trading.stack, trading.at_broker()[-1])
    wait_until_back(trading.stack, "worker", killed)
    cancelled = trading.wait_for(order_id, "canceled")
    assert (cancelled["filled_quantity"], cancelled["cancelled_quantity"], cancelled["hold_vnd"]) == (300, 700, 0)
    trading.reckon()
    trading.wait_for_executions(order_id, 300)
