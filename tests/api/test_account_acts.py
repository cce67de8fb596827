"""An operator's acts on an account over HTTP: adjustments and the word that it may trade again (LC-99)."""

from typing import Any

import httpx
import pytest

from ledger.account_acts import ActRefusal
from ledger.postings import CASH
from tests.api.conftest import ClientFor
from tests.api.fakes import ACCOUNT, FakeLedger

ADJUST = f"/api/v1/accounts/{ACCOUNT}/adjustments"
RESUME = f"/api/v1/accounts/{ACCOUNT}/resume"
NOT_OURS = f"/api/v1/accounts/{ACCOUNT}/external-orders"
ON_IBOARD = {"broker_order_id": "20000108", "reason": "placed on iBoard"}
DEPOSIT = {"asset": "cash", "amount": 5_000_000, "reason": "deposit"}
PAID = {"reason": "paid in"}


@pytest.fixture
def operator(client_for: ClientFor) -> httpx.AsyncClient:
    return client_for("operator")


async def test_an_operator_books_an_adjustment_under_a_name_of_ours_or_of_its_own(
    operator: httpx.AsyncClient, ledger: FakeLedger
) -> None:
    answer = await operator.post(ADJUST, json={**DEPOSIT, "act_id": "deposit-1"})
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["kind"], body["asset"], body["amount"], body["author"]) == ("adjusted", "cash", 5_000_000, "operator")
    assert (body["act_id"], body["state"]) == ("deposit-1", "active")
    shares = await operator.post(ADJUST, json={"asset": "VND", "amount": -100, "reason": "moved to another broker"})
    assert shares.json()["asset"] == "VND", "VND is a listed share, not money"
    assert [(act.asset, act.amount) for act in ledger.acts] == [(CASH, 5_000_000), ("VND", -100)]
    assert len({act.key for act in ledger.acts}) == 2


async def test_an_operator_lets_an_account_trade_again(operator: httpx.AsyncClient, ledger: FakeLedger) -> None:
    answer = await operator.post(RESUME, json=PAID)
    assert (answer.status_code, answer.json()["kind"], answer.json()["state"]) == (201, "resumed", "active")
    assert [act.reason for act in ledger.acts] == ["paid in"]


@pytest.mark.parametrize("user", ["trader", "viewer"])
@pytest.mark.parametrize(("url", "body"), [(ADJUST, DEPOSIT), (RESUME, PAID), (NOT_OURS, ON_IBOARD)])
async def test_only_an_operator_acts_on_an_account(
    client_for: ClientFor, ledger: FakeLedger, user: str, url: str, body: dict[str, Any]
) -> None:
    answer = await client_for(user).post(url, json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "operator_only")
    assert ledger.acts == []


@pytest.mark.parametrize(("what", "body"), [("adjustments", DEPOSIT), ("resume", PAID), ("external-orders", ON_IBOARD)])
async def test_an_account_of_others_is_not_found(operator: httpx.AsyncClient, what: str, body: dict[str, Any]) -> None:
    answer = await operator.post(f"/api/v1/accounts/9999999/{what}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "account_not_found")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": 1.5}, "amount"),
        ({"amount": "100"}, "amount"),
        ({"amount": 10**16}, "amount"),
        ({"asset": "vic"}, "asset"),
        ({"reason": " "}, "reason"),
        ({"act_id": "a b"}, "act_id"),
        ({"author": "somebody"}, "author"),
    ],
)
async def test_a_wrong_adjustment_is_named_and_not_booked(
    operator: httpx.AsyncClient, ledger: FakeLedger, change: dict[str, Any], field: str
) -> None:
    answer = await operator.post(ADJUST, json={**DEPOSIT, **change})
    assert answer.status_code == 400, answer.text
    assert [violation["field"] for violation in answer.json()["violations"]] == [field]
    assert ledger.acts == []


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        (ActRefusal.UNKNOWN_ASSET, 404, "instrument_not_found"),
        (ActRefusal.MORE_THAN_FREE, 400, "invalid_request"),
        (ActRefusal.KEY_TAKEN, 422, "idempotency_key_reused"),
    ],
)
async def test_what_the_ledger_refuses_is_a_problem_that_says_why(
    operator: httpx.AsyncClient, ledger: FakeLedger, refusal: ActRefusal, status: int, code: str
) -> None:
    ledger.act_refused = refusal
    answer = await operator.post(ADJUST, json=DEPOSIT)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_resumption_under_the_name_of_another_act_is_refused(
    operator: httpx.AsyncClient, ledger: FakeLedger
) -> None:
    ledger.act_refused = ActRefusal.KEY_TAKEN
    assert (await operator.post(RESUME, json={**PAID, "act_id": "deposit-1"})).status_code == 422


async def test_an_operator_says_that_an_order_at_the_broker_is_none_of_ours(operator: httpx.AsyncClient) -> None:
    answer = await operator.post(NOT_OURS, json=ON_IBOARD)
    assert (answer.status_code, answer.json()["kind"]) == (201, "not_ours"), answer.text
    assert answer.json()["broker_order_id"] == "20000108"


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        (ActRefusal.NOT_WAITING, 404, "order_not_found"),
        (ActRefusal.KEY_TAKEN, 422, "idempotency_key_reused"),
    ],
)
async def test_a_word_on_an_order_that_does_not_wait_for_one_is_refused(
    operator: httpx.AsyncClient, ledger: FakeLedger, refusal: ActRefusal, status: int, code: str
) -> None:
    ledger.act_refused = refusal
    answer = await operator.post(NOT_OURS, json=ON_IBOARD)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
