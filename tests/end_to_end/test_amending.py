"""Amending through the real stack: the new terms count from the broker's word, money and hold follow to the dong."""

from typing import Any

import pytest

from simulator.fault_kinds import FaultKind
from tests.support.trading import Trading
from tests.support.whole_stack import eventually

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


def amend(trading: Trading, order_id: str, **changes: object) -> dict[str, Any]:
    answer = trading.api.put(f"/orders/{order_id}", json=changes)
    assert answer.status_code in (200, 202), answer.text
    return dict(answer.json())


def settled(trading: Trading, order_id: str, state: str) -> dict[str, Any]:
    return dict(
        eventually(lambda: trading.seen(order_id), lambda order: (order.get("amend") or {}).get("state") == state, 60)
    )


def test_lc54_a_lower_price_is_what_the_order_then_fills_at(trading: Trading) -> None:
    order = trading.order()
    order_id = trading.working(order)
    lower = order["price"] - 0.5
    amend(trading, order_id, price=lower)
    assert settled(trading, order_id, "done")["price"] == lower
    trading.sell_to({**order, "price": lower}, 1_000)
    filled = trading.wait_for(order_id, "filled")
    assert (filled["average_price"], filled["hold_vnd"]) == (lower, 0)
    trading.reckon()


def test_lc58_a_larger_quantity_is_held_for_and_fills(trading: Trading) -> None:
    order = trading.order()
    order_id = trading.working(order)
    before = trading.seen(order_id)["hold_vnd"]
    amend(trading, order_id, quantity=2_000)
    assert settled(trading, order_id, "done")["hold_vnd"] == 2 * before
    trading.sell_to(order, 2_000)
    trading.wait_for_fill(order_id, 2_000)
    trading.reckon()


@pytest.mark.fault(FaultKind.ORDER_ID_CHANGED_ON_AMEND)
def test_lc62_an_order_that_gets_a_new_id_from_the_broker_is_still_one_order(trading: Trading) -> None:
    order = trading.order()
    order_id = trading.working(order)
    first = trading.seen(order_id)["broker_order_id"]
    trading.fault("order_id_changed_on_amend", "ModifyOrder")
    lower = order["price"] - 0.5
    amend(trading, order_id, price=lower)
    amended = settled(trading, order_id, "done")
    assert amended["broker_order_id"] != first
    trading.sell_to({**order, "price": lower}, 1_000)
    assert trading.wait_for(order_id, "filled")["filled_quantity"] == 1_000
    trading.reckon()


def test_lc63_an_amendment_whose_answer_was_lost_is_sent_once_and_proven_by_the_broker(trading: Trading) -> None:
    order = trading.order()
    order_id = trading.working(order)
    before = trading.messages("ModifyOrder")
    trading.fault("drop_reply_after_taking", "ModifyOrder")
    lower = order["price"] - 0.5
    amend(trading, order_id, price=lower)
    assert settled(trading, order_id, "done")["price"] == lower
    assert trading.messages("ModifyOrder") == before + 1
    trading.api.delete(f"/orders/{order_id}").raise_for_status()
    trading.wait_for(order_id, "canceled")
    trading.reckon()


def test_lc47_in_the_lunch_break_neither_a_cancel_nor_an_amendment_is_taken_and_both_say_when(trading: Trading) -> None:
    order_id = trading.working(trading.order())
    trading.set_clock("11:45:00")
    cancelled = trading.api.delete(f"/orders/{order_id}")
    assert (cancelled.status_code, cancelled.json()["code"]) == (409, "cancel_not_allowed_in_phase")
    changed = trading.api.put(f"/orders/{order_id}", json={"quantity": 500})
    assert (changed.status_code, changed.json()["code"]) == (409, "amend_not_allowed_in_phase")
    assert all("T13:00+07:00" in answer.json()["violations"][0]["allowed"] for answer in (cancelled, changed))
    trading.set_clock("13:00:01")
    trading.api.delete(f"/orders/{order_id}").raise_for_status()
    trading.wait_for(order_id, "canceled")
    trading.reckon()
