"""DELETE /orders/{order_id}: durable, idempotent, and honest about what is not known yet."""

from dataclasses import replace

import httpx
import pytest

from api.order_gateway import NoSuchRun
from orders.evidence import Answer, BrokerReport, BrokerState, RequestAnswered, RequestStarted
from orders.folding import apply
from orders.order import Action
from orders.stored import StoredOrder
from tests.api.conftest import BRIEF_BODY, ClientFor
from tests.api.fakes import (
    FakeGateway,
    FakeLedger,
    answered,
    cancel_asked,
    cancelled_unsent,
    loop_time,
    stored_order,
    with_order,
)

ORDER_ID = stored_order().order.order_id
URL = f"/api/v1/orders/{ORDER_ID}"


@pytest.fixture
def row(ledger: FakeLedger) -> StoredOrder:
    ledger.rows[ORDER_ID] = stored_order()
    return ledger.rows[ORDER_ID]


def live(stored: StoredOrder) -> StoredOrder:
    order = apply(stored.order, RequestStarted(Action.SUBMIT, "10000000", "submit"))
    return with_order(stored, apply(order, RequestAnswered("10000000", Answer.ACCEPTED)))


def cancel_refused(stored: StoredOrder, intent_id: str) -> StoredOrder:
    asked = cancel_asked(stored, intent_id)
    started = with_order(asked, apply(asked.order, RequestStarted(Action.CANCEL, "10000001", intent_id)))
    return answered(started, RequestAnswered("10000001", Answer.REFUSED, "E12", "not now"))


async def test_an_order_that_waits_is_cancelled_at_once(
    client: httpx.AsyncClient, gateway: FakeGateway, row: StoredOrder
) -> None:
    gateway.cancel_answers.append(cancelled_unsent(row))
    answer = await client.delete(URL)
    assert answer.status_code == 200
    assert answer.json()["outcome"] == "done"
    assert answer.json()["order"]["status"] == "canceled"
    assert answer.json()["order"]["source"] == "workflow"


async def test_the_wish_comes_with_the_row_so_that_a_dead_run_starts_again(
    client: httpx.AsyncClient, gateway: FakeGateway, row: StoredOrder
) -> None:
    await client.delete(URL)
    assert gateway.cancels[0][1] == row


async def test_no_outcome_in_time_is_pending(client: httpx.AsyncClient, gateway: FakeGateway, row: StoredOrder) -> None:
    gateway.hangs = frozenset({"cancel_outcome"})
    started = loop_time()
    answer = await client.delete(URL)
    assert round(loop_time() - started, 6) <= 0.4
    assert answer.status_code == 202
    assert answer.json()["outcome"] == "pending"
    assert gateway.cancels[0][1] is row


async def test_an_outcome_that_came_meanwhile_is_read_from_the_row(
    client: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger, row: StoredOrder
) -> None:
    async def cancel_and_stay_silent(order_id: str, intent_id: str) -> None:  # noqa: ARG001 - as the port says
        ledger.rows[ORDER_ID] = cancelled_unsent(row)
        raise TimeoutError

    gateway.cancel_outcome = cancel_and_stay_silent  # type: ignore[method-assign,assignment] # one fault
    answer = await client.delete(URL)
    assert (answer.status_code, answer.json()["outcome"]) == (200, "done")
    assert answer.json()["order"]["source"] == "ledger"


async def test_a_refused_cancel_says_why(client: httpx.AsyncClient, gateway: FakeGateway, row: StoredOrder) -> None:
    gateway.cancel_answers.append(cancel_refused(live(row), "somebody-elses-intent"))
    body = (await client.delete(URL)).json()
    assert (body["outcome"], body["reason"]) == ("refused", "E12 not now")
    assert body["order"]["cancel"]["state"] == "refused"


async def test_an_old_refusal_is_not_the_outcome_of_a_new_wish(
    client: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger, row: StoredOrder
) -> None:
    ledger.rows[ORDER_ID] = cancel_refused(live(row), "an-older-intent")
    gateway.hangs = frozenset({"cancel_outcome"})
    assert (await client.delete(URL)).json()["outcome"] == "pending"


async def test_a_filled_order_is_too_late(client: httpx.AsyncClient, ledger: FakeLedger, row: StoredOrder) -> None:
    report = BrokerReport("B-1", "", BrokerState.FILLED, 100, 100, 8_550_000, 0)
    ledger.rows[ORDER_ID] = with_order(live(row), apply(live(row).order, report))
    body = (await client.delete(URL)).json()
    assert (body["outcome"], body["reason"]) == ("too_late", "The order is closed: filled.")


async def test_a_cancelled_order_stays_cancelled(
    client: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger, row: StoredOrder
) -> None:
    ledger.rows[ORDER_ID] = cancelled_unsent(row)
    answers = [await client.delete(URL) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert {answer.json()["outcome"] for answer in answers} == {"done"}
    assert not gateway.cancels


async def test_one_key_names_one_intent(client: httpx.AsyncClient, gateway: FakeGateway, row: StoredOrder) -> None:
    for key in ("key-1", "key-1", "key-2"):
        await client.delete(URL, headers={"Idempotency-Key": key})
    intents = [cancel.intent_id for cancel, _ in gateway.cancels]
    assert intents[0] == intents[1] != intents[2]
    assert row.order.open_cancel is None


async def test_a_repeated_wish_that_was_refused_is_not_asked_again(
    client: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger, row: StoredOrder
) -> None:
    headers = {"Idempotency-Key": "key-1"}
    await client.delete(URL, headers=headers)
    ledger.rows[ORDER_ID] = cancel_refused(live(row), gateway.cancels[0][0].intent_id)
    again = await client.delete(URL, headers=headers)
    assert again.json()["outcome"] == "refused"
    assert len(gateway.cancels) == 1


async def test_an_order_just_received_takes_the_wish(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.hangs = frozenset({"place", "cancel_outcome"})
    received = await client.post("/api/v1/orders", json=BRIEF_BODY)
    answer = await client.delete(received.headers["Location"])
    assert answer.status_code == 202
    assert answer.json()["outcome"] == "pending"
    assert answer.json()["order"]["status"] == "received"
    assert gateway.cancels[0][1] is None


@pytest.mark.parametrize("if_match", ['"1"', "*", '"0", "1"'])
async def test_a_cancel_of_the_version_seen_goes_through(
    client: httpx.AsyncClient, gateway: FakeGateway, row: StoredOrder, if_match: str
) -> None:
    gateway.cancel_answers.append(cancelled_unsent(row))
    assert (await client.delete(URL, headers={"If-Match": if_match})).status_code == 200


@pytest.mark.parametrize("if_match", ['"0"', 'W/"1"', "1", "nonsense"])
@pytest.mark.usefixtures("row")
async def test_a_cancel_of_another_version_is_stale(
    client: httpx.AsyncClient, gateway: FakeGateway, if_match: str
) -> None:
    answer = await client.delete(URL, headers={"If-Match": if_match})
    assert (answer.status_code, answer.json()["code"]) == (412, "version_stale")
    assert answer.headers["ETag"] == '"1"'
    assert not gateway.cancels


async def test_a_cancel_that_moved_the_version_itself_may_be_repeated(
    client: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger, row: StoredOrder
) -> None:
    headers = {"Idempotency-Key": "key-1", "If-Match": '"1"'}
    await client.delete(URL, headers=headers)
    ledger.rows[ORDER_ID] = cancel_refused(live(row), gateway.cancels[0][0].intent_id)
    again = await client.delete(URL, headers=headers)
    assert (again.status_code, again.json()["outcome"]) == (200, "refused")
    assert len(gateway.cancels) == 1


@pytest.mark.usefixtures("row")
async def test_an_undelivered_wish_asks_to_repeat(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.hangs = frozenset({"ask_cancel"})
    started = loop_time()
    answer = await client.delete(URL)
    assert round(loop_time() - started, 6) <= 0.4
    assert (answer.status_code, answer.json()["code"]) == (503, "no_answer")


async def test_a_received_order_whose_run_is_gone_promises_nothing(
    client: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    async def gone(cancel: object, stored: object) -> NoSuchRun:  # noqa: ARG001 - as the port says
        return NoSuchRun()

    gateway.hangs = frozenset({"place"})
    received = await client.post("/api/v1/orders", json=BRIEF_BODY)
    gateway.ask_cancel = gone  # type: ignore[method-assign] # one fault
    assert (await client.delete(received.headers["Location"])).status_code == 503


@pytest.mark.usefixtures("row")
async def test_a_viewer_may_not_cancel(client_for: ClientFor, gateway: FakeGateway) -> None:
    answer = await client_for("viewer").delete(URL)
    assert (answer.status_code, answer.json()["code"]) == (403, "role_may_not_trade")
    assert not gateway.cancels


async def test_an_order_of_others_cannot_be_cancelled(
    client_for: ClientFor, gateway: FakeGateway, row: StoredOrder
) -> None:
    answer = await client_for("stranger").delete(URL)
    assert answer.status_code == 404
    assert replace(row) == row
    assert not gateway.cancels
