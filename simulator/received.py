"""What clients have sent, without their secrets, for tests and for people to look at."""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

KEPT_REQUESTS = 5_000
_SECRET_KEYS = frozenset({"consumersecret", "code", "access_token"})
_REMOVED = "[removed]"


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """`wall` and `market` are the instants of arrival; `body` is JSON where it could be read, else text."""

    wall: datetime
    market: datetime
    method: str
    path: str
    query: dict[str, object]
    body: object


@dataclass(slots=True)
class Received:
    """The latest requests; kept in memory only, so a restart forgets them."""

    requests: deque[ReceivedRequest] = field(default_factory=lambda: deque(maxlen=KEPT_REQUESTS))

    def add(
        self, wall: datetime, market: datetime, method: str, path: str, query: Mapping[str, str], body: bytes
    ) -> None:
        self.requests.append(ReceivedRequest(wall, market, method, path, _without_secrets(query), _readable(body)))


def _readable(body: bytes) -> object:
    try:
        parsed = json.loads(body) if body else None
    except ValueError:
        return body.decode(errors="replace")
    return _without_secrets(parsed) if isinstance(parsed, dict) else parsed


def _without_secrets(values: Mapping[str, object]) -> dict[str, object]:
    return {key: _REMOVED if key.lower() in _SECRET_KEYS else value for key, value in values.items()}
