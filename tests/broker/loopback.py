"""A host on the loopback interface that answers HTTP as a test scripts it: whole answers, resets, silence, stumps."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum

import jwt

LOGIN = "/api/v2/Trading/AccessToken"
DATA_LOGIN = "/api/v2/Market/AccessToken"
_FAR_FUTURE = 4_102_444_800


class Breakdown(StrEnum):
    RESET = "reset"
    CLOSE = "close"
    HANG = "hang"


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def fields(self) -> dict[str, object]:
        fields: dict[str, object] = json.loads(self.body)
        return fields


@dataclass(frozen=True, slots=True)
class Answer:
    """`missing` bytes are promised by Content-Length and never sent."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: tuple[str, ...] = ()
    missing: int = 0


Script = Callable[[Request], Answer | Breakdown]


@dataclass
class Host:
    """A running host: change `script` at any time, read what it got from `requests`."""

    script: Script
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    stop: Callable[[], None] = lambda: None
    """Takes no more connections."""

    def count(self, path: str) -> int:
        return sum(request.path == path for request in self.requests)


def as_json(body: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(body).encode())


def envelope(data: object, status: int = 200, message: str = "Success") -> Answer:
    return as_json({"message": message, "status": status, "data": data})


def token(mark: str, expires_at: int = _FAR_FUTURE) -> str:
    return jwt.encode({"exp": expires_at, "mark": mark}, "a key that only tests ever see, 32 bytes", algorithm="HS256")


def login_answer(mark: str = "first") -> Answer:
    return envelope({"accessToken": token(mark)})


def signed_in(script: Script) -> Script:
    """`script` behind logins that succeed."""
    return lambda request: login_answer() if request.path in (LOGIN, DATA_LOGIN) else script(request)


@asynccontextmanager
async def running(script: Script) -> AsyncIterator[Host]:
    host = Host(script)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await _serve_one(host, reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has gone, as some tests want it to
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host.stop = server.close
    host.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    try:
        yield host
    finally:
        host.released.set()
        server.close()


def unused_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


async def _serve_one(host: Host, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    request = await _read(reader)
    host.requests.append(request)
    match host.script(request):
        case Answer() as answer:
            writer.write(_head(answer) + answer.body)
            await writer.drain()
            return not answer.missing
        case Breakdown.RESET:
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
        case Breakdown.HANG:
            await host.released.wait()
        case Breakdown.CLOSE:
            pass
    return False


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, target, headers, body)


def _head(answer: Answer) -> bytes:
    lines = [
        f"HTTP/1.1 {answer.status} Scripted",
        f"Content-Type: {answer.content_type}",
        f"Content-Length: {len(answer.body) + answer.missing}",
        *answer.headers,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
