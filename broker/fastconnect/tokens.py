"""Access tokens: taken when first needed, renewed in time without being asked for, one login shared by all who wait."""

import asyncio
import json
import math
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

import jwt
import structlog

from broker.fastconnect.credentials import Credentials
from broker.fastconnect.one_time_codes import OneTimeCodes
from broker.fastconnect.outcomes import outcome_of
from broker.fastconnect.renewal import renewal_due
from broker.fastconnect.rest import Reply, Rest, answer_of
from broker.fastconnect.unknowns import LIVE, SsiBehaviour
from broker.fastconnect.wire_values import Fields, WrongField
from broker.port import NoAnswer, Refused

_LEAST_LIFE_SECONDS = 30.0
_LONGEST_SLEEP_SECONDS = 3_600.0
_SHORTEST_SLEEP_SECONDS = 60.0
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
    """No token; `refused` when SSI answered and said no, `needs_code` when only a person's code brings one."""

    text: str
    refused: bool
    needs_code: bool = False


Login = Callable[[], Awaitable[Token | LoginFailed]]


class TokenSource:
    """Hands out one kind of token. A login that fails is answered to everybody who waited for it."""

    def __init__(self, kind: str, login: Login, now: Callable[[], float] = time.time) -> None:
        self._kind = kind
        self._login = login
        self._now = now
        self._token: Token | None = None
        self._due = math.inf
        self._alarm: asyncio.TimerHandle | None = None
        self._renewal: asyncio.Task[Token | LoginFailed] | None = None
        self._refusal: LoginFailed | None = None
        self._refusals = 0
        self._asked_for_code = False
        self._rest_until = 0.0
        self._renew_again_at = 0.0

    async def token(self) -> Token | LoginFailed:
        """A token that is still good, at once while the one we have lasts: only without one is a login waited for."""
        token = self._token
        if token is None or self._left(token) < _LEAST_LIFE_SECONDS:
            return await self._renewed()
        self._renew_if_due()
        return token

    @property
    def current(self) -> Token | None:
        """The token we have if it is still good; asks nobody."""
        token = self._token
        return token if token is not None and self._left(token) >= _LEAST_LIFE_SECONDS else None

    @property
    def is_due(self) -> bool:
        """Whether it is time for a new token."""
        return self._now() >= self._due

    async def login_now(self) -> Token | LoginFailed:
        """A login that begins after this call: a person has just given what the last one lacked."""
        if self._renewal is not None and not self._renewal.done():
            await asyncio.wait({self._renewal})
        self._refusal = None
        return await asyncio.shield(self._start_renewal())

    def discard(self, token: Token) -> None:
        """SSI no longer takes `token`; a newer one stays."""
        if self._token is token:
            self._token = None

    async def aclose(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        if self._renewal is not None:
            self._renewal.cancel()
            await asyncio.wait({self._renewal})

    def _left(self, token: Token) -> float:
        return token.expires_at - self._now()

    def _renew_if_due(self) -> None:
        if self.is_due and self._now() >= max(self._rest_until, self._renew_again_at):
            self._start_renewal()

    def _wake(self) -> None:
        self._renew_if_due()
        self._sleep()

    def _sleep(self) -> None:
        """Come back when the token is due, though nobody may ask for it until the morning's first order does."""
        left = min(max(self._due - self._now(), _SHORTEST_SLEEP_SECONDS), _LONGEST_SLEEP_SECONDS)
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_later(left, self._wake)

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
            self._token, self._refusal, self._refusals, self._asked_for_code = result, None, 0, False
            self._due = renewal_due(self._now(), result.expires_at)
            self._sleep()
            return result
        if not (result.needs_code and self._asked_for_code):  # a person is called once, not with every order
            _log.warning("broker_login_failed", kind=self._kind, refused=result.refused, reason=result.text)
        self._asked_for_code = result.needs_code
        if result.refused:
            rest = min(_FIRST_REST_SECONDS * 2 ** min(self._refusals, _MOST_DOUBLINGS), _LONGEST_REST_SECONDS)
            self._refusal, self._refusals, self._rest_until = result, self._refusals + 1, self._now() + rest
        return result


class Logins:
    """The three logins of one connection key; each call is one request to SSI."""

    def __init__(self, rest: Rest, credentials: Credentials, behaviour: SsiBehaviour = LIVE) -> None:
        self._rest = rest
        self._credentials = credentials
        self._behaviour = behaviour

    async def trading(self) -> Token | LoginFailed:
        """A token that may trade, by PIN."""
        return await self._trading(self._credentials.code, can_trade=True)

    async def reading(self) -> Token | LoginFailed:
        """A token for queries and streams: SSI does not look at its code."""
        return await self._trading("1", can_trade=False)

    async def data(self) -> Token | LoginFailed:
        return await self._login(DATA_LOGIN, self._key())

    def by_code(self, codes: OneTimeCodes) -> Login:
        """The trading login by the code that a person has entered."""

        async def login() -> Token | LoginFailed:
            code = codes.take()
            if not code:
                return LoginFailed("a person must enter a one-time code", refused=False, needs_code=True)
            result = await self._trading(code, can_trade=True)
            if isinstance(result, Token):
                codes.accepted()
                return result
            return replace(result, text=result.text.replace(code, "***"))

        return login

    async def _trading(self, code: str, *, can_trade: bool) -> Token | LoginFailed:
        two_factor = self._credentials.two_factor_type
        return await self._login(
            TRADING_LOGIN, {**self._key(), "twoFactorType": two_factor, "code": code, "isSave": can_trade}
        )

    def _key(self) -> dict[str, object]:
        return {"consumerID": self._credentials.consumer_id, "consumerSecret": self._credentials.consumer_secret}

    async def _login(self, path: str, body: dict[str, object]) -> Token | LoginFailed:
        exchange = await self._rest.call("POST", path, content=json.dumps(body).encode())
        answer = answer_of(exchange)
        if isinstance(answer, NoAnswer):
            refused = isinstance(exchange, Reply) and (
                exchange.unauthorised or isinstance(outcome_of(exchange), Refused)
            )
            return LoginFailed(f"login failed: {self._credentials.without_secrets(answer.text)}", refused)
        try:
            value = Fields(answer.data, "data").needed_text("accessToken")
        except WrongField as error:
            return LoginFailed(f"login answered without a token: {error}", refused=False)
        if not _HEADER_SAFE.fullmatch(value):
            return LoginFailed("login answered a token that no header can carry", refused=False)
        return Token(value, self._expiry(value, time.time()))

    def _expiry(self, value: str, now: float) -> float:
        """`exp` of the JWT; a token that does not tell is renewed after `untold_token_seconds`."""
        try:
            claims = Fields(jwt.decode(value, options={"verify_signature": False}), "token")
            return float(claims.whole("exp"))
        except (jwt.PyJWTError, WrongField):
            return now + self._behaviour.untold_token_seconds
