"""The application over fakes, and clients that carry tokens."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import cast

import httpx
import looptime
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.resources import Patience, Resources
from api.tokens import issue
from tests.api.fakes import FakeClock, FakeGateway, FakeLedger, demo_users

SECRET = "a-secret-of-at-least-thirty-two-bytes"
QUICK = Patience(whole=0.4, deciding=0.15, view=0.05, database=0.1, remembered=0.05, component=0.1)
BRIEF_BODY = {
    "symbol": "VIC",
    "side": "BUY",
    "order_type": "LO",
    "quantity": 100,
    "price": 85.5,
    "market": "HOSE",
    "time_in_force": "DAY",
}

ClientFor = Callable[[str | None], httpx.AsyncClient]


@pytest.fixture(autouse=True)
async def exact_time() -> AsyncIterator[None]:
    """Time in these tests is the event loop's alone: a wait takes exactly its seconds, however busy the machine."""
    looptime.patch_event_loop(cast("asyncio.BaseEventLoop", asyncio.get_running_loop()), _enabled=False)
    with looptime.enabled(strict=True):
        yield


@pytest.fixture
def ledger() -> FakeLedger:
    return FakeLedger(users=demo_users())


@pytest.fixture
def gateway(ledger: FakeLedger) -> FakeGateway:
    return FakeGateway(ledger)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def application() -> FastAPI:
    """Made once, for reading its routes is slow; each test gives it resources of the test's own."""
    ledger = FakeLedger(users=demo_users())
    return create_app(Resources(ledger, FakeGateway(ledger), FakeClock(), SECRET, "HS256"))


@pytest.fixture
def app(application: FastAPI, ledger: FakeLedger, gateway: FakeGateway, clock: FakeClock) -> FastAPI:
    application.state.resources = Resources(ledger, gateway, clock, SECRET, "HS256", patience=QUICK)
    return application


@pytest.fixture
async def client_for(app: FastAPI) -> AsyncIterator[ClientFor]:
    """A client that calls as a user, or without a token."""
    opened: list[httpx.AsyncClient] = []

    def open_client(user: str | None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {issue(user, SECRET, 5, 'HS256')}"} if user else {}
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://oms", headers=headers)
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        await client.aclose()


@pytest.fixture
def client(client_for: ClientFor) -> httpx.AsyncClient:
    return client_for("trader")
