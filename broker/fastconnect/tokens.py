"""Access tokens: taken when first needed, renewed before they expire, one login shared by all who wait for it."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import jwt
import structlog

from broker.fastconnect.credentials import Credentials
from broker.fastconnect.outcomes import outcome_of
from broker.fastconnect.rest import Reply, Rest, answer_of
from broker.fastconnect.wire_values import Fields, WrongField
from broker.port import NoAnswer, Refused

RENEW_BEFORE_SECONDS = 600.0
_LEAST_LIFE_SECONDS = 30.0
_ASSUMED_LIFE_SECONDS = 1800.0
# A wrong PIN must not be tried until SSI locks it: a refused login rests 5 s, then twice as long each time.
_FIRST_REST_SECONDS = 5.0
_LONGEST_REST_SECONDS = 900.0
_MOST_DOUBLINGS = 10
_HEADER_SAFE = re.compile(r"[A-Za-z0-9._~+/=-]+")

TRADING_LOGIN = "api/v2/Trading/AccessToken"
DATA_LOGIN = "api/v2/Market/AccessToken"

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Token:
    """`expires_at` in seconds since 1970."""

    value: str = field(repr=False)
    expires_at: float


@dataclass(frozen=True, slots=True)
class LoginFailed:
    """No token; `refused` when SSI answered and said no."""

    text: str
    refused: bool


Login = Callable[[], Awaitable[Token | LoginFailed]]


class TokenSource:
    """Hands out one kind of token. A login that fails is answered to everybody who waited for it."""

    def __init__(self, kind: str, login: Login, now: Callable[[], float] = time.time) -> None:
        self._kind = kind
        self._login = login
        self._now = now
        self._token: Token | None = None
        self._renewal: asyncio.Task[Token | LoginFailed] | None = None
        self._refusal: LoginFailed | None = None
        self._refusals = 0
        self._rest_until = 0.0
        self._renew_again_at = 0.0

    async def token(self) -> Token | LoginFailed:
        """A token that is still good, at once while the one we have lasts: only without one is a login waited for."""
        token = self._token
        if token is None or self._left(token) < _LEAST_LIFE_SECONDS:
            return await self._renewed()
        if self._left(token) <= RENEW_BEFORE_SECONDS and self._now() >= max(self._rest_until, self._renew_again_at):
            self._start_renewal()
        return token

    def discard(self, token: Token) -> None:
        """SSI no longer takes `token`; a newer one stays."""
        if self._token is token:
            self._token = None

    async def aclose(self) -> None:
        if self._renewal is not None:
            self._renewal.cancel()
            await asyncio.wait({self._renewal})

    def _left(self, token: Token) -> float:
        return token.expires_at - self._now()

    async def _renewed(self) -> Token | LoginFailed:
        if self._refusal is not None and self._now() < self._rest_until:
            return self._refusal
        # Shielded: one caller that gives up must not end the login the others wait for.
        return await asyncio.shield(self._start_renewal())

    def _start_renewal(self) -> asyncio.Task[Token | LoginFailed]:
        """The one login that is under way, begun now if there is none."""
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._renew())
            self._renewal.add_done_callback(self._ended)
        return self._renewal

    def _ended(self, renewal: asyncio.Task[Token | LoginFailed]) -> None:
        """Perhaps nobody waits for it: an exception is taken here, without its text, which might name a secret."""
        # Every order asks for a token: without a pause each would start a login that SSI cannot answer anyway.
        self._renew_again_at = self._now() + _FIRST_REST_SECONDS
        error = None if renewal.cancelled() else renewal.exception()
        if error is not None:
            _log.error("broker_login_broke", kind=self._kind, error=type(error).__name__)

    async def _renew(self) -> Token | LoginFailed:
        result = await self._login()
        if isinstance(result, Token):
            self._token, self._refusal, self._refusals = result, None, 0
            return result
        _log.warning("broker_login_failed", kind=self._kind, refused=result.refused, reason=result.text)
        if result.refused:
            rest = min(_FIRST_REST_SECONDS * 2 ** min(self._refusals, _MOST_DOUBLINGS), _LONGEST_REST_SECONDS)
            self._refusal, self._refusals, self._rest_until = result, self._refusals + 1, self._now() + rest
        return result


def trading_login(rest: Rest, credentials: Credentials, *, can_trade: bool) -> Login:
    """The read token (`isSave` false, code not looked at) or the token that may trade."""
    body: dict[str, object] = {
        "consumerID": credentials.consumer_id,
        "consumerSecret": credentials.consumer_secret,
        "twoFactorType": credentials.two_factor_type,
        "code": credentials.code if can_trade else "1",
        "isSave": can_trade,
    }
    return lambda: _login(rest, TRADING_LOGIN, body, credentials)


def data_login(rest: Rest, credentials: Credentials) -> Login:
    body: dict[str, object] = {"consumerID": credentials.consumer_id, "consumerSecret": credentials.consumer_secret}
    return lambda: _login(rest, DATA_LOGIN, body, credentials)


async def _login(rest: Rest, path: str, body: dict[str, object], credentials: Credentials) -> Token | LoginFailed:
    exchange = await rest.call("POST", path, content=json.dumps(body).encode())
    answer = answer_of(exchange)
    if isinstance(answer, NoAnswer):
        refused = isinstance(exchange, Reply) and (exchange.unauthorised or isinstance(outcome_of(exchange), Refused))
        return LoginFailed(f"login failed: {credentials.without_secrets(answer.text)}", refused)
    try:
        value = Fields(answer.data, "data").needed_text("accessToken")
    except WrongField as error:
        return LoginFailed(f"login answered without a token: {error}", refused=False)
    if not _HEADER_SAFE.fullmatch(value):
        return LoginFailed("login answered a token that no header can carry", refused=False)
    return Token(value, _expiry(value, time.time()))


def _expiry(value: str, now: float) -> float:
    """`exp` of the JWT; a token that does not tell is renewed after half an hour."""
    try:
        claims = Fields(jwt.decode(value, options={"verify_signature": False}), "token")
        return float(claims.whole("exp"))
    except (jwt.PyJWTError, WrongField):
        return now + _ASSUMED_LIFE_SECONDS
