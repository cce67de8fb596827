"""The trading stream: classic SignalR over one WebSocket. It does not reconnect; who listens resumes by NotifyID."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from urllib.parse import urlencode, urlsplit, urlunsplit

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from broker.fastconnect.credentials import Timeouts
from broker.fastconnect.frames import HUB, messages_in
from broker.fastconnect.rest import UNAUTHORISED, Reply, Rest
from broker.fastconnect.tokens import LoginFailed, Token, TokenSource
from broker.fastconnect.wire_values import Fields, WrongField
from broker.port import StreamLost

_SIGNALR = "v2.0/signalr"
_CONNECTION_DATA = json.dumps([{"name": HUB}])
_PROTOCOL = "1.3"
_LARGEST_FRAME = 16 * 1024 * 1024

_log = structlog.get_logger()
_socket_log = logging.getLogger(f"{__name__}.socket")
_socket_log.setLevel(logging.INFO)  # at DEBUG websockets writes the handshake's headers, and the token with them


class _Unauthorised(Exception):  # noqa: N818 - never leaves this module
    """The hub does not take the token."""


class TradingStream:
    """Streams of one connection; `rest` speaks to the hub's host over HTTP."""

    def __init__(self, stream_url: str, rest: Rest, tokens: TokenSource, timeouts: Timeouts) -> None:
        self._base = f"{_with_scheme(stream_url, {'https': 'wss', 'http': 'ws'})}{_SIGNALR}"
        self._rest = rest
        self._tokens = tokens
        self._timeouts = timeouts

    async def messages(self, resume_from: int) -> AsyncGenerator[str, None]:
        """Raw messages, and an empty text for each frame without one. Raises `StreamLost` when the stream ends."""
        async with await self._open(resume_from) as socket:
            _log.info("broker_stream_open", resume_from=resume_from)
            while True:
                messages = messages_in(await self._frame(socket))
                if messages is None:
                    raise StreamLost("the hub ended the connection")
                for message in messages or ("",):
                    yield message

    async def _frame(self, socket: ClientConnection) -> str:
        silence = self._timeouts.stream_silence
        try:
            async with asyncio.timeout(silence):
                frame = await socket.recv()
        except TimeoutError:
            raise StreamLost(f"silent for {silence:g} s") from None
        except (WebSocketException, OSError) as error:
            raise StreamLost(f"the stream broke ({type(error).__name__})") from None
        return frame if isinstance(frame, str) else frame.decode(errors="replace")

    async def _open(self, resume_from: int) -> AbstractAsyncContextManager[ClientConnection]:
        for _ in range(2):
            token = await self._tokens.token()
            if isinstance(token, LoginFailed):
                raise StreamLost(token.text)
            try:
                return await self._connected(token, resume_from)
            except _Unauthorised:
                self._tokens.discard(token)
        raise StreamLost("the hub takes neither the old nor a new token")

    async def _connected(self, token: Token, resume_from: int) -> ClientConnection:
        query = await self._negotiated(token, resume_from)
        try:
            return await connect(
                f"{self._base}/connect?{query}",
                additional_headers={"Authorization": f"Bearer {token.value}", "NotifyID": str(resume_from)},
                compression=None,
                logger=_socket_log,
                proxy=None,
                open_timeout=self._timeouts.connect + self._timeouts.read,
                close_timeout=self._timeouts.connect,
                ping_interval=None,  # the hub keeps alive by `{}` and may not answer pings
                max_size=_LARGEST_FRAME,
            )
        except InvalidStatus as error:
            if error.response.status_code == UNAUTHORISED:
                raise _Unauthorised from None
            raise StreamLost(f"connect was answered with HTTP {error.response.status_code}") from None
        except (WebSocketException, OSError) as error:
            raise StreamLost(f"connect failed ({type(error).__name__})") from None

    async def _negotiated(self, token: Token, resume_from: int) -> str:
        """The query of the connect address."""
        reply = await self._rest.call(
            "GET",
            f"{_SIGNALR}/negotiate",
            token=token.value,
            params={"connectionData": _CONNECTION_DATA, "clientProtocol": _PROTOCOL},
            headers={"NotifyID": str(resume_from)},
        )
        if not isinstance(reply, Reply):
            raise StreamLost(f"negotiate: {reply.text}")
        if reply.unauthorised:
            raise _Unauthorised
        try:
            answer = Fields(reply.body, "negotiate")
            connection_token = answer.needed_text("ConnectionToken")
        except WrongField as error:
            raise StreamLost(f"HTTP {reply.http_status}: {error}") from None
        return urlencode(
            {
                "transport": "webSockets",
                "connectionToken": connection_token,
                "connectionData": _CONNECTION_DATA,
                "clientProtocol": answer.text("ProtocolVersion") or _PROTOCOL,
            }
        )


def hub_url(stream_url: str) -> str:
    """The hub's address for HTTP; SSI writes it with wss:// too, and some samples append /v2.0."""
    return _with_scheme(stream_url, {"wss": "https", "ws": "http"})


def _with_scheme(url: str, schemes: dict[str, str]) -> str:
    parts = urlsplit(url)
    path = parts.path.rstrip("/").removesuffix("/v2.0")
    return urlunsplit((schemes.get(parts.scheme, parts.scheme), parts.netloc, f"{path}/", "", ""))
