"""What a client may ask of an order."""

from dataclasses import dataclass
from datetime import datetime

from market.amendments import Amendment
from market.terms import OrderTerms


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """A request to trade; `request_id` is the HTTP request's, `received_at` the wall time it came in.

    `max_delay_seconds` bounds how late it may still be sent after an outage; waiting for a phase is not counted. With
    `queue_next_day` it may wait for the next trading date that takes it. `idempotency_key` is the client's name for
    the request itself, empty without one.
    """

    order_id: str
    account_id: str
    client_order_id: str
    user: str
    request_id: str
    fingerprint: str
    terms: OrderTerms
    received_at: datetime
    max_delay_seconds: int
    queue_next_day: bool = False
    idempotency_key: str = ""


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """A request to take back what is left of an order; `intent_id` names the request for good."""

    order_id: str
    intent_id: str
    user: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class AmendOrder:
    """A request for another `price` (VND) or another whole `quantity` (shares), never both (VN-A3, LC-61).

    `market.amendments.amend_violations` tells what is wrong with it, both or neither given included.
    """

    order_id: str
    intent_id: str
    user: str
    received_at: datetime
    price: int | None = None
    quantity: int | None = None

    @property
    def amendment(self) -> Amendment:
        return Amendment(self.price, self.quantity)
