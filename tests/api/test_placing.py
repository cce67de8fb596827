"""POST /orders: identities, verdicts, repeats and outages."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest

from api.order_gateway import NoAnswer, RunEnded
from market.violations import RuleCode, Violation
from market.vocabulary import OrderType
from orders.evidence import ClosedHere
from orders.folding import apply
from orders.identity import order_id_for
from orders.order import CloseReason
from tests.api.conftest import BRIEF_BODY, ClientFor
from tests.api.fakes import (
    ACCOUNT,
    OTHER_ACCOUNT,
    FakeGateway,
    FakeLedger,
    cancelled_unsent,
    loop_time,
    with_order,
)

ORDERS = "/api/v1/orders"
OFF_TICK = Violation(
    RuleCode.PRICE_OFF_TICK,
    "VN-A5",
    "85550 VND is not a multiple of the tick of 100 VND; nearest are 85500 and 85600.",
    "Giá 85550 đồng không theo bước giá 100 đồng; gần nhất là 85500 và 85600.",
    given=85_550,
    allowed=100,
    nearest=(85_500, 85_600),
)


async def post(client: httpx.AsyncClient, headers: Mapping[str, str] | None = None, **changes: Any) -> httpx.Response:
    body = {name: value for name, value in {**BRIEF_BODY, **changes}.items() if value is not ...}
    written = {"Content-Type": "application/json", **(headers or {})}
    return await client.post(ORDERS, content=json.dumps(body), headers=written)


async def test_the_example_of_the_documentation_is_accepted(client: httpx.AsyncClient) -> None:
    answer = await client.post(ORDERS, json=BRIEF_BODY)
    order = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{ORDERS}/{order['order_id']}"
    assert answer.headers["ETag"] == '"1"'
    assert "Idempotent-Replayed" not in answer.headers
    assert order["price"] == 85.5
    assert '"price":85.5,' in answer.text
    assert order["status"] == "accepted"
    assert order["progress"] == "accepted"
    assert order["hold_vnd"] == 8_562_825
    assert order["account_id"] == ACCOUNT
    assert order["order_id"] == order_id_for(ACCOUNT, order["client_order_id"])


async def test_the_command_carries_vnd_and_the_request_id(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    await post(client, {"X-Request-ID": "my-request-1"}, price=0.001, quantity=200, client_order_id="mine")
    command = gateway.placed[0]
    assert command.terms.price == 1
    assert command.terms.quantity == 200
    assert command.request_id == "my-request-1"
    assert command.max_delay_seconds == 900


@pytest.mark.parametrize(("order_type", "seconds"), [("LO", 900), ("ATC", 60), ("MTL", 60)])
async def test_types_without_a_price_may_be_less_late(
    client: httpx.AsyncClient, gateway: FakeGateway, order_type: str, seconds: int
) -> None:
    await post(client, order_type=order_type, price=85.5 if order_type == "LO" else ...)
    assert gateway.placed[0].max_delay_seconds == seconds


async def test_the_default_market_is_taken_when_none_is_given(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    await post(client, market=...)
    assert gateway.placed[0].terms.exchange == "HOSE"


async def test_a_denied_order_answers_with_every_rule(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.violations = (OFF_TICK, replace(OFF_TICK, code=RuleCode.QUANTITY_NOT_A_LOT))
    answer = await post(client, price=85.55)
    problem = answer.json()
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["code"] == "order_denied"
    assert problem["order_id"] == gateway.placed[0].order_id
    assert [violation["code"] for violation in problem["violations"]] == ["price_off_tick", "quantity_not_a_lot"]
    assert problem["violations"][0] == {
        "code": "price_off_tick",
        "rule": "VN-A5",
        "message": OFF_TICK.message,
        "message_vi": OFF_TICK.message_vi,
        "given": 85_550,
        "allowed": 100,
        "nearest": [85_500, 85_600],
        "unit": "VND",
    }


async def test_a_denied_order_can_be_looked_at(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.violations = (OFF_TICK,)
    denied = await post(client, price=85.55, order_type="ATC")
    order = (await client.get(denied.headers["Location"])).json()
    assert order["status"] == "denied"
    assert order["reject_reason"] == OFF_TICK.message
    assert order["hold_vnd"] == 0


NAMED: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"client_order_id": "mine-1"}, {}),
    ({}, {"Idempotency-Key": "key-1"}),
    ({"client_order_id": "mine-1"}, {"Idempotency-Key": "key-1"}),
]


@pytest.mark.parametrize(("identity", "headers"), NAMED)
async def test_lc09_a_repeated_request_finds_the_first_order(
    client: httpx.AsyncClient, identity: dict[str, Any], headers: dict[str, str]
) -> None:
    first = await post(client, headers, **identity)
    again = await post(client, headers, **identity)
    assert first.status_code == 201
    assert again.status_code == 200
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert again.json()["order_id"] == first.json()["order_id"]


async def test_a_repeat_with_the_same_request_id_is_still_a_repeat(client: httpx.AsyncClient) -> None:
    headers = {"X-Request-ID": "same", "Idempotency-Key": "key-1"}
    await post(client, headers)
    assert (await post(client, headers)).status_code == 200


async def test_a_repeated_denied_request_gets_the_same_verdict(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.violations = (OFF_TICK,)
    first = await post(client, client_order_id="mine-1")
    again = await post(client, client_order_id="mine-1")
    assert again.status_code == 422
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json()["violations"] == first.json()["violations"]


async def test_a_repeat_shows_what_the_order_has_become(client: httpx.AsyncClient, ledger: FakeLedger) -> None:
    first = (await post(client, client_order_id="mine-1")).json()
    ledger.rows[first["order_id"]] = cancelled_unsent(ledger.rows[first["order_id"]])
    again = (await post(client, client_order_id="mine-1")).json()
    assert again["status"] == "canceled"
    assert again["source"] == "ledger"


async def test_without_a_name_every_request_is_a_new_order(client: httpx.AsyncClient) -> None:
    first, second = await post(client), await post(client)
    assert first.json()["order_id"] != second.json()["order_id"]
    assert UUID(first.json()["client_order_id"])


async def test_the_client_order_id_made_up_for_us_finds_the_order_again(client: httpx.AsyncClient) -> None:
    for headers in ({}, {"Idempotency-Key": "key-1"}):
        first = (await post(client, headers)).json()
        again = await post(client, client_order_id=first["client_order_id"])
        assert again.status_code == 200
        assert again.json()["order_id"] == first["order_id"]


async def test_one_key_of_two_users_makes_two_orders(client_for: ClientFor) -> None:
    answers = [await post(client_for(user), {"Idempotency-Key": "key-1"}) for user in ("trader", "operator")]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["order_id"] != answers[1].json()["order_id"]


async def test_a_client_order_id_with_another_body_is_a_conflict(client: httpx.AsyncClient, ledger: FakeLedger) -> None:
    first = await post(client, client_order_id="mine-1")
    other = await post(client, client_order_id="mine-1", quantity=200)
    assert other.status_code == 409
    assert other.json()["code"] == "client_order_id_taken"
    assert other.headers["Location"] == first.headers["Location"]
    assert len(ledger.rows) == 1


KEY = {"Idempotency-Key": "key-1"}


async def test_a_key_with_another_body_is_refused(client: httpx.AsyncClient, ledger: FakeLedger) -> None:
    await post(client, KEY)
    other = await post(client, KEY, quantity=200)
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"
    assert len(ledger.rows) == 1


@pytest.mark.parametrize(
    ("first", "second", "differing"),
    [
        ({"client_order_id": "a"}, {"client_order_id": "b"}, ["client_order_id"]),
        ({"client_order_id": "a"}, {}, ["client_order_id"]),
        ({}, {"client_order_id": "a"}, ["client_order_id"]),
        ({"client_order_id": "a"}, {"client_order_id": "b", "price": 86}, ["client_order_id", "price"]),
        ({}, {"price": 86, "quantity": 200, "side": "SELL"}, ["side", "quantity", "price"]),
        ({}, {"order_type": "ATC", "price": None}, ["order_type", "price", "max_delay_seconds"]),
        ({}, {"max_delay_seconds": 30}, ["max_delay_seconds"]),
        ({}, {"queue_next_day": True}, ["queue_next_day"]),
    ],
)
async def test_a_key_with_another_request_makes_no_order_and_says_what_differs(
    client: httpx.AsyncClient,
    gateway: FakeGateway,
    ledger: FakeLedger,
    first: dict[str, Any],
    second: dict[str, Any],
    differing: list[str],
) -> None:
    made = await post(client, KEY, **first)
    other = await post(client, KEY, **second)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert [each["field"] for each in other.json()["violations"]] == differing
    assert all(each["message"] in other.json()["detail"] for each in other.json()["violations"])
    assert other.headers["Location"] == made.headers["Location"]
    assert other.json()["order_id"] == made.json()["order_id"]
    assert list(ledger.rows) == [made.json()["order_id"]]
    if differing[0] == "client_order_id":
        assert len(gateway.placed) == 1


async def test_what_differs_is_told_with_both_values(client: httpx.AsyncClient) -> None:
    await post(client, KEY)
    (price,) = (await post(client, KEY, price=86)).json()["violations"]
    assert price == {
        "code": "differs",
        "field": "price",
        "message": "price was 85,500 in the first request and is 86,000 in this one",
        "given": 86_000,
        "allowed": 85_500,
        "unit": "VND",
    }


async def test_a_key_of_one_account_makes_no_order_in_another(
    client: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger
) -> None:
    ledger.users["trader"] = replace(ledger.users["trader"], account_ids=(ACCOUNT, OTHER_ACCOUNT))
    await post(client, KEY, account_id=ACCOUNT)
    other = await post(client, KEY, account_id=OTHER_ACCOUNT)
    assert other.status_code == 422
    assert {each["field"] for each in other.json()["violations"]} == {"account_id", "client_order_id"}
    assert len(gateway.placed) == len(ledger.rows) == 1


async def test_what_is_usual_may_be_written_or_left_out(client: httpx.AsyncClient) -> None:
    await post(client, KEY)
    assert (await post(client, KEY, max_delay_seconds=900, queue_next_day=False)).status_code == 200


async def test_of_two_requests_at_once_under_one_key_the_verdict_lets_one_have_it(
    client: httpx.AsyncClient, ledger: FakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing_yet(_user: str, _key: str) -> None:
        return None

    monkeypatch.setattr(ledger, "order_of_key", nothing_yet)
    made = await post(client, KEY, client_order_id="a")
    other = await post(client, KEY, client_order_id="b", price=86)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert [each["field"] for each in other.json()["violations"]] == ["client_order_id", "price"]
    assert other.headers["Location"] == made.headers["Location"]
    assert [row.verdict.accepted for row in ledger.rows.values()] == [True, False]


async def test_while_a_key_cannot_be_looked_up_its_order_is_received_all_the_same(
    client: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger
) -> None:
    await client.get(ORDERS)  # who may trade is remembered
    ledger.down = True
    gateway.hangs = frozenset({"place"})
    assert (await post(client, KEY)).status_code == 202


async def test_no_worker_in_time_means_received(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.hangs = frozenset({"place"})
    answer = await post(client, client_order_id="mine-1")
    order = answer.json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"{ORDERS}/{order['order_id']}"
    assert order["status"] == "received"
    assert order["progress"] == "received"
    assert order["source"] == "temporal"
    assert order["price"] == 85.5
    assert (await client.get(answer.headers["Location"])).json()["status"] == "received"


async def test_an_order_checked_meanwhile_is_answered_from_its_row(
    client: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    await post(client, client_order_id="mine-1")
    gateway.hangs = frozenset({"place"})
    again = await post(client, client_order_id="mine-1")
    assert again.status_code == 200
    assert again.json()["status"] == "accepted"


async def test_no_worker_and_another_body_is_a_conflict(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.hangs = frozenset({"place"})
    await post(client, client_order_id="mine-1")
    assert (await post(client, client_order_id="mine-1", quantity=200)).status_code == 409


async def test_a_closed_run_is_answered_from_its_row(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    await post(client, client_order_id="mine-1")
    gateway.place_answer = RunEnded()
    again = await post(client, client_order_id="mine-1")
    assert again.status_code == 200
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_a_run_ended_before_its_verdict_says_so(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.place_answer = RunEnded()
    await post(client, client_order_id="mine-1")
    order_id = gateway.placed[0].order_id
    gateway.runs[order_id] = replace(gateway.runs[order_id], running=False)
    answer = await post(client, client_order_id="mine-1")
    assert answer.status_code == 409
    assert answer.json()["code"] == "order_ended_undecided"


async def test_lc17_an_unreachable_server_asks_to_repeat(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.reachable = False
    answer = await post(client)
    problem = answer.json()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert problem["code"] == "no_answer"
    assert problem["order_id"] == gateway.placed[0].order_id
    assert problem["client_order_id"] == gateway.placed[0].client_order_id
    gateway.reachable = True
    assert (await post(client, client_order_id=problem["client_order_id"])).json()["order_id"] == problem["order_id"]


@pytest.mark.parametrize("hangs", [{"place"}, {"place", "describe"}])
async def test_a_hung_server_is_answered_within_the_limit(
    client: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger, hangs: set[str]
) -> None:
    gateway.hangs = frozenset(hangs)
    started = loop_time()
    answer = await post(client)
    assert round(loop_time() - started, 6) <= 0.4
    assert answer.status_code == (503 if "describe" in hangs else 202)
    assert not ledger.rows


async def test_a_no_answer_with_the_database_gone_is_still_bounded(
    client: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger
) -> None:
    async def lose_the_database(command: object) -> NoAnswer:  # noqa: ARG001 - it never gets that far
        ledger.hangs = True
        return NoAnswer()

    gateway.place = lose_the_database  # type: ignore[method-assign] # one fault at one moment
    started = loop_time()
    assert (await post(client)).status_code == 503
    assert round(loop_time() - started, 6) <= 0.4


@pytest.mark.parametrize(
    ("changes", "field", "allowed"),
    [
        ({"price": 85_500}, "price", "such as 85.5"),
        ({"price": "85.5"}, "price", "such as 85.5"),
        ({"quantity": 100.5}, "quantity", "whole number"),
        ({"quantity": ...}, "quantity", None),
        ({"side": "HOLD"}, "side", "'BUY' or 'SELL'"),
        ({"order_type": "FOK"}, "order_type", "'MTL'"),
        ({"market": "NYSE"}, "market", "'HNX'"),
        ({"time_in_force": "GTC"}, "time_in_force", "'DAY'"),
        ({"symbol": "vic"}, "symbol", "[A-Z0-9]"),
        ({"symbol": "\ud800"}, "symbol", None),
        ({"client_order_id": "two words"}, "client_order_id", "[A-Za-z0-9._:-]"),
        ({"client_order_id": ""}, "client_order_id", "[A-Za-z0-9._:-]"),
        ({"max_delay_seconds": 0}, "max_delay_seconds", "at least 1"),
        ({"pirce": 85.5}, "pirce", None),
    ],
    ids=str,
)
async def test_a_wrong_field_is_named_with_what_is_allowed(
    client: httpx.AsyncClient, gateway: FakeGateway, changes: dict[str, Any], field: str, allowed: str | None
) -> None:
    answer = await post(client, **changes)
    problem = answer.json()
    assert answer.status_code == 400
    assert problem["code"] == "invalid_request"
    assert [violation["field"] for violation in problem["violations"]] == [field]
    assert allowed is None or allowed in problem["violations"][0]["allowed"]
    assert not gateway.placed


async def test_a_price_in_vnd_is_answered_with_the_price_meant(client: httpx.AsyncClient) -> None:
    problem = (await post(client, price=85_500)).json()
    assert "did you mean 85.5?" in problem["detail"]


@pytest.mark.parametrize(
    ("content", "content_type", "status", "code"),
    [
        (b'{"price": NaN}', "application/json", 400, "malformed_json"),
        (b"{", "application/json", 400, "malformed_json"),
        (b"\xff", "application/json", 400, "malformed_json"),
        (b"[]", "application/json", 400, "invalid_request"),
        (b"", "application/json", 400, "invalid_request"),
        (b"symbol=VIC", "application/x-www-form-urlencoded", 415, "not_json"),
        (b" " * 20_000, "application/json", 413, "body_too_large"),
    ],
)
async def test_a_body_that_is_no_json_object_is_a_problem(
    client: httpx.AsyncClient, content: bytes, content_type: str, status: int, code: str
) -> None:
    answer = await client.post(ORDERS, content=content, headers={"Content-Type": content_type})
    assert answer.status_code == status
    assert answer.json()["code"] == code


async def test_a_viewer_may_not_place(client_for: ClientFor, gateway: FakeGateway) -> None:
    answer = await post(client_for("viewer"))
    assert answer.status_code == 403
    assert answer.json()["code"] == "role_may_not_trade"
    assert not gateway.placed


async def test_an_account_of_others_is_not_there(client: httpx.AsyncClient) -> None:
    answer = await post(client, account_id="0909999")
    assert answer.status_code == 404
    assert answer.json()["code"] == "account_not_found"


async def test_an_order_too_old_to_send_keeps_its_accepted_verdict(
    client: httpx.AsyncClient, ledger: FakeLedger
) -> None:
    order_id = (await post(client, client_order_id="mine-1")).json()["order_id"]
    row = ledger.rows[order_id]
    ledger.rows[order_id] = with_order(row, apply(row.order, ClosedHere(CloseReason.TOO_OLD, "older than 900 s")))
    order = (await post(client, client_order_id="mine-1")).json()
    assert order["status"] == "denied"
    assert order["reject_reason"] == "older than 900 s"


@pytest.mark.parametrize(
    ("field", "given", "hint"),
    [
        ("order_type", "MP", "send MTL"),
        ("order_type", "MARKET", "the exchanges have LO"),
        ("order_type", "PT", "Put-through"),
        ("time_in_force", "IOC", "MAK on HNX"),
        ("time_in_force", "GTC", "every order lives for one trading day"),
    ],
)
async def test_a_name_of_other_markets_or_years_is_refused_with_what_to_send_instead(
    client: httpx.AsyncClient, gateway: FakeGateway, field: str, given: str, hint: str
) -> None:
    changes: dict[str, Any] = {field: given}
    answer = await post(client, **changes)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    (wrong,) = answer.json()["violations"]
    assert (wrong["field"], hint in wrong["message"]) == (field, True), wrong
    assert not gateway.placed


async def test_order_types_may_be_written_small(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    await post(client, order_type="lo")
    assert gateway.placed[0].terms.order_type is OrderType.LO
