"""Tokens: what we issue passes, and nothing else does (TR-10)."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.tokens import AUDIENCE, ISSUER, TYPE, Claims, TokenFault, issue, verify

SECRET = "a-secret-of-at-least-thirty-two-bytes"
ALGORITHM = "HS256"


def claims(**changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    standard = {
        "sub": "trader",
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "nbf": now,
        "exp": now + timedelta(minutes=5),
        "jti": "one",
    }
    return {name: value for name, value in {**standard, **changes}.items() if value is not None}


def signed(
    content: Mapping[str, Any],
    secret: str = SECRET,
    algorithm: str = ALGORITHM,
    header: Mapping[str, Any] | None = None,
) -> str:
    return jwt.encode(dict(content), secret, algorithm, headers={"typ": TYPE, **(header or {})})


def by_hand(header: Mapping[str, Any], content: Mapping[str, Any], signature: str = "") -> str:
    parts = (json.dumps(part).encode() for part in (header, content))
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), signature])


def test_an_issued_token_names_its_user() -> None:
    found = verify(issue("trader", SECRET, 30, ALGORITHM), SECRET, ALGORITHM)
    assert isinstance(found, Claims)
    assert found.user == "trader"


def test_two_tokens_never_share_an_id() -> None:
    found = [verify(issue("trader", SECRET, 30, ALGORITHM), SECRET, ALGORITHM) for _ in range(2)]
    assert found[0] != found[1]


def test_an_expired_token_is_told_apart() -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    assert verify(signed(claims(exp=past)), SECRET, ALGORITHM) is TokenFault.EXPIRED


@pytest.mark.parametrize("missing", ["sub", "iss", "aud", "iat", "nbf", "exp", "jti"])
def test_a_token_without_a_claim_is_refused(missing: str) -> None:
    assert verify(signed(claims(**{missing: None})), SECRET, ALGORITHM) is TokenFault.INVALID


FUTURE = datetime.now(UTC) + timedelta(days=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "somebody"},
        {"aud": "other-api"},
        {"aud": [AUDIENCE, "other-api"]},
        {"nbf": FUTURE},
        {"iat": FUTURE},
        {"sub": ""},
        {"sub": 7},
        {"jti": 7},
        {"exp": "soon"},
    ],
    ids="".join,
)
def test_a_token_with_a_wrong_claim_is_refused(wrong: dict[str, Any]) -> None:
    content = claims()
    content.update(wrong)
    try:
        token = signed(content)
    except TypeError:  # PyJWT refuses to write some of them
        token = by_hand({"alg": ALGORITHM, "typ": TYPE}, {}, "x")
    assert verify(token, SECRET, ALGORITHM) is TokenFault.INVALID


@pytest.mark.parametrize(
    "header",
    [{"typ": "JWT"}, {"typ": "refresh+jwt"}, {"kid": "unknown"}, {"jku": "https://keys.example"}, {"crit": ["exp"]}],
    ids=str,
)
def test_a_token_with_another_header_is_refused(header: dict[str, Any]) -> None:
    assert verify(signed(claims(), header=header), SECRET, ALGORITHM) is TokenFault.INVALID


def test_a_token_of_another_key_is_refused() -> None:
    assert verify(signed(claims(), "another-secret-that-is-long-enough-too"), SECRET, ALGORITHM) is TokenFault.INVALID


@pytest.mark.filterwarnings("ignore:The HMAC key:jwt.InsecureKeyLengthWarning")
def test_a_token_of_another_hash_is_refused() -> None:
    assert verify(signed(claims(), algorithm="HS512"), SECRET, ALGORITHM) is TokenFault.INVALID


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", "RS256", "HS256 "])
def test_a_token_that_names_another_algorithm_is_refused(algorithm: str) -> None:
    now = int(datetime.now(UTC).timestamp())
    content = {**claims(), "iat": now, "nbf": now, "exp": now + 300}
    assert verify(by_hand({"alg": algorithm, "typ": TYPE}, content), SECRET, ALGORITHM) is TokenFault.INVALID


def test_a_changed_payload_is_refused() -> None:
    head, _, signature = issue("viewer", SECRET, 5, ALGORITHM).split(".")
    _, payload, _ = issue("operator", SECRET, 5, ALGORITHM).split(".")
    assert verify(f"{head}.{payload}.{signature}", SECRET, ALGORITHM) is TokenFault.INVALID


def test_a_stripped_signature_is_refused() -> None:
    head, payload, _ = issue("trader", SECRET, 5, ALGORITHM).split(".")
    assert verify(f"{head}.{payload}.", SECRET, ALGORITHM) is TokenFault.INVALID


def test_a_huge_token_is_refused_unread() -> None:
    assert verify(signed(claims(note="x" * 5_000)), SECRET, ALGORITHM) is TokenFault.INVALID


def test_a_header_of_nested_brackets_is_refused() -> None:
    header = base64.urlsafe_b64encode(b"[" * 1_400).decode().rstrip("=")
    assert verify(f"{header}.e30.e30", SECRET, ALGORITHM) is TokenFault.INVALID


@given(st.text(max_size=200))
def test_any_text_is_refused(text: str) -> None:
    assert verify(text, SECRET, ALGORITHM) is TokenFault.INVALID
