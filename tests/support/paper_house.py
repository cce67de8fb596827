"""A house of paper for scenarios: the order's activities over a ledger in memory and a broker that follows a script.

Only the two ports are faked; what an order is, its folding, status and hold are the product's own.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce

from activities.signatures import CloseUnsent, SendAmend, SendCancel
from market.calendar import VIETNAM
from market.checks import order_violations
from market.fees import SSI_ONLINE
from market.instrument import Instrument
from market.phases import phase_to_send_in
from market.terms import OrderTerms
from market.vocabulary import Exchange, InstrumentKind, OrderType, Side
from orders.amending import awaits_look
from orders.commands import AmendOrder, CancelOrder, PlaceOrder
from orders.evidence import (
    AmendAsked,
    Answer,
    BrokerReport,
    BrokerState,
    CancelAsked,
    ClosedHere,
    Evidence,
    Match,
    RequestAnswered,
    RequestStarted,
)
from orders.folding import apply
from orders.identity import fingerprint
from orders.order import Action, CloseReason, Life, Order, Origin, RequestState
from orders.stored import StoredOrder, Verdict
from tests.support.driver import ActivityFunction, Driver
from workflows import messages
from workflows.messages import EvidenceArrived, OrderStart, PhaseChanged
from workflows.order import OrderWorkflow

PRICE = 85_500
OPEN_SESSION = datetime(2026, 11, 20, 10, 0, tzinfo=VIETNAM)
BREAK = datetime(2026, 11, 20, 12, 0, tzinfo=VIETNAM)
VIC = Instrument("VIC", "Vingroup", Exchange.HOSE, InstrumentKind.STOCK, date(2026, 11, 20), PRICE, 91_400, 79_600)
ACTIVITIES = (
    "accept",
    "load",
    "book",
    "ask_cancel",
    "ask_amend",
    "close_unsent",
    "recheck",
    "submit",
    "cancel",
    "amend",
    "resolve",
    "look_for_amend",
)
Script = Callable[["PaperHouse", str], Answer]


def takes(_: "PaperHouse", __: str) -> Answer:
    return Answer.ACCEPTED


class PaperHouse:
    """One account, one symbol, one order; `market_now` is the exchange's time."""

    def __init__(
        self, market_now: datetime = OPEN_SESSION, on_submit: Script = takes, on_cancel: Script = takes
    ) -> None:
        self.market_now = market_now
        self.on_submit = on_submit
        self.on_cancel = on_cancel
        self.on_amend: Script = takes
        self.sent: list[str] = []
        self.cancels_sent: list[str] = []
        self.amends_sent: list[str] = []
        self.book_shows: list[Evidence] = []
        self.waiting: list[Evidence] = []
        self.applied: list[Evidence] = []
        self.stored: StoredOrder | None = None
        self.first: Order | None = None
        self.looks = 0
        self.breaks_on_submit = False
        self.wait_seconds = 0

    def place(self, quantity: int = 1_000, price: int | None = PRICE) -> Driver:
        """Start the order's workflow as the API does: the run and its `place` update in one task."""
        command = command_of(quantity, price)
        driver = Driver(OrderWorkflow, OrderStart("order", command), self.activities())
        return driver.update(messages.PLACE, update_id="place")

    def resume(self) -> Driver:
        """Start a run from the row alone, as the feed does after the order's run had ended."""
        return Driver(OrderWorkflow, OrderStart("order"), self.activities())

    def finds(self, *told: Evidence) -> Driver:
        """Take in an order that nobody here has placed, by what the broker tells of it, and start its workflow."""
        command = command_of(1_000, PRICE)
        order = Order(
            "order", "0901351", "external/77", command.terms, self.market_now.date(), SSI_ONLINE, origin=Origin.EXTERNAL
        )
        self.first = order
        self.stored = StoredOrder(
            order=order,
            verdict=Verdict(accepted=True),
            user="broker",
            request_id="",
            fingerprint=command.fingerprint,
            received_at=command.received_at,
            updated_at=command.received_at,
            max_delay_seconds=0,
            version=0,
            good_from=command.received_at,
        )
        self.waiting += told
        self._fold()
        return self.resume()

    def hears(self, driver: Driver, *evidence: Evidence) -> Driver:
        """The feed stored `evidence` and tells the order."""
        self.waiting += evidence
        return driver.signal(messages.EVIDENCE_ARRIVED, EvidenceArrived("test")).settle()

    def cancel(self, driver: Driver, intent_id: str = "cancel-1") -> Driver:
        asked = CancelOrder("order", intent_id, "trader", datetime(2026, 11, 20, tzinfo=UTC))
        return driver.signal(messages.CANCEL_ASKED, asked)

    def amend(
        self, driver: Driver, intent_id: str = "amend-1", price: int | None = None, quantity: int | None = None
    ) -> Driver:
        asked = AmendOrder("order", intent_id, "trader", datetime(2026, 11, 20, tzinfo=UTC), price, quantity)
        return driver.signal(messages.AMEND_ASKED, asked)

    def phase_opens(self, driver: Driver, market_now: datetime) -> Driver:
        self.market_now = market_now
        return driver.signal(messages.PHASE_CHANGED, PhaseChanged("CONT_PM")).settle()

    @property
    def order(self) -> Order:
        assert self.stored is not None
        return self.stored.order

    def activities(self) -> dict[str, ActivityFunction]:
        return {name: getattr(self, f"_{name}") for name in ACTIVITIES}

    async def _accept(self, command: PlaceOrder) -> StoredOrder:
        if self.stored is not None:
            return self.stored
        violations = order_violations(command.terms, VIC, self.market_now)
        order = Order("order", "0901351", command.client_order_id, command.terms, self.market_now.date(), SSI_ONLINE)
        self.first = order
        self.stored = StoredOrder(
            order=order,
            verdict=Verdict(not violations, violations),
            user=command.user,
            request_id=command.request_id,
            fingerprint=command.fingerprint,
            received_at=command.received_at,
            updated_at=command.received_at,
            max_delay_seconds=command.max_delay_seconds,
            version=0,
            good_from=command.received_at,
            send_after=self._send_after(command.terms),
        )
        if violations:
            self.waiting.append(ClosedHere(CloseReason.DENIED, ""))
        return self._fold()

    async def _load(self, order_id: str) -> StoredOrder | None:
        assert order_id == "order"
        return self.stored

    async def _book(self, order_id: str) -> StoredOrder:
        assert order_id == "order"
        return self._fold()

    async def _ask_cancel(self, cancel: CancelOrder) -> StoredOrder:
        self.waiting.append(CancelAsked(cancel.intent_id, cancel.user))
        return self._fold()

    async def _ask_amend(self, amend: AmendOrder) -> StoredOrder:
        known = any(request.intent_id == amend.intent_id for request in self.order.requests)
        if not known:
            asked = AmendAsked(amend.intent_id, amend.user, amend.received_at, amend.price, amend.quantity)
            self.waiting.append(asked)
        return self._fold()

    async def _close_unsent(self, close: CloseUnsent) -> StoredOrder:
        self.waiting.append(ClosedHere(close.reason, close.text))
        return self._fold()

    async def _recheck(self, order_id: str) -> StoredOrder:
        assert order_id == "order"
        assert self.stored is not None
        self.stored = replace(self.stored, send_after=self._send_after(self.order.terms))
        return self._fold()

    async def _submit(self, order_id: str) -> StoredOrder:
        if self.breaks_on_submit:
            raise ConnectionError("nothing was written")
        if self.order.life is not Life.UNSENT or self.order.open_cancel is not None:
            return self._fold()
        request_id = self._next_request_id()
        self.sent.append(request_id)
        self.waiting.append(RequestStarted(Action.SUBMIT, request_id, order_id))
        self._fold()
        self._answer(request_id, self.on_submit(self, request_id))
        return self._fold()

    async def _cancel(self, send: SendCancel) -> StoredOrder:
        request_id = self._next_request_id()
        self.cancels_sent.append(request_id)
        self.waiting.append(RequestStarted(Action.CANCEL, request_id, send.intent_id))
        self._fold()
        self._answer(request_id, self.on_cancel(self, request_id))
        return self._fold()

    async def _amend(self, send: SendAmend) -> StoredOrder:
        request_id = self._next_request_id()
        self.amends_sent.append(request_id)
        self.waiting.append(RequestStarted(Action.AMEND, request_id, send.intent_id))
        self._fold()
        self._answer(request_id, self.on_amend(self, request_id))
        return self._fold()

    def _answer(self, request_id: str, answer: Answer) -> None:
        """What was not sent may be sent again after `wait_seconds`."""
        wait_seconds = self.wait_seconds if answer is Answer.NOT_SENT else 0
        self.waiting.append(RequestAnswered(request_id, answer, wait_seconds=wait_seconds))

    async def _look_for_amend(self, order_id: str) -> StoredOrder:
        before = self.order
        await self._resolve(order_id)
        looks = (awaits_look(before, shown) for shown in self.book_shows if isinstance(shown, BrokerReport))
        self.waiting += [look for look in looks if look is not None]
        return self._fold()

    def _next_request_id(self) -> str:
        return str(10_000_000 + len(self.sent) + len(self.cancels_sent) + len(self.amends_sent))

    async def _resolve(self, order_id: str) -> StoredOrder:
        assert order_id == "order"
        self.looks += 1
        for request in self.order.requests:
            if request.open and request.state is RequestState.SENDING:
                self.waiting.append(RequestAnswered(request.request_id, Answer.UNKNOWN))
        self.waiting += self.book_shows
        return self._fold()

    def _fold(self) -> StoredOrder:
        assert self.stored is not None
        folded = reduce(apply, self.waiting, self.order)
        self.applied += self.waiting
        version = self.stored.version + len(self.waiting)
        self.waiting = []
        self.stored = replace(self.stored, order=folded, version=version)
        return self.stored

    def _send_after(self, terms: OrderTerms) -> datetime | None:
        phase = phase_to_send_in(terms.exchange, terms.order_type, self.market_now)
        return None if phase is None or phase.start <= self.market_now else phase.start


def command_of(quantity: int, price: int | None) -> PlaceOrder:
    terms = OrderTerms("VIC", Exchange.HOSE, Side.BUY, OrderType.LO, quantity, price)
    return PlaceOrder(
        order_id="order",
        account_id="0901351",
        client_order_id="client",
        user="trader",
        request_id="request",
        fingerprint=fingerprint("0901351", terms),
        terms=terms,
        received_at=datetime(2026, 11, 20, 3, tzinfo=UTC),
        max_delay_seconds=900,
    )


def working(
    filled: int = 0, *, request_id: str = "10000000", quantity: int = 1_000, price: int | None = None
) -> BrokerReport:
    return BrokerReport(
        "77", request_id, BrokerState.WORKING, quantity, filled, filled * (price or PRICE), 0, price=price
    )


def filled(total: int = 1_000) -> BrokerReport:
    return BrokerReport("77", "10000000", BrokerState.FILLED, 1_000, total, total * PRICE, 0)


def canceled(already_filled: int = 0, request_id: str = "10000001") -> BrokerReport:
    left = 1_000 - already_filled
    return BrokerReport("77", request_id, BrokerState.CANCELED, 1_000, already_filled, already_filled * PRICE, left)


def match(quantity: int, price: int = PRICE) -> Match:
    return Match("77", quantity, price, datetime(2026, 11, 20, 3, tzinfo=UTC))


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)
