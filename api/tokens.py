"""Access tokens: issued and verified with one fixed algorithm, every claim required (RFC 8725, RFC 9068)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import uuid4

import jwt

ISSUER = "oms"
AUDIENCE = "oms-api"
TYPE = "at+jwt"
LONGEST_TOKEN = 2_048
_CLAIMS = ["sub", "iss", "aud", "iat", "nbf", "exp", "jti"]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token proves."""

    user: str
    token_id: str


class TokenFault(StrEnum):
    EXPIRED = "expired"
    INVALID = "invalid"


def issue(user: str, secret: str, minutes: int, algorithm: str) -> str:
    """A token for `user` that is good from now for `minutes`."""
    now = datetime.now(UTC)
    claims = {
        "sub": user,
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "nbf": now,
        "exp": now + timedelta(minutes=minutes),
        "jti": str(uuid4()),
    }
    return jwt.encode(claims, secret, algorithm, headers={"typ": TYPE})


def verify(token: str, secret: str, algorithm: str) -> Claims | TokenFault:
    """The claims of a token that we issued; anything else is a fault, and only an expired one is told apart."""
    if len(token) > LONGEST_TOKEN:
        return TokenFault.INVALID
    try:
        # We name no keys: a header with more than these two (`kid`, `jku`, `crit`) is not ours.
        if jwt.get_unverified_header(token) != {"alg": algorithm, "typ": TYPE}:
            return TokenFault.INVALID
        claims = jwt.decode(
            token,
            secret,
            algorithms=[algorithm],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": _CLAIMS, "strict_aud": True},
        )
    except jwt.ExpiredSignatureError:
        return TokenFault.EXPIRED
    except (jwt.PyJWTError, RecursionError):  # a header of nested brackets exhausts the JSON parser
        return TokenFault.INVALID
    if not claims["sub"]:
        return TokenFault.INVALID
    return Claims(user=claims["sub"], token_id=claims["jti"])
