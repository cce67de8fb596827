"""What the market's data show through the day: halts, stretched phases, last prices, on the real stack."""

from typing import Any

import pytest

from tests.support.trading import PATIENCE_SECONDS, Trading
from tests.support.whole_stack import eventually

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


def hose(trading: Trading) -> dict[str, Any]:
    sessions = trading.api.get("/accounts/trading-session").raise_for_status().json()["exchanges"]
    return dict(next(each for each in sessions if each["exchange"] == "HOSE"))


def stand_in(trading: Trading, phase: str) -> None:
    trading.control.post("phases", json={"exchange": "HOSE", "phase": phase}).raise_for_status()


def follow_table(trading: Trading) -> None:
    trading.control.delete("phases/HOSE").raise_for_status()


def wait_for_phase(trading: Trading, phase: str, tabled: str) -> None:
    eventually(lambda: hose(trading), lambda it: (it["phase"], it["tabled_phase"]) == (phase, tabled), PATIENCE_SECONDS)


def violations(trading: Trading, order: dict[str, Any]) -> list[str]:
    terms = {name: value for name, value in order.items() if name != "client_order_id"}
    verdict = trading.api.post("/orders/preview", json=terms).raise_for_status().json()
    return [each["code"] for each in verdict["violations"]]


def test_lc80_while_the_opening_auction_is_stretched_an_order_for_what_follows_waits(trading: Trading) -> None:
    morning = trading.control.post("clock/next-day", json={"time": "09:14:40"}).raise_for_status().json()
    trading.wait_until_ready(morning["trading_date"])
    order = trading.order("VIC", order_type="MTL")
    stand_in(trading, "OPEN_AUCTION")
    order_id = trading.place({**order, "price": None})
    wait_for_phase(trading, "OPEN_AUCTION", "CONT_AM")
    # Told again, as of many securities in a market that trades: words of before the boundary don't count.
    stand_in(trading, "OPEN_AUCTION")
    assert trading.seen(order_id)["broker_state"] == "unsent"
    trading.sell_to(order, order["quantity"])
    follow_table(trading)
    assert trading.wait_for(order_id, "filled")["filled_quantity"] == order["quantity"]
    wait_for_phase(trading, "CONT_AM", "CONT_AM")
    trading.reckon()


def test_lc80_a_halt_of_the_exchange_holds_orders_back_until_it_ends_and_is_told(trading: Trading) -> None:
    resting = trading.working(trading.order())
    stand_in(trading, "HALTED")
    wait_for_phase(trading, "HALTED", "CONT_AM")
    waiting = trading.place(trading.order())
    refused = trading.api.delete(f"/orders/{resting}")
    assert (refused.status_code, refused.json()["code"]) == (409, "cancel_not_allowed_in_phase")
    assert trading.seen(waiting)["broker_state"] == "unsent"
    assert trading.seen(resting)["status"] == "working"
    alerts = trading.api.get("/alerts").raise_for_status().json()["alerts"]
    assert any(each["kind"] == "session_contradiction" and "HALT" in each["text"] for each in alerts), alerts
    follow_table(trading)
    trading.wait_for(waiting, "working")
    trading.reckon()


def test_lc81_while_a_security_is_halted_its_orders_stay_and_new_ones_are_denied(trading: Trading) -> None:
    order = trading.order()
    resting = trading.working(order)
    trading.control.post(f"symbols/{order['symbol']}/halt").raise_for_status()
    eventually(lambda: violations(trading, order), lambda it: it == ["symbol_not_trading"], PATIENCE_SECONDS)
    denied = trading.api.post("/orders", json={**order, "client_order_id": "while-halted"})
    assert denied.status_code == 422
    assert trading.seen(resting)["status"] == "working"
    trading.control.post(f"symbols/{order['symbol']}/resume").raise_for_status()
    eventually(lambda: violations(trading, order), lambda it: it == [], PATIENCE_SECONDS)
    trading.sell_to(order, order["quantity"])
    trading.wait_for(resting, "filled")
    trading.reckon()


def test_a_position_is_worth_what_its_security_last_traded_at(trading: Trading) -> None:
    order = trading.order()
    order_id = trading.working(order)
    trading.sell_to(order, order["quantity"])
    trading.wait_for(order_id, "filled")
    valued = trading.wait_for_last_price(order["symbol"], order["price"])
    assert valued["market_value_vnd"] == valued["quantity"] * round(order["price"] * 1_000)
    assert valued["last_price_at"]
