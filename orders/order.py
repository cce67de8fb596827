"""One order as three facts: its proven life at the broker, its quantities, and its requests (3.1 of the field study).

Fills touch quantities only, so no state can refuse one; what is shown to people is computed from the three.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from market.amendments import Amendment
from market.fees import FeeSchedule
from market.terms import OrderTerms
from market.violations import Violation


class Life(StrEnum):
    """How far the order's life at the broker is proven."""

    UNSENT = "unsent"
    SENDING = "sending"
    UNKNOWN = "unknown"
    LIVE = "live"
    CLOSED = "closed"


class Origin(StrEnum):
    """Who placed the order: a client of ours, or somebody at the broker, such as its customer in SSI's own app."""

    CLIENT = "client"
    EXTERNAL = "external"


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


IN_FLIGHT = frozenset({RequestState.SENDING, RequestState.UNKNOWN, RequestState.PENDING})
OPEN_REQUEST = IN_FLIGHT | {RequestState.ASKED}


class AmendRefusal(StrEnum):
    """Why we refuse an amendment ourselves, as the `code` of its request; the broker's own codes stand there too."""

    BREAKS_RULES = "breaks_rules"
    AMEND_OPEN = "amend_open"
    CANCEL_OPEN = "cancel_open"
    SUPERSEDED = "superseded_by_cancel"
    WITHDRAWN = "withdrawn"
    NOT_TAKEN = "not_taken"


class Anomaly(StrEnum):
    """A contradiction in what the broker said; each raises an alert and none loses a fill."""

    OVERFILLED = "overfilled"
    FILL_AFTER_CLOSE = "fill_after_close"
    REJECT_AFTER_FILL = "reject_after_fill"
    LIVE_AFTER_NOT_RECEIVED = "live_after_not_received"
    FILL_WORSE_THAN_LIMIT = "fill_worse_than_limit"
    PARTIAL_FILL_OF_MOK = "partial_fill_of_mok"
    UNEXPECTED_TERMS = "unexpected_terms"
    LIVE_AFTER_CLOSE = "live_after_close"
    FILL_TAKEN_BACK = "fill_taken_back"
    FILL_CORRECTED = "fill_corrected"
    FIGURES_UNCERTAIN = "figures_uncertain"


@dataclass(frozen=True, slots=True)
class Request:
    """One submit, amend or cancel; `request_id` is the broker's key for it, empty until an attempt is written.

    An amend carries what it wants changed, and every rule for which we refused it. `wait_seconds`: what the broker
    wants to pass before it is sent again, when it did not take it.
    """

    action: Action
    intent_id: str
    state: RequestState
    request_id: str = ""
    code: str = ""
    text: str = ""
    amendment: Amendment | None = None
    violations: tuple[Violation, ...] = ()
    wait_seconds: int = 0

    @property
    def open(self) -> bool:
        return self.state in OPEN_REQUEST

    @property
    def in_flight(self) -> bool:
        """Whether the broker may have it without having answered for good."""
        return self.state in IN_FLIGHT

    def wanted(self, terms: OrderTerms) -> OrderTerms:
        """The terms that this request would make of `terms`."""
        return terms if self.amendment is None else self.amendment.of(terms)


@dataclass(frozen=True, slots=True)
class NumberedExecution:
    """An execution under the broker's running number: shares, and their value in VND."""

    number: int
    quantity: int
    value: int
    matched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ToldFigures:
    """Shares and VND that the words numbered `first` to `last` have told alike."""

    first: int
    last: int
    filled: int
    value: int


@dataclass(frozen=True, slots=True)
class LastWord:
    """The broker's cumulative figures under the highest running number heard; 0 while there are none.

    `ended` is how it says that the order ended. `told` are all figures of its order id by their numbers. `executions`
    are those heard under numbers, the oldest of many left in `forgotten_*` only; once figures were restated, those that
    no figures have counted yet. `alone`: figures of a successor that counts by itself (LC-62).
    """

    number: int = 0
    broker_order_id: str = ""
    filled: int = 0
    filled_value: int = 0
    cancelled: int = 0
    ended: CloseReason | None = None
    executions: tuple[NumberedExecution, ...] = ()
    forgotten_quantity: int = 0
    forgotten_value: int = 0
    told: tuple[ToldFigures, ...] = ()
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Restatement:
    """The word that took back or corrected executions (LC-31): whatever has a lower `number` counts no more.

    `voided_*` are the figures that it made void, which a book read too early may still tell.
    """

    number: int = 0
    voided_filled: int = 0
    voided_value: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """Shares and VND are integers; `matched_*` adds up executions, `reported_*` is the broker's cumulative word.

    `terms` are the live ones: an amendment, or the limit that is left of an MTL, changes them once it is proven.
    `placed_terms` are those of the acceptance once they have changed, `past_terms` all that the broker worked on
    before. `reserve_price` is what a share without a price of its own is held at. `queued_since` is set when an
    amendment cost a held order its place (VN-A3). `held_by_broker`: parked there before its session. Once executions
    were taken back or corrected, `matched_*` is what the broker's word left of them, and those since that its figures
    count.
    """

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
    reserve_price: int | None = None
    placed_terms: OrderTerms | None = None
    past_terms: tuple[OrderTerms, ...] = ()
    superseded_broker_order_ids: tuple[str, ...] = ()
    held_by_broker: bool = False
    queued_since: datetime | None = None
    origin: Origin = Origin.CLIENT
    last_word: LastWord = LastWord()
    restatement: Restatement = Restatement()

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
    def last_submit(self) -> Request | None:
        return next((r for r in reversed(self.requests) if r.action is Action.SUBMIT), None)

    @property
    def open_cancel(self) -> Request | None:
        return next((r for r in self.requests if r.action is Action.CANCEL and r.open), None)

    @property
    def last_cancel(self) -> Request | None:
        return next((r for r in reversed(self.requests) if r.action is Action.CANCEL), None)

    @property
    def open_amend(self) -> Request | None:
        return next((r for r in self.requests if r.action is Action.AMEND and r.open), None)

    @property
    def last_amend(self) -> Request | None:
        return next((r for r in reversed(self.requests) if r.action is Action.AMEND), None)

    @property
    def possible_terms(self) -> tuple[OrderTerms, ...]:
        """The live terms, and those that an open amendment may make of them (I2)."""
        amend = self.open_amend
        return (self.terms,) if amend is None else (self.terms, amend.wanted(self.terms))

    @property
    def as_placed(self) -> "Order":
        """The order as it was accepted, before any evidence: where folding starts again (I3)."""
        return Order(
            self.order_id,
            self.account_id,
            self.client_order_id,
            self.placed_terms or self.terms,
            self.trading_date,
            self.fees,
            reserve_price=self.reserve_price,
            origin=self.origin,
        )

    def request(self, request_id: str) -> Request | None:
        """The request that left under the broker's `request_id`."""
        return next((r for r in self.requests if request_id and r.request_id == request_id), None)

    def with_request(self, old: Request, new: Request) -> "Order":
        return replace(self, requests=tuple(new if each is old else each for each in self.requests))

    def with_terms(self, terms: OrderTerms) -> "Order":
        """The order on other terms; what it was accepted with is kept."""
        return replace(self, terms=terms, placed_terms=self.placed_terms or self.terms)

    def marked(self, anomaly: Anomaly) -> "Order":
        return self if anomaly in self.anomalies else replace(self, anomalies=(*self.anomalies, anomaly))
