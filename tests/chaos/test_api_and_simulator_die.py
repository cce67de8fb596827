"""The API and the broker's side are killed around the two calls of an order: a repeat never makes a second order."""

import httpx
import pytest

from tests.support.killing import arm, no_restarts, pid_of, wait_until_back, wait_until_fired, wait_until_gone
from tests.support.trading import Trading

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]


@pytest.mark.parametrize("point", ["after_start", "in_acceptance"])
def test_lc09_an_api_that_dies_before_it_answers_leaves_one_order_that_the_repeat_finds(
    trading: Trading, point: str
) -> None:
    """`after_start`: the verdict was there; `in_acceptance`: the worker kills the API that waits for it."""
    before, api = len(trading.at_broker()), pid_of(trading.stack, "api")
    order = trading.order()
    arm(trading.stack, point, victim=api)
    with pytest.raises(httpx.TransportError):
        trading.api.post("/orders", json=order)
    wait_until_back(trading.stack, "api", api)
    again = trading.api.post("/orders", json=order)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    trading.wait_for(again.json()["order_id"], "working")
    assert len(trading.at_broker()) == before + 1
    trading.reckon()


def test_lc03_a_broker_that_dies_after_it_took_the_order_shows_it_when_it_is_back(trading: Trading) -> None:
    before = len(trading.at_broker())
    armed = arm(trading.stack, "after_taking")
    order_id = trading.place(trading.order())
    wait_until_fired(armed)
    trading.wait_for(order_id, "working")
    assert len(trading.at_broker()) == before + 1
    trading.reckon()


def test_lc45_a_cancel_of_an_unknown_order_goes_out_when_the_broker_shows_the_order(trading: Trading) -> None:
    armed, broker = arm(trading.stack, "after_taking"), pid_of(trading.stack, "simulator")
    with no_restarts(trading.stack):
        order_id = trading.place(trading.order())
        wait_until_fired(armed)
        wait_until_gone(broker)
        held = trading.wait_for_life(order_id, "unknown")["hold_vnd"]
        asked = trading.api.delete(f"/orders/{order_id}")
        assert (asked.status_code, asked.json()["outcome"]) == (202, "pending")
        waiting = trading.seen(order_id)
        assert (waiting["status"], waiting["hold_vnd"]) == ("pending_cancel", held)
    cancelled = trading.wait_for(order_id, "canceled")
    assert (cancelled["cancelled_quantity"], cancelled["hold_vnd"]) == (1_000, 0)
    trading.reckon()


def test_lc04_a_broker_that_dies_before_it_took_the_order_leaves_it_unknown_until_the_day_end(
    trading: Trading,
) -> None:
    before = len(trading.at_broker())
    armed, broker = arm(trading.stack, "before_taking"), pid_of(trading.stack, "simulator")
    order_id = trading.place(trading.order())
    wait_until_fired(armed)
    wait_until_back(trading.stack, "simulator", broker)
    assert trading.wait_for_life(order_id, "unknown")["hold_vnd"] > 0
    trading.set_clock("15:15:01")
    assert trading.wait_for(order_id, "canceled")["hold_vnd"] == 0
    assert len(trading.at_broker()) == before
    trading.reckon()
    trading.next_day()
