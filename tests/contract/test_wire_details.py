"""What SSI's clients in other languages need of the wire, at the level of requests and bytes."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import websockets

from tests.contract.ssi import FCTradingClient
from tests.support.simulator_process import SimulatorProcess

pytestmark = pytest.mark.stack


def bearer(client: FCTradingClient) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.get_access_token()}"}


def get(simulator: SimulatorProcess, path: str, **options: Any) -> httpx.Response:
    return httpx.get(simulator.url + path, timeout=5, **options)


def test_paths_query_names_and_double_slashes_are_read_as_ssis_server_does(
    simulator: SimulatorProcess, client: FCTradingClient
) -> None:
    for path in (
        "api/v2/Trading/orderBook?account=0901351",
        "api/v2/trading/ORDERBOOK?Account=0901351",
        "/api/v2/Trading/OrderBook?request.account=0901351",
    ):
        answer = get(simulator, path, headers=bearer(client))
        assert answer.json()["data"]["account"] == "0901351", path


def test_a_missing_token_is_told_in_the_body_and_in_the_http_code_only_when_switched_on(
    simulator: SimulatorProcess,
) -> None:
    answer = get(simulator, "api/v2/Trading/orderBook?account=0901351")
    assert (answer.status_code, answer.json()["status"]) == (200, 401)
    assert answer.json()["message"] == "Missing Authorization header"
    with simulator.control as control:
        control.put("settings", json={"http_errors": True}).raise_for_status()
        assert get(simulator, "api/v2/Trading/orderBook?account=0901351").status_code == 401
        control.put("settings", json={"http_errors": False}).raise_for_status()


def test_an_order_with_a_wrong_signature_is_refused(simulator: SimulatorProcess, client: FCTradingClient) -> None:
    headers = {"Authorization": f"Bearer {client.get_writer_access_token()}", "X-Signature": "00" * 256}
    answer = httpx.post(simulator.url + "api/v2/Trading/NewOrder", json={"account": "0901351"}, headers=headers)
    assert answer.json()["status"] == 401


def test_negotiation_takes_get_and_post_and_refuses_a_bad_token(
    simulator: SimulatorProcess, client: FCTradingClient
) -> None:
    path = 'v2.0/signalr/negotiate?connectionData=[{"name":"broadcasthubv2"}]&clientProtocol=1.5'
    for method in ("GET", "POST"):
        answer = httpx.request(method, simulator.url + path, headers=bearer(client))
        assert answer.json()["ProtocolVersion"] == "1.5"
        assert answer.json()["TryWebSockets"] is True
    assert get(simulator, path, headers={"Authorization": "Bearer nonsense"}).status_code == 401


async def test_start_is_answered_even_when_it_carries_the_headers_of_an_upgrade(simulator: SimulatorProcess) -> None:
    """SSI's Node data client sends them; without the answer it never subscribes."""
    host = urlsplit(simulator.url)
    reader, writer = await asyncio.open_connection(host.hostname, host.port)
    writer.write(
        b"GET /v2.0/signalr/start?transport=webSockets HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert json.loads(body) == {"Response": "started"}


async def test_the_stream_begins_with_its_init_frame_and_answers_invocations_as_text(
    simulator: SimulatorProcess,
) -> None:
    url = simulator.url.replace("http://", "ws://") + (
        "v2.0/signalr/connect?transport=webSockets&connectionToken=a%2Bb%2F%3D"
        '&connectionData=[{"name":"fcmarketdatav2hub"}]&tid=10'
    )
    login = {"consumerID": simulator.env["SSI_API_KEY"], "consumerSecret": simulator.env["SSI_API_SECRET"]}
    async with httpx.AsyncClient() as http:
        answer = await http.post(simulator.url + "api/v2/Market/AccessToken", json=login)
    token = answer.json()["data"]["accessToken"]
    async with websockets.connect(url, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        await socket.send(json.dumps({"H": "fcmarketdatav2hub", "M": "SwitchChannels", "A": [" x: vic "], "I": 1}))
        frames = [json.loads(await asyncio.wait_for(socket.recv(), 5)) for _ in range(3)]
    assert frames[0]["S"] == 1
    assert frames[0]["M"] == []
    assert frames[1]["M"][0]["M"] == "Broadcast"
    assert isinstance(json.loads(frames[1]["M"][0]["A"][0])["Content"], str)
    assert frames[2] == {"I": "1"}


def test_body_keys_are_read_in_any_case(simulator: SimulatorProcess) -> None:
    env = simulator.env
    body = {"ConsumerID": env["SSI_API_KEY"], "ConsumerSecret": env["SSI_API_SECRET"], "isSave": False}
    answer = httpx.post(simulator.url + "API/V2/TRADING/accesstoken", json=body)
    assert set(answer.json()) == {"message", "status", "data"}
    assert set(answer.json()["data"]) == {"accessToken"}
