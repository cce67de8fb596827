"""What workflows may ask of the outside world: names, arguments and answers, without the code behind them."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date

from temporalio import activity

from orders.commands import AmendOrder, CancelOrder, PlaceOrder
from orders.order import CloseReason
from orders.stored import StoredOrder
from workflows.access_state import AccessAlert, AccessFound, CodeRequest
from workflows.messages import ReferenceDataLoaded


@dataclass(frozen=True, slots=True)
class CloseUnsent:
    """Close an order that was never sent."""

    order_id: str
    reason: CloseReason
    text: str


@dataclass(frozen=True, slots=True)
class SendCancel:
    order_id: str
    intent_id: str


@dataclass(frozen=True, slots=True)
class SendAmend:
    order_id: str
    intent_id: str


class OrderActivities(ABC):
    """Short transactions on the ledger; each is idempotent, so it may run as a local activity."""

    @activity.defn
    @abstractmethod
    async def accept(self, command: PlaceOrder) -> StoredOrder:
        """Create or load the order's row with its one verdict and its hold."""

    @activity.defn
    @abstractmethod
    async def load(self, order_id: str) -> StoredOrder | None:
        """The order as booked, for a run that starts from the row."""

    @activity.defn
    @abstractmethod
    async def book(self, order_id: str) -> StoredOrder:
        """Fold all evidence that waits for the order and book what it changes."""

    @activity.defn
    @abstractmethod
    async def ask_cancel(self, cancel: CancelOrder) -> StoredOrder:
        """Record the wish to cancel and book it."""

    @activity.defn
    @abstractmethod
    async def ask_amend(self, amend: AmendOrder) -> StoredOrder:
        """Check the amendment, hold what it needs and book it; one that breaks a rule is refused at once."""

    @activity.defn
    @abstractmethod
    async def close_unsent(self, close: CloseUnsent) -> StoredOrder:
        """Close an order that is proven unsent, and release its hold."""

    @activity.defn
    @abstractmethod
    async def recheck(self, order_id: str) -> StoredOrder:
        """Check an unsent order again: it may be sent, waits for a later phase, or is closed now."""


class BrokerActivities(ABC):
    """One request to the broker each; never retried by the platform, since only the order knows what is safe."""

    @activity.defn
    @abstractmethod
    async def submit(self, order_id: str) -> StoredOrder:
        """Write the attempt, send it once, book the outcome; an order too old to go out is closed instead."""

    @activity.defn
    @abstractmethod
    async def cancel(self, send: SendCancel) -> StoredOrder:
        """Write the attempt, send the cancel once, book the outcome."""

    @activity.defn
    @abstractmethod
    async def amend(self, send: SendAmend) -> StoredOrder:
        """Write the attempt, send the amendment once, book the outcome."""

    @activity.defn
    @abstractmethod
    async def look_for_amend(self, order_id: str) -> StoredOrder:
        """As `resolve`, for an amendment without a confirmation; only for a look that begins well after it (LC-63)."""

    @activity.defn
    @abstractmethod
    async def resolve(self, order_id: str) -> StoredOrder:
        """Look for the order in the broker's audit book and book what it says; absence proves nothing (LC-04)."""


class FeedActivities(ABC):
    """Long-running listeners; the platform keeps exactly one of each alive."""

    @activity.defn
    @abstractmethod
    async def run_feed(self, connection_id: str) -> None:
        """Store, route and announce what the broker says until the trading date changes."""

    @activity.defn
    @abstractmethod
    async def watch_market(self) -> None:
        """Follow the market's clock until the trading date changes: have it loaded, wake waiting orders, settle."""


class MarketFeedActivities(ABC):
    """What the market's feed tells through the day."""

    @activity.defn
    @abstractmethod
    async def listen_to_market(self) -> None:
        """Keep bands, halts, rooms, last prices and phases as they are shown, until the trading date changes."""


class ReferenceDataActivities(ABC):
    """What an order is checked against before anything else: the day's securities and their bands."""

    @activity.defn
    @abstractmethod
    async def load_reference_data(self, trading_date: date | None) -> ReferenceDataLoaded:
        """Ask the broker for the day's securities, save them, raise an alert for each band that differs.

        Fails for as long as they are not there, so that the platform tries again.
        """


class AccessActivities(ABC):
    """The right to send orders, on the worker that holds the broker connection."""

    @activity.defn
    @abstractmethod
    async def look_at_access(self, connection_id: str) -> AccessFound:
        """Sign in with a code that a person has left, if there is one, and say whether orders can be sent."""

    @activity.defn
    @abstractmethod
    async def request_code(self, connection_id: str) -> CodeRequest:
        """Ask the broker to send the owner a code; each counts until one is used, so it is never repeated by itself."""

    @activity.defn
    @abstractmethod
    async def raise_access_alert(self, alert: AccessAlert) -> None:
        """Alert a person once."""
