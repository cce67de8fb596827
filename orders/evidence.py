"""Everything that can be known about an order after it was accepted, as facts that fold into it in any order.

Each value is stored once, under a key made from what proves it, before it is applied.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from market.violations import Violation
from orders.order import Action, AmendRefusal, CloseReason


class Answer(StrEnum):
    """How one request to the broker ended, as far as it is proven."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


class BrokerState(StrEnum):
    """What the broker says of its order, in words of our own."""

    PENDING = "pending"
    HELD = "held"
    WORKING = "working"
    AMEND_PENDING = "amend_pending"
    CANCEL_PENDING = "cancel_pending"
    FILLED = "filled"
    CANCELED = "canceled"
    REJECTED = "rejected"
    EXPIRED = "expired"
    UNRECOGNISED = "unrecognised"


@dataclass(frozen=True, slots=True)
class RequestStarted:
    """A request is about to leave under `request_id`; written before the first byte is sent."""

    action: Action
    request_id: str
    intent_id: str
    kind: Literal["request_started"] = "request_started"


@dataclass(frozen=True, slots=True)
class RequestAnswered:
    """The typed outcome of sending `request_id`; one that was not sent may be sent again after `wait_seconds`."""

    request_id: str
    answer: Answer
    code: str = ""
    text: str = ""
    wait_seconds: int = 0
    kind: Literal["request_answered"] = "request_answered"


@dataclass(frozen=True, slots=True)
class CancelAsked:
    """A person or program wants the order cancelled."""

    intent_id: str
    user: str
    kind: Literal["cancel_asked"] = "cancel_asked"


@dataclass(frozen=True, slots=True)
class AmendAsked:
    """A person or program wants another `price` (VND) or another whole `quantity` (shares).

    `violations` are all rules that it breaks, found under the order's lock: with any of them it is refused at once.
    """

    intent_id: str
    user: str
    asked_at: datetime
    price: int | None = None
    quantity: int | None = None
    violations: tuple[Violation, ...] = ()
    kind: Literal["amend_asked"] = "amend_asked"


@dataclass(frozen=True, slots=True)
class AmendWithdrawn:
    """An amendment that has not left is taken back: by whoever asked, or since it breaks `violations` by now."""

    intent_id: str
    code: str = AmendRefusal.WITHDRAWN
    text: str = ""
    violations: tuple[Violation, ...] = ()
    kind: Literal["amend_withdrawn"] = "amend_withdrawn"


@dataclass(frozen=True, slots=True)
class BrokerReport:
    """The broker's cumulative word on its order: `filled` shares worth `filled_value` VND, `cancelled` shares.

    `quantity` and `price` (VND) are the terms that it works on; 0 and None where it does not tell. `number` is the
    broker's running number of the message, 0 for a word without: of two, the higher is the later. `final`: it stands in
    a book that was read after the order's last phase, so that no trade can have come since.
    """

    broker_order_id: str
    request_id: str
    state: BrokerState
    quantity: int
    filled: int
    filled_value: int
    cancelled: int
    text: str = ""
    price: int | None = None
    number: int = 0
    final: bool = False
    kind: Literal["broker_report"] = "broker_report"


@dataclass(frozen=True, slots=True)
class AmendLookedUp:
    """The broker's book in a look that began after the amendment `request_id` had ended without a confirmation.

    Unlike a stream's message it cannot be older than the request. Whoever records it has waited long enough that
    the broker would show a request that it has (LC-63).
    """

    request_id: str
    report: BrokerReport
    kind: Literal["amend_looked_up"] = "amend_looked_up"


@dataclass(frozen=True, slots=True)
class Match:
    """One execution: `quantity` shares at `price` VND. `number` as in `BrokerReport`."""

    broker_order_id: str
    quantity: int
    price: int
    matched_at: datetime
    number: int = 0
    kind: Literal["match"] = "match"


@dataclass(frozen=True, slots=True)
class RequestFailed:
    """The broker refused `request_id` after it had taken it (LC-15)."""

    request_id: str
    broker_order_id: str
    code: str
    text: str
    kind: Literal["request_failed"] = "request_failed"


@dataclass(frozen=True, slots=True)
class ClosedHere:
    """We closed an order that is proven not to be at the broker, or a person decided that it is not."""

    reason: CloseReason
    text: str
    kind: Literal["closed_here"] = "closed_here"


Evidence = (
    RequestStarted
    | RequestAnswered
    | CancelAsked
    | AmendAsked
    | AmendWithdrawn
    | AmendLookedUp
    | BrokerReport
    | Match
    | RequestFailed
    | ClosedHere
)

EVIDENCE: TypeAdapter[Evidence] = TypeAdapter(Annotated[Evidence, Field(discriminator="kind")])
"""Reads and writes evidence as JSON."""
