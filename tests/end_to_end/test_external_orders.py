"""Orders that the customer places in the broker's own app, beside those of this service (LC-98)."""

from typing import Any

import pytest

from tests.support.reckoning import ACCOUNT
from tests.support.trading import PATIENCE_SECONDS, Trading
from tests.support.whole_stack import eventually

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


def place_in_the_app(trading: Trading, order: dict[str, Any]) -> str:
    """The order's id at the broker."""
    terms = {key: order[key] for key in ("symbol", "side", "order_type", "quantity")}
    body = {**terms, "account": ACCOUNT, "price": round(order["price"] * 1_000)}
    placed = trading.control.post("external-orders", json=body).raise_for_status().json()
    return str(placed["order_id"])


def adopted(trading: Trading, broker_order_id: str) -> dict[str, Any]:
    """The order as this service shows it, once it does."""

    def found() -> dict[str, Any]:
        listed = trading.api.get("/orders").raise_for_status().json()["orders"]
        return next((each for each in listed if each["broker_order_id"] == broker_order_id), {})

    return dict(eventually(found, bool, PATIENCE_SECONDS))


def test_lc98_an_order_placed_in_the_brokers_app_is_adopted_filled_and_cancelled_here(trading: Trading) -> None:
    order = trading.order()
    shown = adopted(trading, place_in_the_app(trading, order))
    assert (shown["origin"], shown["symbol"], shown["price"]) == ("external", order["symbol"], order["price"])
    order_id = shown["order_id"]
    assert trading.wait_for(order_id, "working")["hold_vnd"] > 0
    trading.reckon()
    trading.sell_to(order, 300)
    trading.wait_for_fill(order_id, 300)
    trading.wait_for_executions(order_id, 300)
    trading.reckon()
    trading.api.delete(f"/orders/{order_id}").raise_for_status()
    ended = trading.wait_for(order_id, "canceled")
    assert (ended["filled_quantity"], ended["cancelled_quantity"], ended["hold_vnd"]) == (300, 700, 0)
    trading.reckon()


def test_lc98_an_order_in_the_app_that_fills_at_once_is_booked_to_the_share_and_the_dong(trading: Trading) -> None:
    order = trading.order()
    broker_order_id = place_in_the_app(trading, order)
    trading.sell_to(order, 1_000)
    order_id = adopted(trading, broker_order_id)["order_id"]
    trading.wait_for(order_id, "filled")
    trading.wait_for_executions(order_id, 1_000)
    trading.reckon()


@pytest.mark.fault("unknown_external_order")
def test_lc98_an_order_of_ours_and_its_double_in_the_app_are_two_orders(trading: Trading) -> None:
    before = trading.sent()
    trading.fault("unknown_external_order", "NewOrder")
    order = trading.order()
    order_id = trading.working(order)
    others = eventually(
        lambda: [each for each in trading.at_broker() if each["order_id"] != trading.seen(order_id)["broker_order_id"]],
        lambda found: len(found) == before[0] + 1,
    )
    shown = adopted(trading, others[-1]["order_id"])
    assert (shown["origin"], trading.seen(order_id)["origin"]) == ("external", "client")
    assert trading.sent() == (before[0] + 2, before[1] + 1)
    trading.reckon()
    for each in (order_id, shown["order_id"]):
        trading.api.delete(f"/orders/{each}").raise_for_status()
        trading.wait_for(each, "canceled")
    trading.reckon()
