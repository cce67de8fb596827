"""The order as it is stored and shown: its facts with the verdict on it and the times around it."""

from dataclasses import dataclass
from datetime import datetime

from market.violations import Violation
from orders.order import Order


@dataclass(frozen=True, slots=True)
class Verdict:
    """The one answer to a placement, stored for good: accepted, or denied with every broken rule."""

    accepted: bool
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """What the ledger has booked of an order; `version` counts the pieces of evidence folded into it.

    `received_at` and `updated_at` are wall times, `send_after` the start of the phase it waits for (market time).
    """

    order: Order
    verdict: Verdict
    user: str
    request_id: str
    fingerprint: str
    received_at: datetime
    updated_at: datetime
    max_delay_seconds: int
    version: int
    send_after: datetime | None = None
