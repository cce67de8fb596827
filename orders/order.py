"""One order as three facts: its proven life at the broker, its quantities, and its requests (3.1 of the field study).

Fills touch quantities only, so no state can refuse one; what is shown to people is computed from the three.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from market.fees import FeeSchedule
from market.terms import OrderTerms


class Life(StrEnum):
    """How far the order's life at the broker is proven."""

    UNSENT = "unsent"
    SENDING = "sending"
    UNKNOWN = "unknown"
    LIVE = "live"
    CLOSED = "closed"


class CloseReason(StrEnum):
    DENIED = "denied"
    TOO_OLD = "too_old"
    PHASE_CLOSED = "phase_closed_before_send"
    CANCELED_UNSENT = "canceled_unsent"
    NOT_RECEIVED = "not_received"
    REJECTED = "rejected"
    CANCELED = "canceled"
    EXPIRED = "expired"
    FILLED = "filled"


class Action(StrEnum):
    SUBMIT = "submit"
    AMEND = "amend"
    CANCEL = "cancel"


class RequestState(StrEnum):
    """`asked` by a client, `sending`, `unknown`, `pending` at the broker; then `done`, `refused` or `too_late`."""

    ASKED = "asked"
    SENDING = "sending"
    UNKNOWN = "unknown"
    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"
    TOO_LATE = "too_late"


OPEN_REQUEST = frozenset({RequestState.ASKED, RequestState.SENDING, RequestState.UNKNOWN, RequestState.PENDING})


class Anomaly(StrEnum):
    """A contradiction in what the broker said; each raises an alert and none loses a fill."""

    OVERFILLED = "overfilled"
    FILL_AFTER_CLOSE = "fill_after_close"
    REJECT_AFTER_FILL = "reject_after_fill"
    LIVE_AFTER_NOT_RECEIVED = "live_after_not_received"
    FILL_WORSE_THAN_LIMIT = "fill_worse_than_limit"


@dataclass(frozen=True, slots=True)
class Request:
    """One submit, amend or cancel; `request_id` is the broker's key for it, empty until an attempt is written."""

    action: Action
    intent_id: str
    state: RequestState
    request_id: str = ""
    code: str = ""
    text: str = ""

    @property
    def open(self) -> bool:
        return self.state in OPEN_REQUEST


@dataclass(frozen=True, slots=True)
class Order:
    """Shares and VND are integers; `matched_*` adds up executions, `reported_*` is the broker's cumulative word."""

    order_id: str
    account_id: str
    client_order_id: str
    terms: OrderTerms
    trading_date: date
    fees: FeeSchedule
    life: Life = Life.UNSENT
    close_reason: CloseReason | None = None
    closing_seen: bool = False
    broker_order_id: str = ""
    acknowledged: bool = False
    matched_quantity: int = 0
    matched_value: int = 0
    reported_quantity: int = 0
    reported_value: int = 0
    cancelled: int = 0
    requests: tuple[Request, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()
    quarantined: bool = False
    text: str = ""

    @property
    def quantity(self) -> int:
        return self.terms.quantity

    @property
    def filled(self) -> int:
        """Shares filled: executions, or the broker's cumulative figure while it is ahead of them (LC-25)."""
        return max(self.matched_quantity, self.reported_quantity)

    @property
    def filled_value(self) -> int:
        """Gross VND of the filled shares; exact once every execution is known."""
        if self.reported_quantity > self.matched_quantity:
            return self.reported_value
        return self.matched_value

    @property
    def leaves(self) -> int:
        """Shares that may still trade: nothing once closed, else what is neither filled nor cancelled."""
        if self.life is Life.CLOSED and not self.quarantined:
            return 0
        return max(0, self.quantity - self.filled - self.cancelled)

    @property
    def details_complete(self) -> bool:
        """Whether executions explain every share that the broker reports as filled."""
        return self.matched_quantity >= self.reported_quantity

    @property
    def open_cancel(self) -> Request | None:
        return next((r for r in self.requests if r.action is Action.CANCEL and r.open), None)

    @property
    def last_cancel(self) -> Request | None:
        return next((r for r in reversed(self.requests) if r.action is Action.CANCEL), None)

    def request(self, request_id: str) -> Request | None:
        """The request that left under the broker's `request_id`."""
        return next((r for r in self.requests if request_id and r.request_id == request_id), None)
