"""SSI's streams: classic SignalR over one WebSocket. They do not reconnect; `following.py` does, and resumes."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from broker.fastconnect.credentials import Timeouts
from broker.fastconnect.frames import TRADING_HUB, messages_in
from broker.fastconnect.rest import UNAUTHORISED, Reply, Rest
from broker.fastconnect.tokens import LoginFailed, Token, TokenSource
from broker.fastconnect.unknowns import SsiBehaviour
from broker.fastconnect.wire_values import Fields, WrongField
from broker.port import StreamLost

_SIGNALR = "v2.0/signalr"
_PROTOCOL = "1.3"
# Two keep-alives may get lost before a stream that told its interval counts as lost.
_KEEP_ALIVES = 2.5
_LARGEST_FRAME = 16 * 1024 * 1024

_log = structlog.get_logger()
_socket_log = logging.getLogger(f"{__name__}.socket")
_socket_log.setLevel(logging.INFO)  # at DEBUG websockets writes the handshake's headers, and the token with them


class _Unauthorised(Exception):  # noqa: N818 - never leaves this module
    """The hub does not take the token."""


@dataclass(frozen=True, slots=True)
class _Negotiated:
    """What the hub has told before the connection: the query of its addresses, and its keep-alive interval if any."""

    query: str
    keep_alive_seconds: float


class HubStream:
    """Connections to one hub; `rest` speaks to the hub's host over HTTP."""

    def __init__(
        self, hub: str, stream_url: str, rest: Rest, tokens: TokenSource, timeouts: Timeouts, behaviour: SsiBehaviour
    ) -> None:
        self._hub = hub
        self._base = f"{_with_scheme(stream_url, {'https': 'wss', 'http': 'ws'})}{_SIGNALR}"
        self._rest = rest
        self._tokens = tokens
        self._timeouts = timeouts
        self._behaviour = behaviour

    async def messages(self, headers: Mapping[str, str], first_words: str = "") -> AsyncGenerator[str, None]:
        """Raw messages, and an empty text for each frame without one, after `first_words` were sent. Raises
        `StreamLost` when the stream ends."""
        socket, silence = await self._open(headers)
        async with socket:
            _log.info("broker_stream_open", hub=self._hub, **{name.lower(): value for name, value in headers.items()})
            if first_words:
                await _say(socket, first_words)
            while True:
                messages = messages_in(await _frame(socket, silence), self._hub)
                if messages is None:
                    raise StreamLost("the hub ended the connection")
                for message in messages or ("",):
                    yield message

    async def _open(self, headers: Mapping[str, str]) -> tuple[ClientConnection, float]:
        for _ in range(2):
            token = await self._tokens.token()
            if isinstance(token, LoginFailed):
                raise StreamLost(token.text)
            try:
                return await self._connected({**headers, "Authorization": f"Bearer {token.value}"}, token)
            except _Unauthorised:
                self._tokens.discard(token)
        raise StreamLost("the hub takes neither the old nor a new token")

    async def _connected(self, headers: Mapping[str, str], token: Token) -> tuple[ClientConnection, float]:
        negotiated = await self._negotiated(headers, token)
        try:
            socket = await connect(
                f"{self._base}/connect?{negotiated.query}",
                additional_headers=headers,
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
        if self._behaviour.hub_wants_start:
            await self._rest.call("GET", f"{_SIGNALR}/start?{negotiated.query}", token=token.value)
        return socket, self._silence(negotiated)

    def _silence(self, negotiated: _Negotiated) -> float:
        if self._behaviour.keep_alive_is_told and negotiated.keep_alive_seconds > 0:
            return negotiated.keep_alive_seconds * _KEEP_ALIVES
        return self._timeouts.stream_silence

    async def _negotiated(self, headers: Mapping[str, str], token: Token) -> _Negotiated:
        connection_data = json.dumps([{"name": self._hub}])
        reply = await self._rest.call(
            "GET",
            f"{_SIGNALR}/negotiate",
            token=token.value,
            params={"connectionData": connection_data, "clientProtocol": _PROTOCOL},
            headers=headers,
        )
        if not isinstance(reply, Reply):
            raise StreamLost(f"negotiate: {reply.text}")
        if reply.unauthorised:
            raise _Unauthorised
        try:
            answer = Fields(reply.body, "negotiate")
            connection_token = answer.needed_text("ConnectionToken")
            keep_alive = float(answer.decimal("KeepAliveTimeout")) if answer.text("KeepAliveTimeout") else 0.0
        except WrongField as error:
            raise StreamLost(f"HTTP {reply.http_status}: {error}") from None
        query = urlencode(
            {
                "transport": "webSockets",
                "connectionToken": connection_token,
                "connectionData": connection_data,
                "clientProtocol": answer.text("ProtocolVersion") or _PROTOCOL,
            }
        )
        return _Negotiated(query, keep_alive)


class TradingStream:
    """The trading hub's stream, which resumes by NotifyID."""

    def __init__(
        self, stream_url: str, rest: Rest, tokens: TokenSource, timeouts: Timeouts, behaviour: SsiBehaviour
    ) -> None:
        self._stream = HubStream(TRADING_HUB, stream_url, rest, tokens, timeouts, behaviour)

    def messages(self, resume_from: int) -> AsyncGenerator[str, None]:
        """Raw messages from NotifyID `resume_from` on (0: the whole day, -1: only new ones). Raises `StreamLost`."""
        return self._stream.messages({"NotifyID": str(resume_from)})


async def _say(socket: ClientConnection, words: str) -> None:
    try:
        await socket.send(words)
    except (WebSocketException, OSError) as error:
        raise StreamLost(f"the stream broke ({type(error).__name__})") from None


async def _frame(socket: ClientConnection, silence: float) -> str:
    try:
        async with asyncio.timeout(silence):
            frame = await socket.recv()
    except TimeoutError:
        raise StreamLost(f"silent for {silence:g} s") from None
    except (WebSocketException, OSError) as error:
        raise StreamLost(f"the stream broke ({type(error).__name__})") from None
    return frame if isinstance(frame, str) else frame.decode(errors="replace")


def hub_url(stream_url: str) -> str:
    """The hub's address for HTTP; SSI writes it with wss:// too, and some samples append /v2.0."""
    return _with_scheme(stream_url, {"wss": "https", "ws": "http"})


def _with_scheme(url: str, schemes: dict[str, str]) -> str:
    parts = urlsplit(url)
    path = parts.path.rstrip("/").removesuffix("/v2.0")
    return urlunsplit((schemes.get(parts.scheme, parts.scheme), parts.netloc, f"{path}/", "", ""))
