"""A person says that a stock is restricted: its orders go by periodic auctions from then on, all others as before."""

import pytest

from tests.support.trading import PATIENCE_SECONDS, Json, Trading
from tests.support.whole_stack import eventually

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


def preview(trading: Trading, order: Json) -> Json:
    terms = {name: value for name, value in order.items() if name != "client_order_id"}
    return dict(trading.api.post("/orders/preview", json=terms).raise_for_status().json())


def codes(answer: Json) -> list[str]:
    return [each["code"] for each in answer["violations"]]


def test_orders_of_a_stock_that_a_person_restricts_go_by_its_periodic_auctions(trading: Trading) -> None:
    morning = trading.control.post("clock/next-day", json={"time": "09:02"}).raise_for_status().json()
    today = morning["trading_date"]
    trading.wait_until_ready(today)
    limit, other = trading.order("VIC"), trading.order()
    held, unaffected = (trading.place({**each, "order_type": "MTL", "price": None}) for each in (limit, other))
    said = trading.stack.oms(
        *("instrument", "set", "VIC", "--status", "restricted", "--from", today),
        *("--reason", "Notice 123/TB-SGDHCM", "--user", "minh"),
    )
    assert "status of VIC is RESTRICTED" in said.stdout
    denied = trading.wait_for(held, "denied")
    assert "order_type_not_on_exchange" in denied["reject_reason"]
    assert trading.seen(unaffected)["broker_state"] == "unsent"
    trading.stack.oms("load-instruments")
    assert trading.api.get("/instruments/VIC").json()["status"] == "RESTRICTED"
    trading.set_clock("09:20:00")
    trading.wait_for(unaffected, "canceled")  # sent, and nobody sells
    assert trading.at_broker()[-1]["symbol"] == other["symbol"]
    trading.set_clock("12:00:00")
    told = preview(trading, limit)
    assert (told["phase"], codes(told)) == ("PERIODIC_AUCTION", [])
    assert codes(preview(trading, {**limit, "quantity": 50})) == ["odd_lot_restricted"]
    assert codes(preview(trading, {**other, "quantity": 50})) == []
    waiting = trading.place(trading.order("VIC"))
    assert trading.seen(waiting)["broker_state"] == "unsent"
    trading.set_clock("13:00:01")
    trading.wait_for(waiting, "working")
    trading.set_clock("13:12:00")
    refused = trading.api.delete(f"/orders/{waiting}")
    assert (refused.status_code, refused.json()["code"]) == (409, "cancel_not_allowed_in_phase")
    trading.stack.oms("instrument", "clear", "VIC", "--from", today, "--reason", "lifted", "--user", "minh")
    eventually(lambda: preview(trading, limit)["phase"], lambda name: name == "CONT_PM", PATIENCE_SECONDS)
    trading.cancel(waiting)
    trading.reckon()
