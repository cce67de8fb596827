"""Who may call, what every answer carries, how failures look, health and the description."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI

import log_lines
from api.problems import KINDS, Problem, ProblemCode, problem_type
from api.tokens import issue
from tests.api.conftest import BRIEF_BODY, SECRET, ClientFor
from tests.api.fakes import FakeClock, FakeGateway, FakeLedger
from tests.support.log_output import log_plainly

CALLS = [
    ("POST", "/api/v1/orders"),
    ("GET", "/api/v1/orders"),
    ("GET", "/api/v1/orders/6dbd5dbe-5a45-5a94-8d17-4b29f04e3ab2"),
    ("DELETE", "/api/v1/orders/6dbd5dbe-5a45-5a94-8d17-4b29f04e3ab2"),
    ("GET", "/api/v1/orders/6dbd5dbe-5a45-5a94-8d17-4b29f04e3ab2/executions"),
    ("GET", "/api/v1/positions"),
    ("GET", "/api/v1/positions/VIC"),
    ("GET", "/api/v1/positions/buying-power/available"),
    ("GET", "/api/v1/accounts/balance"),
    ("GET", "/api/v1/accounts/trading-session"),
]


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_every_call_needs_a_token(client_for: ClientFor, method: str, path: str) -> None:
    body = BRIEF_BODY if method == "POST" else None
    answer = await client_for(None).request(method, path, json=body)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="oms"'
    assert Problem.model_validate(answer.json()).code is ProblemCode.NO_TOKEN


@pytest.mark.parametrize(
    ("authorization", "said"),
    [
        ("Bearer nonsense", "not one of ours"),
        (f"Bearer {issue('trader', SECRET, -5, 'HS256')}", "expired"),
        (f"Bearer {issue('nobody', SECRET, 5, 'HS256')}", "not known"),
    ],
)
async def test_a_bad_token_is_challenged(client_for: ClientFor, authorization: str, said: str) -> None:
    answer = await client_for(None).get("/api/v1/orders", headers={"Authorization": authorization})
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert answer.json()["code"] == "invalid_token"
    assert said in answer.json()["detail"]


async def test_another_scheme_than_bearer_is_no_token(client_for: ClientFor) -> None:
    answer = await client_for(None).get("/api/v1/orders", headers={"Authorization": "Basic dHJhZGVyOg=="})
    assert answer.json()["code"] == "no_token"


async def test_a_sane_request_id_is_echoed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nowhere", headers={"X-Request-ID": "trace-1.a"})
    assert answer.headers["X-Request-ID"] == answer.json()["request_id"] == "trace-1.a"


@pytest.mark.parametrize("given", [None, "", "two words", "x" * 65, '{"a":1}', "é"])
async def test_any_other_request_id_is_replaced(client: httpx.AsyncClient, given: str | None) -> None:
    headers = {} if given is None else {b"X-Request-ID": given.encode()}
    answer = await client.get("/health/live", headers=headers)
    assert len(answer.headers["X-Request-ID"]) == 32


async def test_an_unknown_address_is_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/orderz")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_wrong_method_names_the_right_ones(client: httpx.AsyncClient) -> None:
    answer = await client.patch("/api/v1/orders")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["Allow"] in answer.json()["detail"]


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the API process would log."""
    log_lines.configure("api", "INFO")
    structlog.configure(cache_logger_on_first_use=False)  # a kept logger would go on logging so in other tests
    root, written = logging.getLogger(), io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(log_lines.formatter("api"))
    kept, root.handlers = root.handlers, [handler]
    yield written
    root.handlers = kept
    root.setLevel(logging.WARNING)
    log_plainly()


def parsed(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


async def test_the_unexpected_is_a_problem_with_an_id_and_a_log_line(
    client: httpx.AsyncClient, ledger: FakeLedger, lines: io.StringIO
) -> None:
    async def broken(account_id: str) -> None:  # noqa: ARG001 - as the port says
        raise RuntimeError("a mistake of ours with 0901351 in it")

    ledger.positions = broken  # type: ignore[method-assign,assignment] # one fault
    answer = await client.get("/api/v1/positions", headers={"X-Request-ID": "trace-2"})
    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected")
    assert answer.headers["X-Request-ID"] == "trace-2"
    assert "mistake" not in answer.text
    failed = next(line for line in parsed(lines) if line["level"] == "error")
    assert failed["request_id"] == "trace-2"
    assert "a mistake of ours" in failed["exception"]


async def test_a_log_line_tells_request_order_and_account(client: httpx.AsyncClient, lines: io.StringIO) -> None:
    order = (await client.post("/api/v1/orders", json=BRIEF_BODY, headers={"X-Request-ID": "trace-3"})).json()
    line = next(line for line in parsed(lines) if line["message"] == "request")
    assert line["timestamp"].endswith("Z")
    assert (line["level"], line["service"], line["request_id"]) == ("info", "api", "trace-3")
    assert (line["order_id"], line["account_id"]) == (order["order_id"], order["account_id"])
    assert (line["method"], line["path"], line["status"]) == ("POST", "/api/v1/orders", 201)


def test_lines_of_other_libraries_have_the_same_fields(lines: io.StringIO) -> None:
    structlog.contextvars.clear_contextvars()
    logging.getLogger("somebody").warning("seen %s times", 3)
    line = parsed(lines)[0]
    assert (line["message"], line["service"], line["request_id"]) == ("seen 3 times", "api", None)


@pytest.mark.parametrize("path", ["/health", "/health/live"])
async def test_liveness_depends_on_nothing(
    client_for: ClientFor, ledger: FakeLedger, gateway: FakeGateway, path: str
) -> None:
    ledger.hangs = True
    gateway.reachable = False
    answer = await client_for(None).get(path)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_ready_when_everything_is_there(client_for: ClientFor) -> None:
    answer = await client_for(None).get("/health/ready")
    assert answer.status_code == 200
    assert {component["name"] for component in answer.json()["components"]} == {
        "database",
        "temporal",
        "instruments",
        "accounts",
    }


@pytest.mark.parametrize(
    ("market_now", "day"),
    [
        ("2026-11-20T10:00:00+07:00", date(2026, 11, 20)),
        ("2026-11-21T10:00:00+07:00", date(2026, 11, 20)),
        ("2026-11-22T23:00:00+07:00", date(2026, 11, 20)),
        ("2026-11-23T05:59:00+07:00", date(2026, 11, 20)),
        ("2026-11-23T06:00:00+07:00", date(2026, 11, 23)),
    ],
)
@pytest.mark.parametrize("instruments", [0, 3])
async def test_the_brokers_day_decides_which_instruments_are_needed(
    client_for: ClientFor, ledger: FakeLedger, clock: FakeClock, market_now: str, day: date, instruments: int
) -> None:
    clock.market_now = datetime.fromisoformat(market_now)
    ledger.instruments = instruments
    answer = await client_for(None).get("/health/ready")
    assert ledger.days_asked == [day]
    assert answer.status_code == (200 if instruments else 503)


@pytest.mark.parametrize(
    ("fault", "missing"),
    [
        ("database down", {"database", "instruments", "accounts"}),
        ("database hangs", {"database", "instruments", "accounts"}),
        ("temporal down", {"temporal"}),
        ("temporal hangs", {"temporal"}),
        ("no clock", {"market_clock"}),
        ("no instruments", {"instruments"}),
        ("account not opened", {"accounts"}),
    ],
)
async def test_not_ready_says_what_is_missing(
    client_for: ClientFor, ledger: FakeLedger, gateway: FakeGateway, clock: FakeClock, fault: str, missing: set[str]
) -> None:
    ledger.down = fault == "database down"
    ledger.hangs = fault == "database hangs"
    ledger.instruments = 0 if fault == "no instruments" else 3
    ledger.opened = fault != "account not opened"
    gateway.reachable = fault != "temporal down"
    gateway.hangs = frozenset({"is_ready"} if fault == "temporal hangs" else ())
    clock.market_now = None if fault == "no clock" else clock.market_now
    answer = await client_for(None).get("/health/ready")
    assert answer.status_code == 503
    assert {component["name"] for component in answer.json()["components"] if not component["ready"]} == missing


async def test_an_account_that_the_broker_does_not_know_is_named_and_stops_nobody(
    client_for: ClientFor, ledger: FakeLedger
) -> None:
    ledger.unknown_at_broker = ("0901999",)
    answer = await client_for(None).get("/health/ready")
    assert answer.status_code == 200
    (accounts,) = (each for each in answer.json()["components"] if each["name"] == "accounts")
    assert accounts["detail"] == "1 of 2 opened with the broker's balances; not yet: 0901999"


def test_every_code_has_a_kind_and_a_type_of_its_own() -> None:
    assert set(KINDS) == set(ProblemCode)
    assert len({problem_type(code) for code in ProblemCode}) == len(ProblemCode)


def test_the_description_shows_only_our_problems(app: FastAPI) -> None:
    document = app.openapi()
    assert "HTTPValidationError" not in json.dumps(document)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            statuses = operation["responses"]
            assert path.startswith("/health") or "401" in statuses, f"{method} {path}"
            for status, response in statuses.items():
                kind = (
                    "application/json" if status < "400" or path.startswith("/health") else "application/problem+json"
                )
                assert list(response["content"]) == [kind], f"{method} {path} {status}"


def test_the_description_has_the_example_of_the_documentation(app: FastAPI) -> None:
    content = app.openapi()["paths"]["/api/v1/orders"]["post"]["requestBody"]["content"]["application/json"]
    assert content["examples"]["limit_buy"]["value"] == BRIEF_BODY


async def test_the_description_can_be_looked_at(client_for: ClientFor) -> None:
    assert (await client_for(None).get("/docs")).status_code == 200
    assert (await client_for(None).get("/openapi.json")).json()["openapi"].startswith("3.1")
