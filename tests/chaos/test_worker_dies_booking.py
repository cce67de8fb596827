"""The worker is killed while fills are stored, routed and booked: each fill counts once, to the dong (I1, I3, I5)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.killing import arm, wait_until_fired
from tests.support.trading import Trading

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]


@pytest.mark.parametrize("point", ["in_booking", "after_booking"])
def test_a_fill_whose_booking_is_cut_short_is_booked_once(trading: Trading, point: str) -> None:
    order = trading.order()
    order_id = trading.working(order)
    armed = arm(trading.stack, point)
    trading.sell_to(order, 300)
    wait_until_fired(armed)
    trading.wait_for_fill(order_id, 300)
    trading.wait_for_executions(order_id, 300)
    trading.reckon()


def test_a_worker_that_dies_between_two_fills_a_few_milliseconds_apart_books_both(trading: Trading) -> None:
    order = trading.order()
    order_id = trading.working(order)
    armed = arm(trading.stack, "after_booking")
    trading.sell_to(order, 300)
    wait_until_fired(armed)
    trading.sell_to(order, 200)
    trading.wait_for_fill(order_id, 500)
    trading.wait_for_executions(order_id, 300, 200)
    trading.reckon()


def test_two_fills_in_one_batch_whose_booking_is_cut_short_are_both_booked(trading: Trading) -> None:
    order = trading.order()
    order_id = trading.working(order)
    armed = arm(trading.stack, "in_booking")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda quantity: trading.sell_to(order, quantity), (300, 700)))
    wait_until_fired(armed)
    trading.wait_for(order_id, "filled")
    trading.wait_for_executions(order_id, 300, 700)
    trading.reckon()


@pytest.mark.parametrize("point", ["after_storing_messages", "after_routing"])
def test_a_batch_of_the_stream_that_is_cut_short_reaches_every_order_once(trading: Trading, point: str) -> None:
    orders = trading.orders(5)
    ids = [trading.working(order) for order in orders]
    armed = arm(trading.stack, point)
    trading.sell_to(orders[0], 500)
    wait_until_fired(armed)
    for order_id in ids:
        trading.wait_for(order_id, "filled")
        trading.wait_for_executions(order_id, 100)
    trading.reckon()
