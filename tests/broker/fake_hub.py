"""A small classic SignalR hub: negotiate over HTTP and one scripted WebSocket per connection."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

INIT = '{"C":"s-0,1","S":1,"M":[]}'

Play = Callable[[ServerConnection], Awaitable[None]]


@dataclass
class Hub:
    """`refuse_negotiate` and `refuse_connect` count down the 401s still to be given."""

    play: Play
    url: str = ""
    refuse_negotiate: int = 0
    refuse_connect: int = 0
    negotiate_body: object = field(default_factory=lambda: {"ConnectionToken": "a+/=token", "ProtocolVersion": "1.3"})
    negotiated: list[Request] = field(default_factory=list)
    connected: list[Request] = field(default_factory=list)
    started: list[Request] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    def connect_query(self) -> dict[str, str]:
        query = parse_qs(urlsplit(self.connected[-1].path).query)
        return {name: values[0] for name, values in query.items()}


def broadcast(*messages: str, method: str = "Broadcast", hub: str = "BroadcastHubV2") -> str:
    calls = [{"H": hub, "M": method, "A": [text]} for text in messages]
    return json.dumps({"C": "s-0,2", "M": calls})


def sends(*frames: str) -> Play:
    """Send the frames, then stay until the client leaves."""

    async def play(socket: ServerConnection) -> None:
        for frame in frames:
            await socket.send(frame)
        await socket.wait_closed()

    return play


@asynccontextmanager
async def hub_running(play: Play) -> AsyncIterator[Hub]:
    hub = Hub(play)

    async def handler(socket: ServerConnection) -> None:
        try:
            await hub.play(socket)
        finally:
            hub.closed.set()

    def before(socket: ServerConnection, request: Request) -> Response | None:
        return _answer(hub, socket, request)

    async with serve(handler, "127.0.0.1", 0, process_request=before, ping_interval=None, compression=None) as server:
        hub.url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/"
        yield hub


def _answer(hub: Hub, socket: ServerConnection, request: Request) -> Response | None:
    path = urlsplit(request.path).path
    if path == "/v2.0/signalr/negotiate":
        hub.negotiated.append(request)
        if hub.refuse_negotiate:
            hub.refuse_negotiate -= 1
            return socket.respond(HTTPStatus.UNAUTHORIZED, "")
        return socket.respond(HTTPStatus.OK, json.dumps(hub.negotiate_body))
    if path == "/v2.0/signalr/start":
        hub.started.append(request)
        return socket.respond(HTTPStatus.OK, '{"Response":"started"}')
    assert path == "/v2.0/signalr/connect"
    hub.connected.append(request)
    if hub.refuse_connect:
        hub.refuse_connect -= 1
        return socket.respond(HTTPStatus.UNAUTHORIZED, "")
    return None
