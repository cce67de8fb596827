"""A broker that is right by definition: it takes requests, fills, cancels, and says so in numbered messages.

What it says may reach us late, twice, out of order or only through its book; its own figures are the truth (I1).
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto

from orders.evidence import BrokerReport, BrokerState, Evidence, Match, RequestFailed

BROKER_ORDER_ID = "77"
_AT = datetime(2026, 11, 20, 3, tzinfo=UTC)
_OPEN = frozenset({BrokerState.PENDING, BrokerState.WORKING})
_ENDED_WITH_A_REST = frozenset({BrokerState.CANCELED, BrokerState.EXPIRED})


class Told(Enum):
    """Which messages an execution makes."""

    REPORT_FIRST = auto()
    REPORT_LAST = auto()
    WITHOUT_A_REPORT = auto()


@dataclass
class BrokerModel:
    """One order of `quantity` shares; `state` is None while no request has arrived."""

    quantity: int
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
        self.say()

    def take_cancel(self, request_id: str, *, willing: bool) -> None:
        """A cancel arrives: it ends what is open, or is refused."""
        if self.is_open and willing:
            self.state = BrokerState.CANCELED
            self.say(request_id)
            return
        self.failed = RequestFailed(request_id, BROKER_ORDER_ID, "ORD012", "cannot be cancelled now")
        self.messages.append(self.failed)

    def fill(self, quantity: int, price: int, told: Told) -> None:
        """An execution with the cumulative report of it, in either order; the report may also stay away."""
        self.filled += quantity
        self.value += quantity * price
        if self.is_open:
            self.state = BrokerState.FILLED if self.filled == self.quantity else BrokerState.WORKING
        else:
            self.filled_late += quantity
        execution = Match(BROKER_ORDER_ID, quantity, price, _AT)
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
            self.messages.append(RequestFailed(self.request_id, BROKER_ORDER_ID, "ORD008", "no purchasing power"))
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

    def report(self, request_id: str = "") -> BrokerReport:
        state = self.state or BrokerState.PENDING
        named = request_id or self.request_id
        return BrokerReport(BROKER_ORDER_ID, named, state, self.quantity, self.filled, self.value, self.cancelled)

    def book(self) -> list[Evidence]:
        """What the audit book shows now: the order's row with its last refused request, or nothing."""
        if self.state is None:
            return []
        return [self.report(), *([self.failed] if self.failed else [])]
