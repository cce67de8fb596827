"""SSI's two example programs of `ssi-fctrading` 2.5.3 run whole and unchanged against the simulator."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.example_programs import FROM_PYPI, started, unpack, variables, vendored_hashes
from tests.contract.listening import until
from tests.contract.ssi import Orders
from tests.support.simulator_process import SimulatorProcess

pytestmark = pytest.mark.stack

ACCOUNT = "0901351"
OF_ACCOUNT = {"account": ACCOUNT}
ORDER: dict[str, Any] = {
    "instrumentID": "FPT",
    "market": "VN",
    "buySell": "B",
    "orderType": "LO",
    "price": 92_000,
    "quantity": 200,
}
DERIVATIVE: dict[str, Any] = {**ORDER, "instrumentID": "VN30F2612", "market": "VNFE"}
DAYS = {"startDate": "01/11/2026", "endDate": "30/11/2026"}
MOVEMENT = {"account": ACCOUNT, "beneficiaryAccount": "0901359", "amount": 1_000, "remark": "test"}

QUERIES: dict[str, dict[str, Any]] = {
    "/getOtp": {},
    "/stockAccountBalance": OF_ACCOUNT,
    "/derivativeAccountBalance": OF_ACCOUNT,
    "/ppmmrAccount": OF_ACCOUNT,
    "/stockPosition": OF_ACCOUNT,
    "/derivativePosition": OF_ACCOUNT,
    "/maxBuyQty": {**OF_ACCOUNT, "instrumentID": "FPT", "price": 92_000},
    "/maxSellQty": {**OF_ACCOUNT, "instrumentID": "FPT"},
    "/orderHistory": {**OF_ACCOUNT, **DAYS},
    "/orderBook": OF_ACCOUNT,
    "/auditOrderBook": OF_ACCOUNT,
    "/rateLimit": {},
    "/cash/cashInAdvanceAmount": OF_ACCOUNT,
    "/cash/unsettleSoldTransaction": {**OF_ACCOUNT, "settleDate": "01/12/2026"},
    "/cash/transferHistories": {**OF_ACCOUNT, "fromDate": "01/11/2026", "toDate": "30/11/2026"},
    "/cash/cashInAdvanceHistories": {**OF_ACCOUNT, **DAYS},
    "/cash/estCashInAdvanceFee": {**OF_ACCOUNT, "ciaAmount": 1_000, "receiveAmount": 900},
    "/ors/dividend": OF_ACCOUNT,
    "/ors/exercisableQuantity": OF_ACCOUNT,
    "/ors/histories": {**OF_ACCOUNT, **DAYS},
    "/stock/transferable": OF_ACCOUNT,
    "/stock/transferHistories": {**OF_ACCOUNT, **DAYS},
}
REFUSED_QUERIES: dict[str, dict[str, Any]] = {
    "/derNewOrder": {**DERIVATIVE, "account": ACCOUNT},
    "/derModifyOrder": {**DERIVATIVE, "account": ACCOUNT, "orderID": "1", "marketID": "VNFE"},
    "/derCancelOrder": {**DERIVATIVE, "account": ACCOUNT, "orderID": "1", "marketID": "VNFE"},
}
REFUSED_POSTS: dict[str, dict[str, Any]] = {
    "/cash/vsdCashDW": {"account": ACCOUNT, "amount": 1_000, "type": "D", "remark": "test"},
    "/cash/transferInternal": MOVEMENT,
    "/cash/createCashInAdvance": {"account": ACCOUNT, "ciaAmount": 1_000, "receiveAmount": 900},
    "/ors/create": {"account": ACCOUNT, "instrumentID": "FPT", "entitlementID": "1", "quantity": 1, "amount": 1},
    "/stock/transfer": {**MOVEMENT, "exchangeID": "HOSE", "instrumentID": "FPT", "quantity": 100},
}
IN_THEIR_OWN_TESTS = {"/verifyCode", "/newOrder", "/modifyOrder", "/cancelOrder"}


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples")
    unpack(folder)
    return folder


@pytest.fixture(scope="module")
def rest_example(simulator: SimulatorProcess, examples: Path) -> Iterator[httpx.Client]:
    """SSI's REST example behind its own HTTP server, its PIN verified."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    program = started(examples, variables(simulator), "-m", "uvicorn", "examples.fc_client_ex:app", "--port", port)
    output = program.stdout
    assert output is not None
    try:
        said = []
        while "Uvicorn running" not in (line := output.readline()):
            said.append(line)
            assert line, f"the example ended:\n{''.join(said)}"
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            token = client.get("/verifyCode", params={"code": simulator.env["SSI_PIN"]}).json()
            assert token.count(".") == 2
            yield client
    finally:
        program.kill()
        program.communicate()


def test_the_example_programs_are_those_of_the_distribution() -> None:
    assert vendored_hashes() == FROM_PYPI


def test_every_route_of_the_rest_example_is_called_by_these_tests(rest_example: httpx.Client) -> None:
    routes = set(rest_example.get("/openapi.json").json()["paths"])
    assert routes == {*QUERIES, *REFUSED_QUERIES, *REFUSED_POSTS, *IN_THEIR_OWN_TESTS}


@pytest.mark.parametrize("path", QUERIES)
def test_every_query_of_the_rest_example_succeeds(rest_example: httpx.Client, path: str) -> None:
    answer = rest_example.get(path, params=QUERIES[path])
    assert (answer.status_code, answer.json()["status"], answer.json()["message"]) == (200, 200, "Success"), path


@pytest.mark.parametrize("path", REFUSED_QUERIES)
def test_orders_of_the_derivatives_market_are_refused_in_ssis_shape(rest_example: httpx.Client, path: str) -> None:
    answer = rest_example.get(path, params=REFUSED_QUERIES[path]).json()
    assert (answer["status"], answer["data"]) == (400, None)
    assert "VNFE" in answer["message"]


@pytest.mark.parametrize("path", REFUSED_POSTS)
def test_movements_outside_of_trading_are_refused_after_their_signature_was_checked(
    rest_example: httpx.Client, path: str
) -> None:
    answer = rest_example.post(path, json=REFUSED_POSTS[path]).json()
    assert (answer["status"], answer["data"]) == (400, None)
    assert "/control/accounts" in answer["message"]


def test_the_rest_example_places_amends_and_cancels_an_order(rest_example: httpx.Client) -> None:
    placed = rest_example.get("/newOrder", params={**ORDER, **OF_ACCOUNT}).json()
    request_id = placed["data"]["requestID"]
    assert placed["data"]["requestData"]["instrumentID"] == "FPT"

    def row_of(unique_id: str, status: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            rows = rest_example.get("/auditOrderBook", params=OF_ACCOUNT).json()["data"]["orders"]
            return next((row for row in rows if (row["uniqueID"], row["orderStatus"]) == (unique_id, status)), None)

        return until(look)

    order = row_of(request_id, "QU")
    same = {**OF_ACCOUNT, "orderID": order["orderID"], "marketID": "VN", "instrumentID": "FPT", "buySell": "B"}
    dearer = {**same, "orderType": "LO", "price": 92_500, "quantity": 200}
    amended = rest_example.get("/modifyOrder", params=dearer).json()["data"]["requestID"]
    assert row_of(amended, "QU")["price"] == 92_500
    cancelled = rest_example.get("/cancelOrder", params=same).json()["data"]["requestID"]
    assert row_of(cancelled, "CL")["cancelQty"] == 200


def test_the_stream_example_prints_what_becomes_of_an_order(
    simulator: SimulatorProcess, examples: Path, orders: Orders
) -> None:
    program = started(examples, variables(simulator, notify_id="-1"), "-m", "examples.fc_stream_ex")
    output = program.stdout
    assert output is not None
    try:
        while "Connected to" not in (line := output.readline()):
            assert line, "the example ended before it was connected"
        request_id = orders.place("VIC", "B", 85_500, 100)
        with simulator.control as control:
            control.other_order("VIC", "SELL", 85_500, 100)
        statuses: list[str] = []
        while "FF" not in statuses:
            line = output.readline()
            assert line, "the example ended before the order was filled"
            if "fc_received: " in line:
                event = json.loads(line.split("fc_received: ", 1)[1])
                assert event["data"]["uniqueID"] == request_id
                statuses.append(event["data"].get("orderStatus", "match"))
        assert statuses == ["RS", "SD", "QU", "match", "FF"]
    finally:
        program.kill()
        program.communicate()
