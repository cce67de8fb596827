"""One HTTP exchange with SSI, and what it proves: a reply, nothing sent, or lost on the way. It never retries."""

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import TracebackType
from typing import Self, assert_never

import httpx

from broker.fastconnect.credentials import Timeouts
from broker.fastconnect.wire_values import Fields, NotJson, WrongField, read_json
from broker.port import NeedsOtp, NoAnswer

UNAUTHORISED = 401
_LONGEST_MESSAGE = 300
_LONGEST_HEADER = 60

logging.getLogger("httpcore").setLevel(logging.INFO)  # at DEBUG it writes headers as a host sends them, unmasked


@dataclass(frozen=True, slots=True)
class Envelope:
    """SSI's body `{message, status, data}`; `status` counts, SSI sends most refusals with HTTP 200."""

    status: int
    message: str
    data: object


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that was read to its end; `envelope` is None when the body is not SSI's."""

    http_status: int
    content_type: str
    retry_after: str
    envelope: Envelope | None
    body: object

    @property
    def unauthorised(self) -> bool:
        return self.http_status == UNAUTHORISED or (self.envelope is not None and self.envelope.status == UNAUTHORISED)


class Obstacle(StrEnum):
    """What kept a request on this machine."""

    NO_CONNECTION = "no_connection"
    NO_TOKEN = "no_token"  # noqa: S105 - the name of a case, not a secret
    NEEDS_OTP = "needs_otp"
    NO_TURN = "no_turn"


@dataclass(frozen=True, slots=True)
class Unreached:
    """Proven: no byte of the request left this machine."""

    text: str
    obstacle: Obstacle = Obstacle.NO_CONNECTION
    wait_seconds: float = 0.0
    needs_otp: NeedsOtp | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """Bytes may have left, and no whole answer came."""

    text: str


Exchange = Reply | Unreached | Lost


@cache
def _certificates() -> ssl.SSLContext:
    """One for the process: reading the certificate authorities takes 20 ms for each pool."""
    return httpx.create_ssl_context(trust_env=False)


Mask = Callable[[str], str]
"""Takes every secret out of a text that SSI has sent and people may read."""


class Rest:
    """A connection pool to one host of SSI. `call` never raises for what the network or the host can do; words of the
    host that are meant for people pass `mask`."""

    def __init__(self, base_url: str, timeouts: Timeouts, user_agent: str, mask: Mask = str) -> None:
        self._total = timeouts.total
        self._mask = mask
        self._http = httpx.AsyncClient(
            base_url=base_url,
            timeout=httpx.Timeout(
                connect=timeouts.connect, read=timeouts.read, write=timeouts.write, pool=timeouts.pool
            ),
            # No retries, redirects or proxies: each could send a body twice or hide who answered.
            transport=httpx.AsyncHTTPTransport(verify=_certificates(), retries=0, trust_env=False),
            trust_env=False,
            follow_redirects=False,
            headers={"Accept": "application/json", "User-Agent": user_agent},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._http.aclose()

    async def call(
        self,
        method: str,
        path: str,
        *,
        token: str = "",
        content: bytes | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Exchange:
        sent = {**(headers or {})}
        if content is not None:
            sent["Content-Type"] = "application/json"
        if token:
            sent["Authorization"] = f"Bearer {token}"
        try:
            async with asyncio.timeout(self._total):
                response = await self._http.request(method, path, content=content, params=params, headers=sent)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            # The only three that httpx raises before a byte of the request can have left.
            return Unreached(f"no connection to SSI ({type(error).__name__})")
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            return Lost(f"no whole answer from SSI ({type(error).__name__})")
        return _reply(response, lambda text: self._mask(text.replace(token, "***") if token else text))


def answer_of(exchange: Exchange) -> Envelope | NoAnswer:
    """The envelope of a query that succeeded."""
    match exchange:
        case Unreached(text=text) | Lost(text=text):
            return NoAnswer(text)
        case Reply():
            return _envelope_of(exchange)
        case _:
            assert_never(exchange)


def _envelope_of(reply: Reply) -> Envelope | NoAnswer:
    envelope = reply.envelope
    if envelope is None:
        return NoAnswer(not_ssi(reply))
    if envelope.status == httpx.codes.OK and is_success(reply):
        return envelope
    return NoAnswer(f"HTTP {reply.http_status}, status {envelope.status}: {envelope.message}")


def is_success(reply: Reply) -> bool:
    return httpx.codes.is_success(reply.http_status)


def not_ssi(reply: Reply) -> str:
    return f"HTTP {reply.http_status} with a body that is not SSI's ({reply.content_type or 'no content type'})"


def _reply(response: httpx.Response, mask: Mask) -> Reply:
    try:
        body = read_json(response.content)
    except NotJson:
        body = None
    return Reply(
        http_status=response.status_code,
        content_type=mask(response.headers.get("content-type", "").partition(";")[0])[:_LONGEST_HEADER],
        retry_after=mask(response.headers.get("retry-after", ""))[:_LONGEST_HEADER],
        envelope=_envelope(body, mask),
        body=body,
    )


def _envelope(body: object, mask: Mask) -> Envelope | None:
    try:
        fields = Fields(body, "body")
        return Envelope(fields.whole("status"), mask(fields.text("message"))[:_LONGEST_MESSAGE], fields.get("data"))
    except WrongField:
        return None
