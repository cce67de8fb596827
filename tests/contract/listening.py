"""A mailbox for what SSI's threaded stream clients hear, and waiting that ends as soon as it has come."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

SECONDS = 10.0

Found = TypeVar("Found")


@dataclass
class Mailbox:
    """Messages in the order of their arrival; SSI's clients call `put` on a thread of their own."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    errors: list[object] = field(default_factory=list)
    opened: threading.Event = field(default_factory=threading.Event)

    def put(self, message: str) -> None:
        self.messages.append(json.loads(message))

    def put_read(self, message: dict[str, Any]) -> None:
        self.messages.append(message)

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first message that is wanted, now or soon."""
        return until(lambda: next((message for message in list(self.messages) if wanted(message)), None))

    def events(self, request_id: str) -> list[str]:
        """What happened to one order: statuses and `match`, in order."""
        return [
            "match" if message["type"] == "orderMatchEvent" else message["data"]["orderStatus"]
            for message in list(self.messages)
            if message["data"]["uniqueID"] == request_id and message["type"] != "orderError"
        ]

    def notify_ids(self) -> list[int]:
        return [message["data"]["notifyID"] for message in list(self.messages)]


def until(look: Callable[[], Found | None]) -> Found:
    """What `look` finds; an error when it has found nothing after `SECONDS`."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(0.01)
    raise AssertionError(f"nothing came within {SECONDS} seconds")


def is_order(request_id: str, status: str) -> Callable[[dict[str, Any]], bool]:
    """Whether a message is the order event of that request with that status."""
    return lambda message: (
        message["type"] == "orderEvent"
        and message["data"]["uniqueID"] == request_id
        and message["data"]["orderStatus"] == status
    )


def is_error(request_id: str) -> Callable[[dict[str, Any]], bool]:
    return lambda message: message["type"] == "orderError" and message["data"]["uniqueID"] == request_id
