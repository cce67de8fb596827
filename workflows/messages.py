"""Names and messages of the workflows: all that the rest of the house needs to start, signal and ask them."""

from dataclasses import dataclass
from datetime import timedelta

from orders.commands import PlaceOrder

ORDERS_QUEUE = "orders"
BROKER_QUEUE = "broker"
FEED_QUEUE = "feed"

ORDER = "Order"
BROKER_FEED = "BrokerFeed"
TRADING_DAY = "TradingDay"
TRADING_DAY_ID = "trading-day"

PLACE = "place"
CANCEL_OUTCOME = "cancel_outcome"
AMEND_OUTCOME = "amend_outcome"
EVIDENCE_ARRIVED = "evidence_arrived"
CANCEL_ASKED = "cancel_asked"
AMEND_ASKED = "amend_asked"
PHASE_CHANGED = "phase_changed"
VIEW = "view"

RETENTION = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class OrderStart:
    """What a run starts from: the command of a new order, or nothing but the id of one that is stored."""

    order_id: str
    place: PlaceOrder | None = None


@dataclass(frozen=True, slots=True)
class EvidenceArrived:
    """The inbox holds something new for the order; `summary` is for the people who read its history."""

    summary: str


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """The market's phase or clock changed; an order that waits for a phase looks again."""

    phase: str


@dataclass(frozen=True, slots=True)
class OrderResult:
    """How a run ended; the ledger has the rest."""

    order_id: str
    status: str
    filled: int


def feed_id(connection_id: str) -> str:
    return f"feed:{connection_id}"
