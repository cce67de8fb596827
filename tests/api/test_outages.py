"""What is answered while the database or Temporal is gone: nothing that is not proven, and always in time."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from api.app import create_app
from api.grants import LONGEST_MEMORY_SECONDS, GrantsMemory
from api.ledger_port import DatabaseUnavailable
from api.order_gateway import NoSuchRun, OrderRun, RunEnded
from api.resources import Patience, Resources
from orders.commands import PlaceOrder
from orders.status import Status
from orders.stored import StoredOrder
from tests.api.conftest import BRIEF_BODY, SECRET, ClientFor
from tests.api.fakes import (
    ACCOUNT,
    MARKET_NOW,
    TERMS,
    FakeClock,
    FakeGateway,
    FakeLedger,
    cancelled_unsent,
    loop_time,
    stored_from,
    stored_order,
)

ORDERS = "/api/v1/orders"
ORDER_ID = stored_order().order.order_id
URL = f"{ORDERS}/{ORDER_ID}"
NAMED_BODY = {**BRIEF_BODY, "client_order_id": "mine-1"}
LIMIT = 0.4
"""Seconds that `tests.api.conftest.QUICK` gives a whole request."""


@pytest.fixture
async def known(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client whose grants were read before anything broke."""
    assert (await client.get(f"{ORDERS}?limit=1")).status_code == 200
    return client


@pytest.fixture(params=["down", "hangs"])
def lose_the_database(request: pytest.FixtureRequest, ledger: FakeLedger) -> Callable[[], None]:
    return lambda: setattr(ledger, request.param, True)


def live_run(status: Status | None = Status.WORKING, account_id: str = ACCOUNT) -> OrderRun:
    return OrderRun(ORDER_ID, True, account_id, "mine-1", "f", MARKET_NOW, TERMS, status)  # noqa: FBT003 - running


def gone_after_place(gateway: FakeGateway, lose_the_database: Callable[[], None]) -> None:
    """The run has completed, and the database goes before its row can be read."""

    async def place(command: PlaceOrder) -> RunEnded:  # noqa: ARG001 - it never gets that far
        lose_the_database()
        return RunEnded()

    gateway.place = place  # type: ignore[method-assign] # one fault at one moment
    gateway.runs = {order_id: replace(run, running=False) for order_id, run in gateway.runs.items()}


async def test_a_row_that_cannot_be_read_is_not_taken_for_an_order_that_was_never_sent(
    client: httpx.AsyncClient, gateway: FakeGateway, lose_the_database: Callable[[], None]
) -> None:
    assert (await client.post(ORDERS, json=NAMED_BODY)).status_code == 201
    gone_after_place(gateway, lose_the_database)
    again = await client.post(ORDERS, json=NAMED_BODY)
    assert (again.status_code, again.json()["code"]) == (503, "no_answer")
    assert "Repeat the same request" in again.json()["detail"]


async def test_another_body_is_a_conflict_also_when_the_row_cannot_be_read(
    client: httpx.AsyncClient, gateway: FakeGateway, lose_the_database: Callable[[], None]
) -> None:
    await client.post(ORDERS, json=NAMED_BODY)
    gone_after_place(gateway, lose_the_database)
    assert (await client.post(ORDERS, json={**NAMED_BODY, "quantity": 200})).status_code == 409


async def test_a_verdict_booked_between_the_two_looks_is_found(
    client: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger
) -> None:
    looks: list[str] = []

    async def load(order_id: str) -> StoredOrder | None:
        looks.append(order_id)
        return None if len(looks) == 1 else stored_from(gateway.placed[0])

    gateway.place_answer = RunEnded()
    await client.post(ORDERS, json=NAMED_BODY)
    gateway.runs = {order_id: replace(run, running=False) for order_id, run in gateway.runs.items()}
    ledger.load = load  # type: ignore[method-assign] # one moment between two looks
    answer = await client.post(ORDERS, json=NAMED_BODY)
    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")


async def test_a_live_order_is_answered_by_its_workflow_without_the_database(
    known: httpx.AsyncClient, gateway: FakeGateway, lose_the_database: Callable[[], None]
) -> None:
    gateway.views[ORDER_ID] = stored_order()
    lose_the_database()
    answer = await known.get(URL)
    assert (answer.status_code, answer.json()["source"], answer.headers["ETag"]) == (200, "workflow", '"1"')


async def test_an_order_just_received_is_described_without_the_database(
    known: httpx.AsyncClient, gateway: FakeGateway, lose_the_database: Callable[[], None]
) -> None:
    gateway.runs[ORDER_ID] = live_run(Status.RECEIVED)
    lose_the_database()
    answer = await known.get(URL)
    assert (answer.status_code, answer.json()["source"], answer.json()["status"]) == (200, "temporal", "received")


@pytest.mark.parametrize("run", [live_run(), live_run(None), replace(live_run(Status.RECEIVED), running=False), None])
async def test_nothing_is_claimed_of_an_order_that_can_be_neither_read_nor_asked(
    known: httpx.AsyncClient, gateway: FakeGateway, lose_the_database: Callable[[], None], run: OrderRun | None
) -> None:
    gateway.runs = {} if run is None else {ORDER_ID: run}
    lose_the_database()
    answer = await known.get(URL)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("viewed", [False, True])
async def test_an_order_of_others_is_not_there_without_the_database_either(
    client_for: ClientFor, gateway: FakeGateway, ledger: FakeLedger, method: str, viewed: bool
) -> None:
    stranger = client_for("stranger")
    await stranger.get(ORDERS)
    gateway.runs[ORDER_ID] = live_run(Status.RECEIVED)
    gateway.views = {ORDER_ID: stored_order()} if viewed else {}
    ledger.down = True
    answer = await stranger.request(method, URL)
    assert (answer.status_code, answer.json()["code"]) == (404, "order_not_found")
    assert not gateway.cancels


@pytest.mark.parametrize("path", [ORDERS, f"{URL}/executions", "/api/v1/positions", "/api/v1/accounts/balance"])
async def test_lists_and_money_wait_for_the_database(
    known: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger, path: str
) -> None:
    gateway.runs[ORDER_ID] = live_run(Status.RECEIVED)
    ledger.down = True
    answer = await known.get(path)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")


async def test_a_user_whose_grants_were_never_read_must_come_back(
    client: httpx.AsyncClient, gateway: FakeGateway, lose_the_database: Callable[[], None]
) -> None:
    gateway.views[ORDER_ID] = stored_order()
    lose_the_database()
    for answer in (await client.get(URL), await client.delete(URL), await client.post(ORDERS, json=BRIEF_BODY)):
        assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert not gateway.cancels
    assert not gateway.placed


async def test_grants_are_remembered_for_five_minutes_and_no_longer(ledger: FakeLedger) -> None:
    now = 1_000.0
    memory = GrantsMemory(lambda: now)
    grants = await memory.read("trader", ledger, 0.1)
    ledger.down = True
    now += LONGEST_MEMORY_SECONDS
    assert await memory.read("trader", ledger, 0.1) is grants is ledger.users["trader"]
    now += 1
    with pytest.raises(DatabaseUnavailable):
        await memory.read("trader", ledger, 0.1)


async def test_a_user_who_was_removed_is_forgotten_at_once(ledger: FakeLedger) -> None:
    memory = GrantsMemory()
    await memory.read("trader", ledger, 0.1)
    del ledger.users["trader"]
    assert await memory.read("trader", ledger, 0.1) is None
    ledger.down = True
    with pytest.raises(DatabaseUnavailable):
        await memory.read("trader", ledger, 0.1)


async def test_the_ledger_is_asked_before_the_memory(client: httpx.AsyncClient, ledger: FakeLedger) -> None:
    await client.get(ORDERS)
    ledger.users["trader"] = replace(ledger.users["trader"], account_ids=(), default_account_id=None)
    assert (await client.get("/api/v1/positions", params={"account_id": ACCOUNT})).status_code == 404


async def test_a_cancel_is_handed_in_without_the_database(
    known: httpx.AsyncClient, gateway: FakeGateway, lose_the_database: Callable[[], None]
) -> None:
    gateway.runs[ORDER_ID] = live_run()
    lose_the_database()
    answer = await known.delete(URL)
    assert (answer.status_code, answer.json()) == (202, {"outcome": "pending", "reason": None, "order": None})
    assert [(cancel.order_id, row) for cancel, row in gateway.cancels] == [(ORDER_ID, None)]


async def test_a_cancel_shows_the_order_as_its_workflow_has_booked_it(
    known: httpx.AsyncClient, gateway: FakeGateway, lose_the_database: Callable[[], None]
) -> None:
    gateway.views[ORDER_ID] = stored_order()
    lose_the_database()
    answer = await known.delete(URL)
    assert (answer.status_code, answer.json()["outcome"], answer.json()["order"]["source"]) == (
        202,
        "pending",
        "workflow",
    )
    gateway.views[ORDER_ID] = cancelled_unsent(stored_order())
    assert (await known.delete(URL)).json()["outcome"] == "done"
    assert len(gateway.cancels) == 1


async def test_a_version_that_cannot_be_compared_is_not_cancelled(
    known: httpx.AsyncClient, gateway: FakeGateway, lose_the_database: Callable[[], None]
) -> None:
    gateway.runs[ORDER_ID] = live_run(Status.RECEIVED)
    lose_the_database()
    answer = await known.delete(URL, headers={"If-Match": '"0"'})
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert not gateway.cancels


async def test_a_cancel_whose_run_has_just_ended_asks_to_repeat(
    known: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger
) -> None:
    async def gone(cancel: object, stored: object) -> NoSuchRun:  # noqa: ARG001 - as the port says
        return NoSuchRun()

    gateway.runs[ORDER_ID] = live_run()
    gateway.ask_cancel = gone  # type: ignore[method-assign] # one fault
    ledger.down = True
    answer = await known.delete(URL)
    assert (answer.status_code, answer.json()["code"]) == (503, "no_answer")


@pytest.mark.parametrize(
    ("hangs", "status"),
    [
        (set(), 202),
        ({"view"}, 202),
        ({"view", "cancel_outcome"}, 202),
        ({"view", "describe"}, 503),
        ({"view", "ask_cancel"}, 503),
        ({"view", "describe", "ask_cancel", "cancel_outcome"}, 503),
    ],
)
async def test_a_cancel_is_answered_in_time_whatever_hangs(
    known: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger, hangs: set[str], status: int
) -> None:
    gateway.runs[ORDER_ID] = live_run()
    gateway.hangs = frozenset(hangs)
    ledger.hangs = ledger.stubborn = True
    started = loop_time()
    answer = await known.delete(URL)
    assert round(loop_time() - started, 6) <= LIMIT
    assert answer.status_code == status
    ledger.released.set()


@pytest.mark.parametrize(
    ("hangs", "status"),
    [
        ({"view"}, 202),
        ({"view", "amend_outcome"}, 202),
        ({"view", "ask_amend"}, 503),
        ({"view", "describe", "ask_amend", "amend_outcome"}, 503),
    ],
)
async def test_an_amendment_is_answered_in_time_whatever_hangs(
    known: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger, hangs: set[str], status: int
) -> None:
    gateway.runs[ORDER_ID] = live_run()
    gateway.hangs = frozenset(hangs)
    ledger.hangs = ledger.stubborn = True
    started = loop_time()
    answer = await known.put(URL, json={"price": 85.6})
    assert round(loop_time() - started, 6) <= LIMIT
    assert answer.status_code == status
    assert len(gateway.amends) == (1 if status == 202 else 0)
    ledger.released.set()


@pytest.mark.parametrize("hangs", [{"place"}, {"place", "describe"}])
async def test_a_placement_is_answered_in_time_whatever_hangs(
    known: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger, hangs: set[str]
) -> None:
    gateway.hangs = frozenset(hangs)
    ledger.hangs = ledger.stubborn = True
    started = loop_time()
    answer = await known.post(ORDERS, json=BRIEF_BODY)
    assert round(loop_time() - started, 6) <= LIMIT
    assert answer.status_code == (503 if "describe" in hangs else 202)
    ledger.released.set()


@pytest.mark.parametrize("remembered", [False, True])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_the_first_looks_are_under_the_requests_deadline_too(
    ledger: FakeLedger, gateway: FakeGateway, client: httpx.AsyncClient, method: str, remembered: bool
) -> None:
    patient = Patience(whole=LIMIT, deciding=0.1, view=0.05, database=5.0, remembered=5.0)
    app = create_app(Resources(ledger, gateway, FakeClock(), SECRET, "HS256", patience=patient))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://oms", headers=client.headers
    ) as slow:
        if remembered:
            await slow.get(ORDERS)
        gateway.hangs = frozenset({"place", "describe", "view"})
        ledger.hangs = True
        started = loop_time()
        placing = method == "POST"
        answer = await slow.request(method, ORDERS if placing else URL, json=BRIEF_BODY if placing else None)
        assert round(loop_time() - started, 6) <= LIMIT
        assert answer.status_code == 503


async def test_a_row_that_hangs_leaves_time_to_hand_in_the_cancel(
    ledger: FakeLedger, gateway: FakeGateway, client: httpx.AsyncClient
) -> None:
    async def describe(order_id: str) -> OrderRun:
        await asyncio.sleep(0.02)
        return gateway.runs[order_id]

    patient = Patience(whole=LIMIT, deciding=0.1, view=0.05, database=5.0, remembered=0.05)
    gateway.describe = describe  # type: ignore[method-assign] # a server is never as quick as a fake
    app = create_app(Resources(ledger, gateway, FakeClock(), SECRET, "HS256", patience=patient))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://oms", headers=client.headers
    ) as patiently:
        await patiently.get(ORDERS)
        gateway.runs[ORDER_ID] = live_run()
        gateway.hangs = frozenset({"view"})
        ledger.hangs = True
        assert (await patiently.delete(URL)).status_code == 202
    assert len(gateway.cancels) == 1
