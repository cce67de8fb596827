"""What a user does in the first minutes and through a day, on the real stack."""

import concurrent.futures
import subprocess
import time
from collections import Counter
from typing import Any

import httpx
import pytest

from broker.market_clock import FRESH_SECONDS
from tests.support.reckoning import reckon
from tests.support.whole_stack import PROJECT, WholeStack, eventually

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]

RESTING = {"symbol": "FPT", "side": "BUY", "order_type": "LO", "quantity": 100, "market": "HOSE"}


def body(stack: WholeStack, symbol: str = "VIC", limit: str = "ceiling", **changes: object) -> dict[str, object]:
    """An order at the day's ceiling (it fills) or floor (it rests), as the brief's example is written."""
    with stack.control as control:
        listed = control.get(f"symbols/{symbol}").raise_for_status().json()
    order = {"symbol": symbol, "side": "BUY", "order_type": "LO", "quantity": 100, "price": listed[limit] / 1_000}
    return {**order, "market": listed["exchange"], "time_in_force": "DAY", **changes}


def place(api: httpx.Client, order: dict[str, object], **headers: str) -> dict[str, Any]:
    answer = api.post("/orders", json=order, headers=headers)
    assert answer.status_code in {200, 201}, answer.text
    return dict(answer.json())


def seen(api: httpx.Client, order_id: str) -> dict[str, Any]:
    return dict(api.get(f"/orders/{order_id}").raise_for_status().json())


def wait_for(api: httpx.Client, order_id: str, *statuses: str) -> dict[str, Any]:
    return dict(eventually(lambda: seen(api, order_id), lambda order: order["status"] in statuses))


def test_the_printed_curl_gives_an_order_that_fills_a_position_and_less_cash_to_the_dong(stack: WholeStack) -> None:
    with stack.api as api:
        before = api.get("/accounts/balance").json()["available_vnd"]
        printed = paste(stack.printed_curl, stack)
        with stack.control as control:
            order_id = newest_order(api, printed)
            order = wait_for(api, order_id, "filled")
            sent = [each for each in control.get("orders").json() if each["order_id"] == order["broker_order_id"]]
        executions = api.get(f"/orders/{order_id}/executions").json()["executions"]
        assert sum(each["quantity"] for each in executions) == 100
        paid = sent[0]["filled_value"] + order["commission_vnd"]
        assert api.get("/accounts/balance").json()["available_vnd"] == before - paid
        assert api.get("/positions/VIC").json()["quantity"] == 5_100
    assert len(sent) == 1
    reckon(stack)


def paste(command: str, stack: WholeStack) -> str:
    """Run a line as a user pastes it; what it prints."""
    shell = ["bash", "-c", command]
    done = subprocess.run(shell, env=dict(stack.environment), cwd=PROJECT, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout


def newest_order(api: httpx.Client, printed: str) -> str:
    listed = api.get("/orders", params={"limit": 1}).raise_for_status().json()["orders"]
    assert listed[0]["order_id"] in printed
    return str(listed[0]["order_id"])


def test_lc39_a_cancel_of_a_resting_order_gives_its_hold_back(stack: WholeStack) -> None:
    with stack.api as api:
        before = api.get("/positions/buying-power/available").json()
        order = place(api, body(stack, limit="floor"))
        wait_for(api, order["order_id"], "working")
        held = api.get("/positions/buying-power/available").json()
        assert held["buying_power_vnd"] == before["buying_power_vnd"] - order["hold_vnd"]
        outcome = api.delete(f"/orders/{order['order_id']}").raise_for_status().json()
        assert (outcome["outcome"], outcome["order"]["status"]) == ("done", "canceled")
        after = api.get("/positions/buying-power/available").json()
        assert (after["buying_power_vnd"], after["held_vnd"]) == (before["buying_power_vnd"], 0)
        again = api.delete(f"/orders/{order['order_id']}")
        assert (again.status_code, again.json()["outcome"]) == (200, "done")
    reckon(stack)


def test_lc21_a_bad_order_is_refused_with_every_reason_and_its_numbers(stack: WholeStack) -> None:
    with stack.api as api, stack.control as control:
        ceiling = control.get("symbols/VIC").json()["ceiling"]
        count = len(control.get("orders").json())
        bad = body(stack, quantity=400_150, price=(ceiling + 30) / 1_000)
        answer = api.post("/orders", json=bad)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        found = {each["code"]: each for each in answer.json()["violations"]}
        assert set(found) == {"quantity_not_a_lot", "price_off_tick", "price_above_ceiling", "insufficient_cash"}
        assert (found["price_above_ceiling"]["given"], found["price_above_ceiling"]["allowed"]) == (
            ceiling + 30,
            ceiling,
        )
        assert found["quantity_not_a_lot"]["nearest"] == [400_100, 400_200]
        stored = seen(api, answer.json()["order_id"])
        assert (stored["status"], stored["hold_vnd"]) == ("denied", 0)
        assert len(control.get("orders").json()) == count


def test_lc11_a_hundred_parallel_posts_with_one_key_are_one_order_at_the_broker(stack: WholeStack) -> None:
    with stack.api as api, stack.control as control:
        order = body(stack, "MBB", "floor")
        count = len(control.get("orders").json())
        with concurrent.futures.ThreadPoolExecutor(100) as pool:
            headers = {"Idempotency-Key": "one key"}
            answers = list(pool.map(lambda _: api.post("/orders", json=order, headers=headers), range(100)))
        codes = Counter(answer.status_code for answer in answers)
        assert codes[201] <= 1
        assert codes.total() == codes[200] + codes[201] + codes[202], codes
        (order_id,) = {answer.json()["order_id"] for answer in answers}
        wait_for(api, order_id, "working")
        assert len(control.get("orders").json()) == count + 1
        other = api.post("/orders", json={**order, "quantity": 200}, headers=headers)
        assert other.status_code == 422
        api.delete(f"/orders/{order_id}").raise_for_status()
    reckon(stack)


def test_a_sale_brings_its_proceeds_less_commission_and_tax_on_the_settlement_date(stack: WholeStack) -> None:
    with stack.api as api:
        order = place(api, body(stack, "SHS", "floor", side="SELL", quantity=1_000))
        sold = wait_for(api, order["order_id"], "filled")
        value = round(sold["average_price"] * 1_000) * 1_000
        receivable = api.get("/accounts/balance").json()["receivable"]
        assert sum(each["amount_vnd"] for each in receivable) == value - sold["commission_vnd"] - sold["tax_vnd"]
        assert sold["tax_vnd"] == value // 1_000
    reckon(stack)


def test_an_order_that_meets_other_participants_fills_in_parts(stack: WholeStack) -> None:
    with stack.api as api, stack.control as control:
        order = place(api, body(stack, "ACV", "floor", quantity=1_000))
        wait_for(api, order["order_id"], "working")
        control.put("participants/enabled", json={"enabled": False}).raise_for_status()
        bids = {"symbol": "ACV", "side": "SELL", "price": round(order["price"] * 1_000), "quantity": 300}
        eventually(lambda: sell_into(control, api, order["order_id"], bids), lambda filled: filled >= 300)
        part = wait_for(api, order["order_id"], "partially_filled", "filled")
        assert 0 < part["filled_quantity"] < 1_000
        cancelled = api.delete(f"/orders/{order['order_id']}").raise_for_status().json()["order"]
        assert cancelled["filled_quantity"] + cancelled["cancelled_quantity"] == 1_000
        control.put("participants/enabled", json={"enabled": True}).raise_for_status()
    reckon(stack)


def sell_into(control: httpx.Client, api: httpx.Client, order_id: str, sell: dict[str, object]) -> int:
    """Sell at the floor until the better bids are gone and the resting order is met."""
    control.post("participants", json=sell).raise_for_status()
    return int(seen(api, order_id)["filled_quantity"])


def test_everything_is_where_it_was_after_stop_and_start(stack: WholeStack) -> None:
    with stack.api as api:
        order = place(api, body(stack, limit="floor"))
        wait_for(api, order["order_id"], "working")
        orders = api.get("/orders", params={"limit": 100}).json()["orders"]
        positions = shares(api)
    stack.stop()
    stack.start()
    with stack.api as api:
        again = api.get("/orders", params={"limit": 100}).json()["orders"]
        assert [stable(each) for each in again] == [stable(each) for each in orders]
        assert shares(api) == positions
        assert seen(api, order["order_id"])["source"] == "workflow"
        outcome = api.delete(f"/orders/{order['order_id']}").raise_for_status().json()
        assert outcome["order"]["status"] == "canceled"
    reckon(stack)


def shares(api: httpx.Client) -> dict[str, int]:
    return {each["symbol"]: each["quantity"] for each in api.get("/positions").json()["positions"]}


def stable(order: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in order.items() if name not in {"source", "as_of"}}


def test_the_web_ui_filters_orders_by_what_operators_know(stack: WholeStack) -> None:
    with stack.api as api:
        order = place(api, body(stack))
        filled = wait_for(api, order["order_id"], "filled")
    query = f"Symbol='VIC' AND Side='BUY' AND OrderStatus='filled' AND BrokerOrderId='{filled['broker_order_id']}'"
    listing = f"http://127.0.0.1:{stack.environment['TEMPORAL_UI_PORT']}/api/v1/namespaces/oms/workflows"
    found = eventually(
        lambda: httpx.get(listing, params={"query": query}).raise_for_status().json().get("executions", []), bool
    )
    assert [each["execution"]["workflowId"] for each in found] == [order["order_id"]]


def test_the_documentation_and_the_health_checks_answer(stack: WholeStack) -> None:
    assert httpx.get(f"http://127.0.0.1:{stack.environment['PORT']}/docs").is_success
    ready = httpx.get(f"http://127.0.0.1:{stack.environment['PORT']}/health/ready")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)


def test_lc77_the_lunch_break_holds_an_order_the_afternoon_sends_it_and_the_close_expires_the_rest(
    stack: WholeStack,
) -> None:
    with stack.api as api, stack.control as control:
        day = next_day(stack, control)
        set_clock(control, f"{day}T11:45:00+07:00")
        eventually(lambda: phase(api), lambda name: name == "BREAK")
        held = place(api, body(stack))
        assert (held["status"], held["send_after"][:16]) == ("accepted", f"{day}T06:00")
        resting = place(api, body(stack, "MBB", "floor"))
        set_clock(control, f"{day}T13:00:01+07:00")
        wait_for(api, held["order_id"], "filled")
        wait_for(api, resting["order_id"], "working")
        set_clock(control, f"{day}T15:00:01+07:00")
        expired = wait_for(api, resting["order_id"], "expired")
        assert (expired["hold_vnd"], expired["cancelled_quantity"]) == (0, 100)
        late = api.post("/orders", json=body(stack))
        assert [each["code"] for each in late.json()["violations"]] == ["no_phase_today"]
        reckon(stack)


def test_the_next_days_start_with_new_prices_and_bring_what_was_bought_and_sold(stack: WholeStack) -> None:
    with stack.api as api, stack.control as control:
        for _ in range(2):
            day = next_day(stack, control)
            order = place(api, body(stack))
            assert wait_for(api, order["order_id"], "filled")["trading_date"] == day
        set_clock(control, f"{day}T13:00:01+07:00")
        eventually(lambda: api.get("/accounts/balance").json()["receivable"], lambda due: due == [])
        reckon(stack)


def next_day(stack: WholeStack, control: httpx.Client) -> str:
    """Roll the exchanges to their next day and wait until the product is ready for it."""
    day = str(control.post("clock/next-day").raise_for_status().json()["now"][:10])
    ready = f"http://127.0.0.1:{stack.environment['PORT']}/health/ready"
    eventually(lambda: httpx.get(ready), lambda answer: answer.status_code == 200 and day in answer.text)
    return day


def set_clock(control: httpx.Client, now: str) -> None:
    """Move the exchanges' clock and wait as long as the product may take to follow it."""
    control.put("clock", json={"now": now}).raise_for_status()
    time.sleep(2 * FRESH_SECONDS)


def phase(api: httpx.Client) -> str:
    return str(session(api)["exchanges"][0]["phase"])


def session(api: httpx.Client) -> dict[str, Any]:
    return dict(api.get("/accounts/trading-session").raise_for_status().json())
