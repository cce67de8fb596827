"""While no worker runs orders are received durably; afterwards each is sent in time, or closed, or was cancelled."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.support.killing import kill, no_restarts, wait_until_back
from tests.support.trading import Json, Trading

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]

PROMISED_SECONDS = 3.0
LIVE_ORDERS = 300


@contextmanager
def no_worker(trading: Trading) -> Iterator[None]:
    """Without a worker inside the block; with a new one when it has ended."""
    with no_restarts(trading.stack):
        killed = kill(trading.stack, "worker")
        yield
    wait_until_back(trading.stack, "worker", killed)


def received(trading: Trading, order: Json) -> str:
    """Place an order that nobody can check now: the answer is in time and claims no more than that it was received."""
    started = time.monotonic()
    answer = trading.api.post("/orders", json=order)
    assert (answer.status_code, time.monotonic() - started < PROMISED_SECONDS) == (202, True), answer.text
    assert answer.json()["status"] == "received"
    order_id = str(answer.json()["order_id"])
    assert answer.headers["Location"] == f"/api/v1/orders/{order_id}"
    assert trading.seen(order_id)["status"] == "received"
    return order_id


def test_an_order_received_without_a_worker_is_sent_once_by_a_worker_that_is_back_in_time(trading: Trading) -> None:
    before = len(trading.at_broker())
    with no_worker(trading):
        order = trading.order()
        order_id = received(trading, order)
        again = trading.api.post("/orders", json=order)
        assert (again.status_code, again.json()["order_id"]) == (202, order_id)
    trading.wait_for(order_id, "working")
    assert len(trading.at_broker()) == before + 1
    trading.reckon()


def test_an_order_received_without_a_worker_is_closed_as_too_old_by_a_worker_that_is_back_too_late(
    trading: Trading,
) -> None:
    before = len(trading.at_broker())
    with no_worker(trading):
        order_id = received(trading, trading.order(max_delay_seconds=1))
    closed = trading.wait_for(order_id, "denied")
    assert (closed["hold_vnd"], closed["reject_reason"][:13]) == (0, "could first b")
    assert len(trading.at_broker()) == before
    trading.reckon()


def test_lc46_a_cancel_while_no_worker_runs_wins_over_the_send(trading: Trading) -> None:
    messages = trading.messages("NewOrder")
    with no_worker(trading):
        order_id = received(trading, trading.order())
        asked = trading.api.delete(f"/orders/{order_id}")
        assert (asked.status_code, asked.json()["outcome"]) == (202, "pending")
    cancelled = trading.wait_for(order_id, "canceled")
    assert (cancelled["hold_vnd"], trading.messages("NewOrder")) == (0, messages)
    trading.reckon()


def test_lc94_all_live_orders_resume_after_the_worker_died_without_a_new_message(trading: Trading) -> None:
    orders = trading.orders(LIVE_ORDERS, "OIL")
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(trading.working, orders))
        sent = trading.messages("NewOrder"), trading.messages("CancelOrder")
        wait_until_back(trading.stack, "worker", kill(trading.stack, "worker"))
        list(pool.map(lambda order_id: trading.wait_for_source(order_id, "workflow"), ids))
        assert (trading.messages("NewOrder"), trading.messages("CancelOrder")) == sent
        trading.sell_to(orders[0], 100 * LIVE_ORDERS)
        list(pool.map(lambda order_id: trading.wait_for(order_id, "filled"), ids))
    trading.reckon()
