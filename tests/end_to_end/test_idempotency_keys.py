"""One `Idempotency-Key`, many requests: one order, whoever comes first, and whatever restarts in between."""

from concurrent.futures import ThreadPoolExecutor
from typing import cast
from uuid import uuid4

import httpx
import pytest

from tests.support.killing import kill, wait_until_back
from tests.support.trading import PATIENCE_SECONDS, Json, Trading
from tests.support.whole_stack import eventually

UNDECIDED = frozenset({httpx.codes.ACCEPTED, httpx.codes.SERVICE_UNAVAILABLE})

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


def post(trading: Trading, key: str, order: Json) -> httpx.Response:
    """The answer once there is a verdict: a client repeats the same request until then."""

    def answer() -> httpx.Response | None:
        try:
            got = trading.api.post("/orders", json=order, headers={"Idempotency-Key": key})
        except httpx.TransportError:
            return None
        return None if got.status_code in UNDECIDED else got

    return cast("httpx.Response", eventually(answer, lambda got: got is not None, PATIENCE_SECONDS))


def test_api02_of_parallel_requests_under_one_key_one_is_sent_and_the_others_say_what_differs(
    trading: Trading,
) -> None:
    key, (orders, sent) = uuid4().hex, (trading.orders(8), trading.sent())
    with ThreadPoolExecutor(len(orders)) as pool:
        answers = list(pool.map(lambda order: post(trading, key, order), orders))
    (made,) = [each for each in answers if each.is_success]  # one, whoever came first
    others = [each for each in answers if each is not made]
    assert {(each.status_code, each.json()["code"]) for each in others} == {(422, "idempotency_key_reused")}
    assert {each.json()["violations"][0]["field"] for each in others} == {"client_order_id"}
    order_id = made.json()["order_id"]
    assert {each.headers["Location"] for each in others} == {f"/api/v1/orders/{order_id}"}
    trading.wait_for(order_id, "working")
    again = post(trading, key, orders[answers.index(made)])
    assert (again.status_code, again.headers["Idempotent-Replayed"], again.json()["order_id"]) == (
        200,
        "true",
        order_id,
    )
    dearer = post(trading, key, {**orders[0], "client_order_id": uuid4().hex, "quantity": 200})
    assert (dearer.status_code, [each["field"] for each in dearer.json()["violations"]]) == (
        422,
        ["client_order_id", "quantity"],
    )
    assert trading.sent() == (sent[0] + 1, sent[1] + 1)
    trading.cancel(order_id)
    trading.reckon()


def test_api02_a_key_is_known_after_the_worker_and_the_api_were_killed(trading: Trading) -> None:
    key, order = uuid4().hex, trading.order()
    made = post(trading, key, order)
    trading.wait_for(made.json()["order_id"], "working")
    sent = trading.sent()
    for process in ("api", "worker"):
        wait_until_back(trading.stack, process, kill(trading.stack, process))
    answer = post(trading, key, {**order, "client_order_id": uuid4().hex})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert post(trading, key, order).json()["order_id"] == made.json()["order_id"]
    assert trading.sent() == sent
    trading.cancel(made.json()["order_id"])
    trading.reckon()
