"""The port to the orders' workflows: start one, ask it, tell it to change the order. Every answer is a value."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from market.terms import OrderTerms
from orders.commands import AmendOrder, CancelOrder, PlaceOrder
from orders.status import Status
from orders.stored import StoredOrder
from workflows.access_state import AccessView


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nothing is known: it may have arrived or not."""


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The order's run is over and says nothing more; the ledger has the answer."""


@dataclass(frozen=True, slots=True)
class NoSuchRun:
    """The server knows no run of this order."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A durable message reached the order's run."""


@dataclass(frozen=True, slots=True)
class OrderRun:
    """A run as the server describes it; the memo was written by whoever started it.

    `terms` is only there for runs that a placement started; `status` is the one that the run has last shown.
    """

    order_id: str
    running: bool
    account_id: str
    client_order_id: str
    fingerprint: str
    received_at: datetime
    terms: OrderTerms | None
    status: Status | None = None


class OrderGateway(Protocol):
    """No method is bounded in time by itself; callers bound it."""

    async def place(self, command: PlaceOrder) -> StoredOrder | RunEnded | NoAnswer:
        """Start the order's run, or join the one that exists, and wait for the verdict."""
        ...

    async def describe(self, order_id: str) -> OrderRun | NoSuchRun | NoAnswer:
        """What the server knows of the order's run; works without a worker."""
        ...

    async def view(self, order_id: str) -> StoredOrder | None:
        """The order as its run has last booked it; None when the run cannot say."""
        ...

    async def ask_cancel(self, cancel: CancelOrder, stored: StoredOrder | None) -> Delivered | NoSuchRun | NoAnswer:
        """Hand in the wish to cancel; given the row, a run that has died is started again by the same call."""
        ...

    async def cancel_outcome(self, order_id: str, intent_id: str) -> StoredOrder | RunEnded | NoAnswer:
        """Wait until the order has no open cancel."""
        ...

    async def ask_amend(self, amend: AmendOrder, stored: StoredOrder | None) -> Delivered | NoSuchRun | NoAnswer:
        """Hand in the wish for other terms, as `ask_cancel` does."""
        ...

    async def amend_outcome(self, order_id: str, intent_id: str) -> StoredOrder | RunEnded | NoAnswer:
        """Wait until the order has no open amendment."""
        ...

    async def load_reference_data(self, trading_date: date) -> Delivered | NoAnswer:
        """Have the broker asked for the day's securities; a load that runs goes on."""
        ...

    async def access(self, connection_id: str) -> AccessView | None:
        """Whether orders can be sent over the connection; None when nobody can say."""
        ...

    async def have_access_looked_at(self, connection_id: str) -> Delivered | NoAnswer:
        """A one-time code was left for the connection."""
        ...

    async def have_code_sent(self, connection_id: str) -> Delivered | NoAnswer:
        """Have the broker asked to send a one-time code."""
        ...

    async def is_ready(self) -> bool:
        """Whether the server can be reached."""
        ...
