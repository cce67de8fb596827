"""SSI's wire by hand, for what clients in other languages send: signed bytes, headers as written, raw frames."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.support.simulator_process import SimulatorProcess

TEXT, CLOSE, PING = 0x1, 0x8, 0x9


def token(simulator: SimulatorProcess, *, trade: bool) -> str:
    env = simulator.env
    login = {"consumerID": env["SSI_API_KEY"], "consumerSecret": env["SSI_API_SECRET"], "twoFactorType": 0}
    body = {**login, "code": env["SSI_PIN"], "isSave": trade}
    answer = httpx.post(simulator.url + "api/v2/Trading/AccessToken", json=body).json()
    given: str = answer["data"]["accessToken"]
    return given


def data_token(simulator: SimulatorProcess) -> str:
    login = {"consumerID": simulator.env["SSI_API_KEY"], "consumerSecret": simulator.env["SSI_API_SECRET"]}
    answer = httpx.post(simulator.url + "api/v2/Market/AccessToken", json=login).json()
    given: str = answer["data"]["accessToken"]
    return given


def signature(simulator: SimulatorProcess, body: bytes) -> str:
    """X-Signature made from the PEM file, as a client without SSI's XML would."""
    pem = Path(simulator.env["SSI_PRIVATE_KEY_FILE"]).with_name("ssi_private_key.pem")
    key = load_pem_private_key(pem.read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    return key.sign(body, PKCS1v15(), SHA256()).hex()


def order(request_id: str, **changes: object) -> dict[str, object]:
    """A NewOrder of 100 VIC far below the market."""
    return {
        "account": "0901351",
        "requestID": request_id,
        "instrumentID": "VIC",
        "market": "VN",
        "buySell": "B",
        "orderType": "LO",
        "price": 80_000,
        "quantity": 100,
        "channelID": "TA",
        "deviceId": "0A-1B-2C-3D-4E-5F",
        "userAgent": "test",
        **changes,
    }


def post_order(simulator: SimulatorProcess, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    """NewOrder with exactly these bytes, signed unless `headers` say otherwise."""
    own = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {token(simulator, trade=True)}",
        "X-Signature": signature(simulator, body),
    }
    url = simulator.url + "api/v2/Trading/NewOrder"
    return httpx.post(url, content=body, headers=own if headers is None else headers, timeout=5)


class Frames:
    """A WebSocket without a library: sees pings and raw text, which libraries hide."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def next(self, seconds: float = 5) -> tuple[int, str]:
        """The next frame's opcode and text; a CLOSE begins with two bytes that are none."""
        async with asyncio.timeout(seconds):
            head, length = await self._reader.readexactly(2)
            if length == 126:
                length = int.from_bytes(await self._reader.readexactly(2), "big")
            return head & 0x0F, (await self._reader.readexactly(length)).decode(errors="replace")

    async def events(self, count: int) -> list[dict[str, Any]]:
        """The next broadcasts, read twice as SSI wraps them."""
        found: list[dict[str, Any]] = []
        while len(found) < count:
            _, text = await self.next()
            found += [json.loads(message["A"][0]) for message in json.loads(text).get("M", [])]
        return found

    def send(self, text: str) -> None:
        """A masked text frame; a mask of zeros leaves the bytes as they are."""
        payload = text.encode()
        assert len(payload) < 126
        self._writer.write(bytes([0x80 | TEXT, 0x80 | len(payload)]) + bytes(4) + payload)


@asynccontextmanager
async def stream(
    simulator: SimulatorProcess,
    headers: dict[str, str],
    *,
    hub: str = "BroadcastHubV2",
    action: str = "connect",
    more: str = "",
) -> AsyncIterator[Frames]:
    """An open stream whose request has these headers only, and a Host without its port, as SSI's Node client has."""
    address = urlsplit(simulator.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    data = quote(json.dumps([{"name": hub}]))
    key = base64.b64encode(bytes(16)).decode()
    lines = {
        "Host": str(address.hostname),
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key,
        **headers,
    }
    path = f"/v2.0/signalr/{action}?transport=webSockets&connectionToken=a%2Bb%2F%3D&connectionData={data}{more}"
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    writer.write(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
    try:
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        assert answer.startswith(b"HTTP/1.1 101"), answer
        assert b"sec-websocket-extensions" not in answer.lower()
        yield Frames(reader, writer)
    finally:
        writer.close()
        await writer.wait_closed()
