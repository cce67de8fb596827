"""Input that no client sends on purpose: every answer stays JSON and quick, and nothing secret or broken is shown."""

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import websockets

from tests.contract.raw_wire import data_token, order, post_order, stream, token
from tests.support.simulator_process import Control, SimulatorProcess

pytestmark = pytest.mark.stack

DEEP = b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.fixture(autouse=True)
def _nothing_fails_inside(simulator: SimulatorProcess) -> Iterator[None]:
    """No test here may leave a traceback in the simulator's log."""
    yield
    assert "Traceback" not in (simulator.folder / "simulator.log").read_text()


def log_in(simulator: SimulatorProcess, **changes: object) -> httpx.Response:
    env = simulator.env
    body = {"consumerID": env["SSI_API_KEY"], "consumerSecret": env["SSI_API_SECRET"], "code": env["SSI_PIN"]}
    whole = {**body, "twoFactorType": 0, "isSave": True, **changes}
    return httpx.post(simulator.url + "api/v2/Trading/AccessToken", json=whole, timeout=5)


def received(control: Control, path: str) -> list[Any]:
    rows = control.get("received", params={"path": path}).raise_for_status().json()
    return [row["body"] for row in rows]


@pytest.mark.parametrize("figure", ["1E+999999", "-1E+999999", "0E+999999", "1E-999999", "9" * 5_000])
@pytest.mark.parametrize("name", ["price", "quantity"])
def test_a_number_of_a_million_digits_is_refused_at_once(simulator: SimulatorProcess, name: str, figure: str) -> None:
    begun = time.monotonic()
    answer = post_order(simulator, json.dumps(order("19", **{name: figure})).encode())
    assert (answer.json()["status"], time.monotonic() - begun < 3) == (400, True)


def test_the_clock_jumps_two_years_at_most(control: Control) -> None:
    for far in ("2040-01-05T10:00:00+07:00", "9999-12-31T23:59:59+07:00"):
        refused = control.put("clock", json={"now": far})
        assert (refused.status_code, "731 days" in refused.text) == (422, True)
    now = datetime.fromisoformat(control.get("clock").json()["now"])
    furthest = now + timedelta(days=731)
    while furthest.weekday() != 2:
        furthest -= timedelta(days=1)
    jumped = control.put("clock", json={"now": furthest.isoformat()}, timeout=30)
    assert jumped.status_code == 200 or "not a trading day" in jumped.text


@pytest.mark.parametrize(
    "changes",
    [
        {"consumerID": "\u1ebf"},
        {"consumerSecret": "\u1ebf"},
        {"code": "\u1ebf"},
        {"code": "\u1ebf", "twoFactorType": 1},
    ],
)
def test_a_login_that_is_not_ascii_is_refused_like_any_other(
    simulator: SimulatorProcess, changes: dict[str, object]
) -> None:
    assert log_in(simulator, **changes).json()["status"] == 400


@pytest.mark.parametrize(
    "body",
    [DEEP, *(json.dumps(order("21", **{name: "V\ud800C"})).encode() for name in ("instrumentID", "account", "market"))],
    ids=["deep", "symbol", "account", "market"],
)
def test_a_body_that_no_encoding_carries_or_no_stack_holds_is_answered_in_json(
    simulator: SimulatorProcess, control: Control, body: bytes
) -> None:
    assert "message" in post_order(simulator, body).json()
    assert received(control, "NewOrder")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"price": 85_000.5}, "'Price' must be a whole number."),
        ({"price": "many"}, "'Price' must be a whole number."),
        ({"quantity": 100.5}, "'Quantity' must be a whole number."),
        ({"quantity": 1e300}, "'Quantity' must be a whole number."),
        ({"price": 0}, "'Price' must be greater than '0'."),
        ({"price": -85_000}, "'Price' must be greater than '0'."),
        ({"quantity": 0}, "'Quantity' must be greater than '0'."),
    ],
)
def test_a_number_that_cannot_be_is_refused_with_what_is_wrong(
    simulator: SimulatorProcess, changes: dict[str, object], words: str
) -> None:
    answer = post_order(simulator, json.dumps(order("23", **changes)).encode()).json()
    assert answer == {"message": words, "status": 400, "data": None}


def test_a_channel_with_a_lone_surrogate_is_taken_and_shown_in_the_book(
    simulator: SimulatorProcess, control: Control
) -> None:
    answer = post_order(simulator, json.dumps(order("22", channelID="V\ud800C")).encode())
    assert answer.json()["data"]["requestData"]["channelID"] == "V?C"
    assert control.get("orders").status_code == 200


def test_what_control_cannot_read_is_a_422_that_names_the_field(control: Control) -> None:
    as_json = {"Content-Type": "application/json"}
    for body in (b'{"kind": "reply_delay_ms", "probability": NaN}', b'{"kind": "\\ud800"}'):
        refused = control.post("faults", content=body, headers=as_json)
        assert (refused.status_code, refused.json()["detail"][0]["loc"][0]) == (422, "body")
    assert control.post("faults", content=DEEP, headers=as_json).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b'[{"consumerSecret": "TOPSECRET"}]',
        b'{"a": {"Code": "TOPSECRET"}}',
        b"consumerSecret=TOPSECRET&code=1",
        b"consumer%53ecret=TOPSECRET",
        b'{"consumerSecret": "TOPSECRET"',
    ],
)
def test_secrets_are_not_shown_whatever_the_body_is(simulator: SimulatorProcess, control: Control, body: bytes) -> None:
    httpx.post(simulator.url + "api/v2/Trading/AccessToken", content=body)
    shown = control.get("received", params={"path": "AccessToken"}).text
    assert ("removed" in shown, "TOPSECRET" in shown) == (True, False)


def test_a_broken_body_without_a_secret_is_shown_as_it_came(simulator: SimulatorProcess, control: Control) -> None:
    httpx.post(simulator.url + "api/v2/Trading/GetOTP", content=b'{"consumerID": "\xff')
    assert received(control, "GetOTP")[-1] == '{"consumerID": "\ufffd'


def test_numbers_that_json_does_not_have_are_shown_as_text(simulator: SimulatorProcess, control: Control) -> None:
    httpx.post(simulator.url + "api/v2/Trading/GetOTP", content=b'{"price": NaN, "name": "\\ud800"}')
    assert received(control, "GetOTP")[-1] == {"price": "nan", "name": "?"}


async def read_on(socket: websockets.ClientConnection) -> None:
    """Until the connection ends."""
    while True:
        await socket.recv()


async def test_a_binary_frame_ends_the_connection_in_order(simulator: SimulatorProcess) -> None:
    headers = {"Authorization": f"Bearer {data_token(simulator)}"}
    url = simulator.url.replace("http", "ws") + "v2.0/signalr/connect?transport=webSockets"
    async with websockets.connect(url, additional_headers=headers, compression=None) as socket:
        await socket.recv()
        await socket.send(b"\x00binary")
        with pytest.raises(websockets.ConnectionClosedError) as closed:
            await asyncio.wait_for(read_on(socket), 5)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1003


@pytest.mark.parametrize("arguments", ['{"a": 1}', "7", "[[]]", "[null]", "[" * 50 + "]" * 50])
async def test_an_invocation_with_strange_arguments_is_answered(simulator: SimulatorProcess, arguments: str) -> None:
    headers = {"Authorization": f"Bearer {data_token(simulator)}"}
    async with stream(simulator, headers, hub="FcMarketDataV2Hub") as frames:
        await frames.next()
        frames.send('{"I":1,"M":"SwitchChannels","A":' + arguments[:80] + "}")
        frames.send('{"I":2,"M":"SwitchChannels","A":["X:VIC"]}')
        while (await frames.next())[1] != '{"I": "2"}':
            continue


@pytest.mark.parametrize("given", ["\u00b2", "9" * 5_000, "abc", "-5"])
async def test_a_notify_id_that_is_no_number_means_new_messages_only(simulator: SimulatorProcess, given: str) -> None:
    query = urlencode({"transport": "webSockets", "notify_id": given, "access_token": token(simulator, trade=False)})
    url = f"{simulator.url.replace('http', 'ws')}v2.0/signalr/connect?{query}"
    async with websockets.connect(url, compression=None) as socket:
        assert "S" in json.loads(await asyncio.wait_for(socket.recv(), 5))
