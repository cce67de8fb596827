"""The worker is killed around the one moment that cannot be undone: the send. Never two orders at the broker (I4)."""

import pytest

from tests.support.killing import arm, kill, wait_until_back, wait_until_fired
from tests.support.trading import Trading

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]


def test_a_worker_that_dies_before_the_attempt_is_written_is_followed_by_one_that_sends_once(trading: Trading) -> None:
    armed = arm(trading.stack, "before_attempt")
    before = len(trading.at_broker())
    order_id = trading.place(trading.order())
    wait_until_fired(armed)
    trading.wait_for(order_id, "working")
    assert len(trading.at_broker()) == before + 1
    trading.reckon()


def test_lc08_a_worker_that_dies_after_the_broker_took_the_order_leaves_one_order_that_is_found(
    trading: Trading,
) -> None:
    armed = arm(trading.stack, "after_send")
    before, messages = len(trading.at_broker()), trading.messages("NewOrder")
    order_id = trading.place(trading.order())
    wait_until_fired(armed)
    trading.wait_for(order_id, "working")
    assert (len(trading.at_broker()), trading.messages("NewOrder")) == (before + 1, messages + 1)
    trading.reckon()


def test_a_worker_that_dies_while_a_cancel_is_open_is_followed_by_one_that_cancels(trading: Trading) -> None:
    order_id = trading.working(trading.order())
    armed = arm(trading.stack, "after_cancel_attempt")
    asked = trading.api.delete(f"/orders/{order_id}")
    assert (asked.status_code, asked.json()["outcome"]) == (202, "pending")
    wait_until_fired(armed)
    cancelled = trading.wait_for(order_id, "canceled")
    assert (cancelled["hold_vnd"], cancelled["cancelled_quantity"]) == (0, 1_000)
    trading.reckon()


def test_an_order_held_for_its_phase_is_sent_once_when_the_phase_opens_though_the_worker_died(
    trading: Trading,
) -> None:
    trading.set_clock("11:45:00")
    held = trading.place(trading.order())
    assert trading.seen(held)["send_after"] is not None
    before = len(trading.at_broker())
    wait_until_back(trading.stack, "worker", kill(trading.stack, "worker"))
    assert trading.seen(held)["status"] == "accepted"
    trading.set_clock("13:00:01")
    trading.wait_for(held, "working")
    assert len(trading.at_broker()) == before + 1
    trading.reckon()
    trading.next_day()


def test_lc04_a_worker_that_dies_after_the_attempt_leaves_it_unknown_and_held_until_the_day_end_tells(
    trading: Trading,
) -> None:
    armed = arm(trading.stack, "after_attempt")
    before, messages = len(trading.at_broker()), trading.messages("NewOrder")
    order_id = trading.place(trading.order())
    wait_until_fired(armed)
    unknown = trading.wait_for_life(order_id, "unknown")
    assert (unknown["status"], unknown["hold_vnd"] > 0) == ("pending", True)
    trading.set_clock("14:50:00")
    assert trading.seen(order_id)["broker_state"] == "unknown"
    assert (len(trading.at_broker()), trading.messages("NewOrder")) == (before, messages)
    trading.set_clock("15:15:01")
    closed = trading.wait_for(order_id, "canceled")
    assert (closed["hold_vnd"], closed["reject_reason"][:26]) == (0, "not in the end-of-day book")
    assert (len(trading.at_broker()), trading.messages("NewOrder")) == (before, messages)
    trading.reckon()
    trading.next_day()
