"""Trading access over HTTP: who sees it, who enters a code, and that a code is told to nobody but the ledger."""

from datetime import timedelta

import httpx
import pytest
import structlog.testing

from tests.api.conftest import ClientFor
from tests.api.fakes import MARKET_NOW, FakeGateway, FakeLedger, by_pin
from workflows.access_state import AccessFound, AccessState, AccessView, CodeRequest, CodeTask

ACCESS = "/api/v1/broker/access"
ENTER = "/api/v1/broker/one-time-code"
REQUEST = f"{ENTER}/request"
CODE = "918273"
DEADLINE = MARKET_NOW + timedelta(minutes=20)


@pytest.fixture
def needs_code(gateway: FakeGateway) -> AccessView:
    """The connection waits for a code; the gateway tells so."""
    found = AccessFound(
        AccessState.CODE_NEEDED,
        by_code=True,
        seen_at=MARKET_NOW,
        look_again_at=MARKET_NOW + timedelta(minutes=10),
        text="the trading token ends soon",
        until=DEADLINE + timedelta(hours=1),
        codes_left=5,
    )
    asked = CodeRequest(MARKET_NOW + timedelta(seconds=1), "the broker sends one", 4)
    gateway.access_view = AccessView("ssi", found, CodeTask(DEADLINE, asked=True), asked, asked=1, most=5)
    return gateway.access_view


@pytest.fixture
def operator(client_for: ClientFor) -> httpx.AsyncClient:
    return client_for("operator")


@pytest.mark.parametrize("user", ["trader", "operator"])
@pytest.mark.usefixtures("needs_code")
async def test_an_open_task_is_seen_with_its_first_deadline_and_the_codes_left(
    client_for: ClientFor, user: str
) -> None:
    answer = await client_for(user).get(ACCESS)
    assert answer.status_code == 200
    assert answer.json()["connections"] == [
        {
            "connection_id": "ssi",
            "state": "code_needed",
            "until": "2026-11-20T03:20:00Z",
            "overdue": False,
            "needs_codes": True,
            "codes_left": 4,
            "text": "the trading token ends soon",
            "last_request": {"asked_at": "2026-11-20T03:00:01Z", "text": "the broker sends one"},
            "as_of": "2026-11-20T03:00:00Z",
        }
    ]


async def test_a_connection_that_signs_in_by_pin_is_seen_as_signed_in(client: httpx.AsyncClient) -> None:
    (found,) = (await client.get(ACCESS)).json()["connections"]
    assert (found["state"], found["until"]) == ("signed_in", "2026-11-20T11:00:00Z")
    assert (found["needs_codes"], found["codes_left"], found["last_request"]) == (False, None, None)


async def test_a_viewer_does_not_see_it(client_for: ClientFor) -> None:
    answer = await client_for("viewer").get(ACCESS)
    assert (answer.status_code, answer.json()["code"]) == (403, "role_may_not_trade")


@pytest.mark.usefixtures("needs_code")
async def test_an_operators_code_is_kept_for_the_worker_which_is_called(
    operator: httpx.AsyncClient, ledger: FakeLedger, gateway: FakeGateway
) -> None:
    with structlog.testing.capture_logs() as lines:
        answer = await operator.post(ENTER, json={"code": CODE})
    assert answer.status_code == 202
    assert answer.json()["connection_id"] == "ssi"
    assert ledger.codes == [("ssi", CODE)]
    assert gateway.access_calls == ["have_access_looked_at ssi"]
    assert CODE not in answer.text + str(lines)


@pytest.mark.usefixtures("needs_code")
async def test_the_connection_may_be_named(operator: httpx.AsyncClient, ledger: FakeLedger) -> None:
    assert (await operator.post(ENTER, json={"connection_id": "ssi", "code": CODE})).status_code == 202
    assert ledger.codes == [("ssi", CODE)]


@pytest.mark.usefixtures("needs_code")
async def test_an_operator_has_a_code_sent(operator: httpx.AsyncClient, gateway: FakeGateway) -> None:
    assert (await operator.post(REQUEST, json={})).status_code == 202
    assert gateway.access_calls == ["have_code_sent ssi"]


@pytest.mark.parametrize("user", ["trader", "viewer"])
@pytest.mark.parametrize(("url", "body"), [(ENTER, {"code": CODE}), (REQUEST, {})])
@pytest.mark.usefixtures("needs_code")
async def test_only_an_operator_enters_codes_and_has_them_sent(
    client_for: ClientFor, ledger: FakeLedger, gateway: FakeGateway, user: str, url: str, body: dict[str, str]
) -> None:
    answer = await client_for(user).post(url, json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "operator_only")
    assert (ledger.codes, gateway.access_calls) == ([], [])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"code": "12 secret"}, "code"),
        ({"code": "secret-1"}, "code"),
        ({"code": "secret\n"}, "code"),
        ({"code": "secretsecret1"}, "code"),
        ({"code": ["secret"]}, "code"),
        ({"otp": "secret"}, "otp"),
        ({"code": CODE, "connection_id": "secret" * 11}, "connection_id"),
        ("secret", "body"),
        (["secret"], "body"),
    ],
)
@pytest.mark.usefixtures("needs_code")
async def test_what_is_no_code_is_refused_and_never_said_back(
    operator: httpx.AsyncClient, ledger: FakeLedger, body: object, field: str
) -> None:
    with structlog.testing.capture_logs() as lines:
        answer = await operator.post(ENTER, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert field in {violation["field"] for violation in answer.json()["violations"]}
    assert "secret" not in answer.text + str(lines)
    assert ledger.codes == []


async def test_a_body_that_is_no_json_is_not_said_back(operator: httpx.AsyncClient) -> None:
    answer = await operator.post(ENTER, content=b'{"code": secret}', headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")
    assert "secret" not in answer.text


@pytest.mark.parametrize(("url", "body"), [(ENTER, {"code": CODE}), (REQUEST, {})])
async def test_a_connection_with_a_pin_takes_no_code(
    operator: httpx.AsyncClient, ledger: FakeLedger, gateway: FakeGateway, url: str, body: dict[str, str]
) -> None:
    answer = await operator.post(url, json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "code_not_needed")
    assert (ledger.codes, gateway.access_calls) == ([], [])


@pytest.mark.usefixtures("needs_code")
async def test_an_unknown_connection_is_not_found_and_one_of_several_must_be_named(
    operator: httpx.AsyncClient, ledger: FakeLedger
) -> None:
    unknown = await operator.post(ENTER, json={"connection_id": "vps", "code": CODE})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "connection_not_found")
    ledger.connection_ids = ("desk-1", "desk-2")
    unnamed = await operator.post(ENTER, json={"code": CODE})
    assert (unnamed.status_code, unnamed.json()["code"]) == (400, "connection_ambiguous")
    assert unnamed.json()["detail"] == "Name one in connection_id: there are desk-1, desk-2."
    assert ledger.codes == []


async def test_while_the_workflow_says_nothing_nobody_claims_to_know(
    operator: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger
) -> None:
    for view, hangs in ((None, frozenset[str]()), (by_pin(), frozenset({"access"}))):
        gateway.access_view, gateway.hangs = view, hangs
        for answer in (await operator.get(ACCESS), await operator.post(ENTER, json={"code": CODE})):
            assert (answer.status_code, answer.json()["code"]) == (503, "no_answer")
    assert ledger.codes == []


@pytest.mark.usefixtures("needs_code")
async def test_a_code_that_nobody_was_told_of_is_to_be_entered_again(
    operator: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.reachable = False
    answer = await operator.post(ENTER, json={"code": CODE})
    assert (answer.status_code, answer.json()["code"]) == (503, "no_answer")
    gateway.reachable, gateway.hangs = True, frozenset({"have_access_looked_at"})
    assert (await operator.post(ENTER, json={"code": CODE})).status_code == 503


async def test_while_the_database_is_silent_no_code_is_taken(
    operator: httpx.AsyncClient, ledger: FakeLedger, gateway: FakeGateway
) -> None:
    await operator.get(ACCESS)
    ledger.down = True
    answer = await operator.post(ENTER, json={"code": CODE})
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert gateway.access_calls == []
