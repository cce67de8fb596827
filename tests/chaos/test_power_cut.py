"""Everything is killed at once under load, and started again: the one start finds every order where it was."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.killing import cut_the_power
from tests.support.trading import Trading, trading_on

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]


def test_a_power_cut_under_load_loses_and_doubles_nothing(trading: Trading) -> None:
    """An attempt that was cut off before its send stays unknown, and the day's end tells that it never arrived."""
    before = len(trading.at_broker())
    stack = trading.stack
    resting = trading.order(quantity=500)
    resting_id = trading.working(resting)
    orders = trading.orders(40)
    with ThreadPoolExecutor(8) as pool:
        placing = [pool.submit(trading.place_with_repeats, order) for order in orders]
        placing[10].result()
        trading.sell_to(resting, 200)
        cut_the_power(stack)
        stack.start()
        ids = [each.result() for each in placing]
    with trading_on(stack) as again:
        again.wait_until_ready()
        again.wait_for_fill(resting_id, 200)
        for order_id in ids:
            again.wait_for(order_id, "working", "pending")
        again.set_clock("15:15:01")
        ends = Counter(again.wait_for(order_id, "expired", "canceled")["status"] for order_id in ids)
        assert len(again.at_broker()) == before + 1 + ends["expired"]
        again.reckon()
