"""The order as it is stored and shown: its facts with the verdict on it and the times around it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

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

    `received_at`, `updated_at` and `good_from` are wall times; its age counts from `good_from`, which moves to the
    start of the phase that an order has waited for. `send_after` is the start of that phase in market time.
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
    good_from: datetime
    send_after: datetime | None = None


def good_until(stored: StoredOrder) -> datetime:
    """The wall time after which the order is not sent any more, however long an outage lasted."""
    return stored.good_from + timedelta(seconds=stored.max_delay_seconds)
