"""Every order type through the real stack: held for its phase, sent, matched as the exchange matches it, and ended."""

import pytest

from tests.support.trading import Json, Trading

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]
AT_REST = frozenset({"expired", "canceled"})


def without_price(trading: Trading, order_type: str, symbol: str) -> Json:
    order = trading.order(symbol, order_type=order_type)
    del order["price"]
    return order


def others_sell(trading: Trading, symbol: str, quantity: int, **changes: object) -> int:
    """Another participant offers shares at the reference price, VND."""
    reference = int(trading.control.get(f"symbols/{symbol}").raise_for_status().json()["reference"])
    sale = {"symbol": symbol, "side": "SELL", "price": reference, "quantity": quantity, **changes}
    trading.control.post("participants", json=sale).raise_for_status()
    return reference


def test_lc70_an_atc_order_waits_for_its_auction_and_is_ended_by_the_exchange(trading: Trading) -> None:
    trading.set_clock("13:05:00")
    order_id = trading.place(without_price(trading, "ATC", "MBB"))
    held = trading.wait_for(order_id, "accepted")
    ceiling = trading.control.get("symbols/MBB").json()["ceiling"]
    assert held["hold_vnd"] == 1_000 * ceiling + round(1_000 * ceiling * 0.0015)
    trading.set_clock("14:31:00")
    trading.wait_for(order_id, "working")
    trading.set_clock("14:45:05")
    ended = trading.wait_for(order_id, *AT_REST)
    assert (ended["filled_quantity"], ended["hold_vnd"]) == (0, 0)
    trading.reckon()


def test_an_atc_order_trades_at_the_price_that_the_closing_auction_finds(trading: Trading) -> None:
    trading.set_clock("14:31:00")
    order_id = trading.place(without_price(trading, "ATC", "HPG"))
    trading.wait_for(order_id, "working")
    reference = others_sell(trading, "HPG", 1_000)
    trading.set_clock("14:45:05")
    filled = trading.wait_for(order_id, "filled")
    assert (filled["average_price"], filled["hold_vnd"]) == (reference / 1_000, 0)
    trading.reckon()


def test_lc72_what_an_mtl_leaves_is_a_limit_order_and_its_hold_follows_the_price(trading: Trading) -> None:
    reference = others_sell(trading, "CTG", 300)
    order_id = trading.place(without_price(trading, "MTL", "CTG"))
    trading.wait_for_fill(order_id, 300)
    rest = trading.wait_for(order_id, "partially_filled")
    assert rest["price"] is not None
    price = round(rest["price"] * 1_000)
    assert reference <= price <= reference + 500
    assert rest["hold_vnd"] < 700 * trading.control.get("symbols/CTG").json()["ceiling"]
    trading.api.delete(f"/orders/{order_id}").raise_for_status()
    assert trading.wait_for(order_id, "canceled")["filled_quantity"] == 300
    trading.reckon()


def test_lc73_an_mtl_without_another_side_is_cancelled_at_once(trading: Trading) -> None:
    ended = trading.wait_for(trading.place(without_price(trading, "MTL", "BID")), *AT_REST, "rejected")
    assert (ended["filled_quantity"], ended["hold_vnd"]) == (0, 0)
    trading.reckon()


def test_lc74_a_mok_that_cannot_fill_whole_fills_nothing(trading: Trading) -> None:
    others_sell(trading, "SHS", 300)
    ended = trading.wait_for(trading.place(without_price(trading, "MOK", "SHS")), *AT_REST)
    assert (ended["filled_quantity"], ended["hold_vnd"], ended["anomalies"]) == (0, 0, [])
    trading.reckon()


def test_lc75_a_mak_keeps_what_it_fills_and_the_rest_is_cancelled(trading: Trading) -> None:
    others_sell(trading, "PVS", 300)
    ended = trading.wait_for(trading.place(without_price(trading, "MAK", "PVS")), *AT_REST)
    assert (ended["filled_quantity"], ended["hold_vnd"]) == (300, 0)
    trading.reckon()


def test_a_plo_trades_after_the_close_at_the_closing_price(trading: Trading) -> None:
    morning = trading.order("IDC", quantity=100)
    bought = trading.working(morning)
    trading.sell_to(morning, 100)
    trading.wait_for(bought, "filled")
    trading.wait_for_last_price("IDC", morning["price"])
    trading.set_clock("14:31:00")
    order_id = trading.place(without_price(trading, "PLO", "IDC"))
    trading.wait_for(order_id, "accepted")
    trading.set_clock("14:46:00")
    trading.wait_for(order_id, "working")
    sale = {"symbol": "IDC", "side": "SELL", "order_type": "PLO", "quantity": 1_000}
    trading.control.post("participants", json=sale).raise_for_status()
    trading.set_clock("15:00:05")
    ended = trading.wait_for(order_id, "filled")
    assert (ended["average_price"], ended["hold_vnd"]) == (morning["price"], 0)
    trading.reckon()


def test_lc88_a_plo_in_a_security_that_has_not_traded_is_denied_when_its_phase_comes(trading: Trading) -> None:
    trading.set_clock("14:31:00")
    order_id = trading.place(without_price(trading, "PLO", "IDC"))
    trading.wait_for(order_id, "accepted")
    trading.set_clock("14:46:00")
    denied = trading.wait_for(order_id, "denied")
    assert (denied["reject_reason"], denied["hold_vnd"]) == ("no_closing_price", 0)
    trading.reckon()


def test_an_order_of_the_evening_waits_overnight_with_consent_and_goes_out_in_the_morning(trading: Trading) -> None:
    trading.set_clock("15:10:00")
    order = trading.order("TCB", quantity=200)
    refused = trading.api.post("/orders", json=order)
    assert (refused.status_code, refused.json()["violations"][0]["code"]) == (422, "no_phase_today")
    order_id = trading.place({**trading.order("TCB", quantity=200), "queue_next_day": True})
    waiting = trading.wait_for(order_id, "accepted")
    day = trading.next_day()
    assert waiting["trading_date"] == day
    assert trading.wait_for(order_id, "working", "filled")["trading_date"] == day
    trading.api.delete(f"/orders/{order_id}").raise_for_status()
    trading.wait_for(order_id, "canceled")
    trading.reckon()
