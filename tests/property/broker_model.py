"""A broker that is right by definition: it takes requests, fills, amends, cancels, and says so in numbered messages.

What it says may reach us late, twice, out of order or only through its book; its own figures are the truth (I1).
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto

from orders.evidence import BrokerReport, BrokerState, Evidence, Match, RequestFailed

_AT = datetime(2026, 11, 20, 3, tzinfo=UTC)
_OPEN = frozenset({BrokerState.PENDING, BrokerState.WORKING})
_ENDED_WITH_A_REST = frozenset({BrokerState.CANCELED, BrokerState.EXPIRED})


class Told(Enum):
    """Which messages an execution makes."""

    REPORT_FIRST = auto()
    REPORT_LAST = auto()
    WITHOUT_A_REPORT = auto()


@dataclass(frozen=True, slots=True)
class Manner:
    """How the broker treats an amendment, and what it calls the order afterwards (LC-25b, LC-62)."""

    willing: bool = True
    shows_it_waiting: bool = False
    gives_a_new_id: bool = False
    names_the_amendment: bool = True


@dataclass
class BrokerModel:
    """One order of `quantity` shares; `state` is None while no request has arrived.

    `price` is the limit it works on, None for an order without one. A market-to-limit order gets one with a fill.
    """

    quantity: int
    price: int | None
    limit_follows_fills_by: int = 0
    broker_order_id: str = "77"
    had: set[tuple[int | None, int]] = field(default_factory=set)
    state: BrokerState | None = None
    request_id: str = ""
    filled: int = 0
    value: int = 0
    filled_late: int = 0
    failed: RequestFailed | None = None
    messages: list[Evidence] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.state in _OPEN

    @property
    def has_ended(self) -> bool:
        return self.state is not None and not self.is_open

    @property
    def has_a_cancelled_rest(self) -> bool:
        return self.state in _ENDED_WITH_A_REST and self.filled < self.quantity

    @property
    def leaves(self) -> int:
        return self.quantity - self.filled if self.is_open else 0

    @property
    def cancelled(self) -> int:
        return self.quantity - self.filled if self.state in _ENDED_WITH_A_REST else 0

    def take(self, request_id: str) -> None:
        """A submit arrives. A second one for the same order is what I4 forbids."""
        assert self.state is None, "I4: the broker has two orders"
        self.state, self.request_id = BrokerState.PENDING, request_id
        self.had.add((self.price, self.quantity))
        self.say()

    def take_cancel(self, request_id: str, *, willing: bool) -> None:
        """A cancel arrives: it ends what is open, or is refused."""
        if self.is_open and willing:
            self.state = BrokerState.CANCELED
            self.say(request_id)
            return
        self.refuse(request_id)

    def take_amend(self, request_id: str, price: int | None, quantity: int, manner: Manner) -> None:
        """An amendment arrives with the resulting terms; a quantity below what has traded is trimmed to that."""
        if not self.is_open or not manner.willing:
            self.refuse(request_id)
            return
        if manner.shows_it_waiting:
            self.messages.append(self.report(request_id, BrokerState.AMEND_PENDING))
        self.price, self.quantity = price or self.price, max(quantity, self.filled)
        self.had.add((self.price, self.quantity))
        if manner.gives_a_new_id:
            self.broker_order_id = str(int(self.broker_order_id) + 1)
        if manner.names_the_amendment:
            self.request_id = request_id
        self.state = BrokerState.FILLED if self.filled == self.quantity else BrokerState.WORKING
        self.say(request_id)

    def refuse(self, request_id: str) -> None:
        self.failed = RequestFailed(request_id, self.broker_order_id, "ORD012", "cannot be changed now")
        self.messages.append(self.failed)

    def fill(self, quantity: int, price: int, told: Told) -> None:
        """An execution with the cumulative report of it, in either order; the report may also stay away."""
        self.filled += quantity
        self.value += quantity * price
        if self.is_open:
            self.state = BrokerState.FILLED if self.filled == self.quantity else BrokerState.WORKING
        else:
            self.filled_late += quantity
        if self.price is None and self.limit_follows_fills_by:
            self.price = price + self.limit_follows_fills_by
            self.had.add((self.price, self.quantity))
        execution = Match(self.broker_order_id, quantity, price, _AT)
        words: dict[Told, list[Evidence]] = {
            Told.REPORT_FIRST: [self.report(), execution],
            Told.REPORT_LAST: [execution, self.report()],
            Told.WITHOUT_A_REPORT: [execution],
        }
        self.messages += words[told]

    def reject(self, *, by_event: bool) -> None:
        """Taken first and refused later, told by an error event or by a report (LC-15)."""
        self.state = BrokerState.REJECTED
        if by_event:
            self.messages.append(RequestFailed(self.request_id, self.broker_order_id, "ORD008", "no purchasing power"))
        else:
            self.say()

    def expire(self) -> None:
        self.state = BrokerState.EXPIRED
        self.say()

    def work(self) -> None:
        self.state = BrokerState.WORKING
        self.say()

    def say(self, request_id: str = "") -> None:
        self.messages.append(self.report(request_id))

    def report(self, request_id: str = "", state: BrokerState | None = None) -> BrokerReport:
        return BrokerReport(
            broker_order_id=self.broker_order_id,
            request_id=request_id or self.request_id,
            state=state or self.state or BrokerState.PENDING,
            quantity=self.quantity,
            filled=self.filled,
            filled_value=self.value,
            cancelled=self.cancelled,
            price=self.price,
        )

    def book(self) -> list[Evidence]:
        """What the audit book shows now: the order's row with its last refused request, or nothing."""
        if self.state is None:
            return []
        return [self.report(), *([self.failed] if self.failed else [])]
