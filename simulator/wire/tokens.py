"""SSI's tokens: RS256 JWTs that read, trade or fetch data; they stay valid side by side and across restarts."""

import secrets
import time
from dataclasses import dataclass
from enum import StrEnum

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

LIFETIME_SECONDS = 8 * 3600
"""Real seconds, however fast the market's clock runs: SSI's Python client refuses a token of less than an hour."""


class TokenUse(StrEnum):
    READ = "read"
    TRADE = "trade"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Invalid:
    """Why a token was not accepted."""

    reason: str


class Tokens:
    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = key
        self._public_key = key.public_key()
        self._era = ""

    def forget_all(self) -> None:
        """No token given so far is good any more."""
        self._era = secrets.token_hex(4)

    def issue(self, consumer_id: str, use: TokenUse) -> str:
        # Claims of plain letters and digits: SSI's Python client decodes them as ordinary base64, without `-` and `_`.
        now = int(time.time())
        claims = {
            "sub": consumer_id,
            "use": use.value,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "jti": secrets.token_hex(8),
            "era": self._era,
        }
        return jwt.encode(claims, self._key, algorithm="RS256")

    def check(self, authorization: str) -> TokenUse | Invalid:
        """What the bearer of an `Authorization` header may do."""
        if not authorization:
            return Invalid("Missing Authorization header")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return Invalid("Invalid Authorization header")
        try:
            claims = jwt.decode(token.strip(), self._public_key, algorithms=["RS256"])
        except jwt.ExpiredSignatureError:
            return Invalid("Token is expired")
        except jwt.InvalidTokenError:
            return Invalid("Unauthorized")
        return TokenUse(claims["use"]) if claims.get("era") == self._era else Invalid("Unauthorized")
