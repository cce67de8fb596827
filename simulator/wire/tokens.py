"""SSI's tokens: RS256 JWTs that read, trade or fetch data; they stay valid side by side and across restarts."""

import math
import secrets
import time
from dataclasses import dataclass
from enum import StrEnum

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from simulator.state import ExchangeState
from simulator.switches import RefusalName


class TokenUse(StrEnum):
    READ = "read"
    TRADE = "trade"
    DATA = "data"

    @property
    def host(self) -> str:
        """Whose logins end each other's tokens, where they do."""
        return "data" if self is TokenUse.DATA else "trading"


@dataclass(frozen=True, slots=True)
class Invalid:
    """Why a token was not accepted."""

    reason: RefusalName


class Tokens:
    """Lifetimes are real seconds, however fast the market's clock runs: SSI's Python client refuses a token of less
    than an hour, and one that does not tell its end."""

    def __init__(self, key: RSAPrivateKey, state: ExchangeState) -> None:
        self._key = key
        self._state = state
        self._public_key = key.public_key()

    def forget_all(self) -> None:
        """No token given so far is good any more."""
        self._state.tokens = self._state.tokens.forgotten()

    def issue(self, consumer_id: str, use: TokenUse) -> str:
        # Claims of plain letters and digits: SSI's Python client decodes them as ordinary base64, without `-` and `_`.
        switches, now, number = self._state.switches, int(time.time()), secrets.token_hex(8)
        claims: dict[str, str | int] = {
            "sub": consumer_id,
            "use": use.value,
            "iat": now,
            "ends": now + switches.token_seconds,
            "jti": number,
            "era": self._state.tokens.era,
        }
        if switches.token_tells_end:
            claims["exp"] = claims["ends"]
        self._state.tokens = self._state.tokens.with_latest(use.host, number)
        return jwt.encode(claims, self._key, algorithm="RS256")

    def check(self, authorization: str) -> TokenUse | Invalid:
        """What the bearer of an `Authorization` header may do."""
        if not authorization:
            return Invalid(RefusalName.MISSING_TOKEN)
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return Invalid(RefusalName.BAD_TOKEN)
        try:
            claims = jwt.decode(token.strip(), self._public_key, algorithms=["RS256"])
        except jwt.ExpiredSignatureError:
            return Invalid(RefusalName.EXPIRED_TOKEN)
        except jwt.InvalidTokenError:
            return Invalid(RefusalName.BAD_TOKEN)
        if claims.get("ends", math.inf) <= time.time():
            return Invalid(RefusalName.EXPIRED_TOKEN)
        use = TokenUse(claims["use"])
        good = claims.get("era") == self._state.tokens.era and not self._is_replaced(use, claims["jti"])
        return use if good else Invalid(RefusalName.BAD_TOKEN)

    def _is_replaced(self, use: TokenUse, number: str) -> bool:
        """Whether a later login on the same host has ended the token."""
        latest = self._state.tokens.latest.get(use.host, number)
        return self._state.switches.login_ends_older_tokens and latest != number
