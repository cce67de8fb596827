"""Temporal is killed, and frozen: a POST says within its time that it knows nothing, and its repeat makes one order."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.support.killing import frozen, kill, no_restarts, wait_until_back
from tests.support.trading import Trading

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]

PROMISED_SECONDS = 3.5
Outage = Callable[[Trading], AbstractContextManager[None]]


@contextmanager
def dead(trading: Trading) -> Iterator[None]:
    with no_restarts(trading.stack):
        killed = kill(trading.stack, "temporal")
        yield
    wait_until_back(trading.stack, "temporal", killed)


def hung(trading: Trading) -> AbstractContextManager[None]:
    return frozen(trading.stack, "temporal")


@pytest.mark.parametrize("outage", [dead, hung])
def test_lc17_without_temporal_a_post_is_503_with_the_order_id_and_its_repeat_makes_one_order(
    trading: Trading, outage: Outage
) -> None:
    before, order = len(trading.at_broker()), trading.order()
    with outage(trading):
        started = time.monotonic()
        answer = trading.api.post("/orders", json=order)
        assert (answer.status_code, time.monotonic() - started < PROMISED_SECONDS) == (503, True), answer.text
        assert answer.json()["code"] == "no_answer"
        assert trading.api.get("/orders").status_code == 200
    assert trading.place_with_repeats(order) == answer.json()["order_id"]
    trading.wait_for(answer.json()["order_id"], "working")
    assert len(trading.at_broker()) == before + 1
    trading.reckon()


def test_temporal_that_dies_under_load_has_each_order_placed_once(trading: Trading) -> None:
    before = len(trading.at_broker())
    orders = trading.orders(40)
    with ThreadPoolExecutor(8) as pool:
        placing = [pool.submit(trading.place_with_repeats, order) for order in orders]
        placing[10].result()
        killed = kill(trading.stack, "temporal")
        ids = [each.result() for each in placing]
    wait_until_back(trading.stack, "temporal", killed)
    assert len(set(ids)) == len(ids)
    for order_id in ids:
        trading.wait_for(order_id, "working")
    assert len(trading.at_broker()) == before + len(ids)
    trading.reckon()


def test_fills_that_come_while_temporal_is_down_are_booked_when_it_is_back(trading: Trading) -> None:
    order = trading.order()
    order_id = trading.working(order)
    with dead(trading):
        trading.sell_to(order, 300)
        trading.sell_to(order, 200)
    trading.wait_for_fill(order_id, 500)
    trading.wait_for_executions(order_id, 300, 200)
    trading.reckon()
