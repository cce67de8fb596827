"""What clients have sent, without their secrets, for tests and for people to look at."""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote

from simulator.plain_json import as_plain_json, as_text

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
    query: dict[str, str]
    body: object


@dataclass(slots=True)
class Received:
    """The latest requests; kept in memory only, so a restart forgets them."""

    requests: deque[ReceivedRequest] = field(default_factory=lambda: deque(maxlen=KEPT_REQUESTS))

    def add(
        self, wall: datetime, market: datetime, method: str, path: str, query: Mapping[str, str], body: bytes
    ) -> None:
        shown = {as_text(name): _REMOVED if name.lower() in _SECRET_KEYS else as_text(query[name]) for name in query}
        self.requests.append(ReceivedRequest(wall, market, method, as_text(path), shown, _readable(body)))


def _readable(body: bytes) -> object:
    try:
        parsed = json.loads(body) if body else None
    except (ValueError, RecursionError):
        return _readable_text(body.decode(errors="replace"))
    return _without_secrets(as_plain_json(parsed))


def _readable_text(text: str) -> str:
    """A form or broken JSON; where its secrets begin and end cannot be told, so they take all of it with them."""
    words = unquote(text).lower()
    if any(key in words for key in _SECRET_KEYS):
        return f"[removed: {len(text)} characters, not JSON, that name a secret]"
    return text


def _without_secrets(value: object) -> object:
    match value:
        case dict():
            return {
                key: _REMOVED if key.lower() in _SECRET_KEYS else _without_secrets(each) for key, each in value.items()
            }
        case list():
            return [_without_secrets(each) for each in value]
        case _:
            return value
