"""A state machine over the pure order: any mix of answers, messages, repeats and deaths keeps the invariants."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum, auto
from functools import reduce

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from market.fees import SSI_ONLINE
from market.reserve import cash_for
from market.terms import OrderTerms
from market.vocabulary import Exchange, OrderType, Side
from orders.amending import awaits_look
from orders.evidence import (
    AmendAsked,
    AmendLookedUp,
    AmendWithdrawn,
    Answer,
    BrokerReport,
    BrokerState,
    CancelAsked,
    ClosedHere,
    Evidence,
    RequestAnswered,
    RequestStarted,
)
from orders.folding import apply
from orders.holds import Hold, hold
from orders.next_step import Step, next_step
from orders.order import Action, Anomaly, CloseReason, Life, Order, RequestState
from orders.status import Status, status
from tests.property.broker_model import BrokerModel, Manner, Told

PRICE = 85_500
CEILING = 91_400
TICK = 100
LOT = 100
AT = datetime(2026, 11, 20, 3, tzinfo=UTC)
TYPES = st.sampled_from([*[OrderType.LO] * 4, OrderType.MTL, OrderType.MTL, OrderType.MOK, OrderType.ATO])
CLOSING = frozenset({BrokerState.FILLED, BrokerState.CANCELED, BrokerState.EXPIRED, BrokerState.REJECTED})
OURS = (CloseReason.CANCELED_UNSENT, CloseReason.TOO_OLD, CloseReason.PHASE_CLOSED, CloseReason.NOT_RECEIVED)
LOTS = st.sampled_from([1, 1, 1, 2, 4])


class Way(Enum):
    """Where a request is, in truth."""

    UNDER_WAY = auto()
    ARRIVED = auto()
    REFUSED_AT_THE_DOOR = auto()
    LOST = auto()


WAYS = st.sampled_from([*[Way.ARRIVED] * 5, Way.UNDER_WAY, Way.UNDER_WAY, Way.REFUSED_AT_THE_DOOR, Way.LOST])


MANNERS = st.builds(Manner, *[st.booleans()] * 4) | st.just(Manner())


@dataclass
class Sent:
    """A request that left with the terms it asks for, and whether its sender has told how it ended."""

    action: Action
    request_id: str
    price: int | None
    quantity: int
    way: Way = Way.UNDER_WAY
    answer: Answer | None = None


class OrderMachine(RuleBasedStateMachine):
    """One order, its stored evidence under keys, the requests that left, and the broker's truth beside them."""

    @initialize(
        side=st.sampled_from(Side),
        order_type=TYPES,
        lots=st.integers(2, 6),
        phase_open=st.sampled_from([True, True, True, False]),
        way=WAYS,
        calm=st.booleans(),
    )
    def place(self, side: Side, order_type: OrderType, lots: int, way: Way, *, phase_open: bool, calm: bool) -> None:
        """On a `calm` day the broker ends the order only by filling it or by taking a cancel."""
        self.begin(side, order_type, lots, way, phase_open=phase_open, calm=calm)

    def begin(self, side: Side, order_type: OrderType, lots: int, way: Way, *, phase_open: bool, calm: bool) -> None:
        price = PRICE if order_type is OrderType.LO else None
        terms = OrderTerms("VIC", Exchange.HOSE, side, order_type, lots * LOT, price)
        self.first = Order(
            "order", "0901351", "client", terms, date(2026, 11, 20), SSI_ONLINE, reserve_price=price or CEILING
        )
        self.order = self.first
        one_tick_on = TICK if side is Side.BUY else -TICK
        self.broker = BrokerModel(lots * LOT, price, one_tick_on if order_type is OrderType.MTL else 0)
        self.store: dict[str, Evidence] = {}
        self.sent: list[Sent] = []
        self.delivered: list[int] = []
        self.phase_open = phase_open
        self.calm = calm
        self.wishes = 0
        self.proven_filled: int | None = None
        self.surprised = False
        self.the_next_step_is_taken(way, Manner())

    # What the house does

    @precondition(lambda self: self.next_step not in {Step.DONE, Step.WAIT, Step.WAIT_FOR_PHASE})
    @rule(way=WAYS, manner=MANNERS)
    def the_next_step_is_taken(self, way: Way, manner: Manner) -> None:
        """The order's run, whose new request, if the step is one, goes on its `way`."""
        step = self.next_step
        if step is Step.SUBMIT:
            self.submit(way)
        elif step is Step.CANCEL:
            self.send_cancel(way)
        elif step is Step.REPEAT_CANCEL:
            self.look()
            if self.next_step is Step.REPEAT_CANCEL:
                self.send_cancel(way)
        elif step is Step.AMEND:
            self.send_amend(way, manner)
        elif step is Step.CLOSE_UNSENT:
            self.book("close", ClosedHere(CloseReason.CANCELED_UNSENT, "before the send"))
        elif step in {Step.RESOLVE, Step.RESOLVE_AMEND, Step.WATCH, Step.WAIT_FOR_DETAILS}:
            self.resolve()

    @property
    def next_step(self) -> Step:
        return next_step(self.order, phase_open=self.phase_open)

    def submit(self, way: Way) -> None:
        before = [each for each in self.sent if each.action is Action.SUBMIT]
        assert all(each.way is Way.LOST for each in before), "I4: a second send without proof"
        terms = self.order.terms
        self.broker.price, self.broker.quantity = terms.price, terms.quantity
        self.send(Action.SUBMIT, "order", way, Manner())

    def send_cancel(self, way: Way) -> None:
        cancel = self.order.open_cancel
        assert cancel is not None
        assert self.order.broker_order_id, "LC-45"
        self.send(Action.CANCEL, cancel.intent_id, way, Manner())

    def send_amend(self, way: Way, manner: Manner) -> None:
        amend = self.order.open_amend
        assert amend is not None
        assert self.order.broker_order_id
        assert self.order.open_cancel is None, "LC-60"
        self.send(Action.AMEND, amend.intent_id, way, manner)

    def send(self, action: Action, intent_id: str, way: Way, manner: Manner) -> None:
        amend, terms = self.order.open_amend, self.order.terms
        asked = terms if amend is None else amend.wanted(terms)
        sent = Sent(action, str(10_000_000 + len(self.sent)), asked.price, asked.quantity)
        self.sent.append(sent)
        self.book(f"{sent.request_id}:start", RequestStarted(action, sent.request_id, intent_id))
        self.go(sent, way, manner)

    def go(self, sent: Sent, way: Way, manner: Manner) -> None:
        sent.way = way
        if way is not Way.ARRIVED:
            return
        if sent.action is Action.SUBMIT:
            self.broker.take(sent.request_id)
        elif sent.action is Action.CANCEL:
            self.broker.take_cancel(sent.request_id, willing=manner.willing)
        else:
            request = self.order.request(sent.request_id)
            self.surprised |= request is None or not request.open
            self.broker.take_amend(sent.request_id, sent.price, sent.quantity, manner)

    def resolve(self) -> None:
        """Whoever was sending is given up, and the broker's book is read (LC-03)."""
        for request in self.order.requests:
            if request.state is RequestState.SENDING:
                gone = RequestAnswered(request.request_id, Answer.UNKNOWN)
                self.book(f"{request.request_id}:given_up", gone)
        self.look()
        looked = awaits_look(self.order, self.broker.report()) if self.broker.state else None
        if looked is not None:
            self.book(f"look:{looked}", looked)

    @rule()
    def look(self) -> None:
        for row in self.broker.book():
            if apply(self.order, row) != self.order:
                self.book(f"book:{row}", row)

    @precondition(lambda self: self.sent or not self.phase_open)
    @rule(really=st.sampled_from([True, False, False]))
    def somebody_wants_to_cancel(self, *, really: bool) -> None:
        if not really:
            return
        self.wishes += 1
        self.book(f"cancel-{self.wishes}", CancelAsked(f"cancel-{self.wishes}", "trader"))

    @precondition(lambda self: self.order.life in {Life.LIVE, Life.UNKNOWN} or self.wishes == 0)
    @precondition(lambda self: self.wishes <= 2 or self.next_step is Step.WAIT)
    @rule(lots=st.integers(1, 8) | st.none(), ticks=st.sampled_from([-2, -1, 1, 2]))
    def somebody_wants_to_amend(self, lots: int | None, ticks: int) -> None:
        """The quantity, or the price of what has one. What was given up for lost is no longer on its way by then."""
        for sent in self.under_way():
            request = self.order.request(sent.request_id)
            if sent.action is Action.AMEND and (request is None or not request.open):
                self.go(sent, Way.LOST, Manner())
        self.wishes += 1
        name, price = f"amend-{self.wishes}", self.order.terms.price
        if lots is None and price is not None:
            self.book(name, AmendAsked(name, "trader", AT, price=price + ticks * TICK))
        elif lots is not None and lots * LOT != self.order.quantity:
            self.book(name, AmendAsked(name, "trader", AT, quantity=lots * LOT))

    @precondition(lambda self: self.order.open_amend is not None)
    @rule(really=st.sampled_from([True, False, False]))
    def the_amendment_is_taken_back(self, *, really: bool) -> None:
        amend = self.order.open_amend
        if amend is None or not really:
            return
        self.book(f"{amend.intent_id}:back:{len(self.store)}", AmendWithdrawn(amend.intent_id))

    @precondition(lambda self: self.order.life is Life.UNSENT)
    @rule()
    def the_phase_turns(self) -> None:
        self.phase_open = not self.phase_open

    @precondition(lambda self: self.order.life is Life.UNKNOWN)
    @rule()
    def somebody_says_it_never_arrived(self) -> None:
        """The day's end with proof, or a person without (LC-04)."""
        self.book("day_end", ClosedHere(CloseReason.NOT_RECEIVED, "not in the book"))

    # What becomes of requests

    @precondition(lambda self: self.under_way())
    @rule(data=st.data(), way=st.sampled_from([Way.ARRIVED, Way.LOST]), manner=MANNERS)
    def a_request_arrives_late_or_is_lost(self, data: st.DataObject, way: Way, manner: Manner) -> None:
        self.go(data.draw(st.sampled_from(self.under_way())), way, manner)

    @precondition(lambda self: self.unanswered())
    @rule(data=st.data(), clear=st.booleans())
    def the_sender_tells_how_it_ended(self, data: st.DataObject, *, clear: bool) -> None:
        sent = data.draw(st.sampled_from(self.unanswered()))
        self.tell(sent, clear=clear)

    def tell(self, sent: Sent, *, clear: bool) -> None:
        sent.answer = answer_of(sent.way, clear=clear)
        self.book(f"{sent.request_id}:answer", RequestAnswered(sent.request_id, sent.answer))

    def under_way(self) -> list[Sent]:
        return [each for each in self.sent if each.way is Way.UNDER_WAY]

    def unanswered(self) -> list[Sent]:
        return [each for each in self.sent if each.answer is None]

    # What the broker does

    @precondition(lambda self: self.broker.is_open)
    @rule(lots=LOTS, ticks=st.integers(0, 2), told=st.sampled_from(Told))
    def the_broker_fills(self, lots: int, ticks: int, told: Told) -> None:
        quantity = min(lots * LOT, self.broker.leaves)
        better = -TICK * ticks if self.first.terms.side is Side.BUY else TICK * ticks
        self.broker.fill(quantity, self.fair_price + better, told)

    @precondition(lambda self: self.broker.has_a_cancelled_rest)
    @rule(lots=LOTS, told=st.sampled_from(Told))
    def a_fill_comes_after_the_end(self, lots: int, told: Told) -> None:
        self.broker.fill(min(lots * LOT, self.broker.cancelled), self.fair_price, told)

    @property
    def fair_price(self) -> int:
        return self.broker.price or PRICE

    @precondition(lambda self: self.broker.state is BrokerState.PENDING)
    @rule()
    def the_broker_says_how_it_stands(self) -> None:
        self.broker.work()

    @precondition(lambda self: self.broker.state is BrokerState.PENDING and not self.calm)
    @rule(by_event=st.booleans())
    def the_broker_refuses_what_it_took(self, *, by_event: bool) -> None:
        self.broker.reject(by_event=by_event)

    @precondition(lambda self: self.broker.is_open and not self.calm)
    @rule()
    def the_order_expires(self) -> None:
        self.broker.expire()

    # How its words reach us

    @precondition(lambda self: self.waiting())
    @rule(count=st.integers(1, 5))
    def the_next_messages_come(self, count: int) -> None:
        for number in self.waiting()[:count]:
            self.deliver(number)

    @precondition(lambda self: self.waiting())
    @rule(data=st.data())
    def a_later_message_overtakes(self, data: st.DataObject) -> None:
        self.deliver(data.draw(st.sampled_from(self.waiting())))

    @precondition(lambda self: self.delivered)
    @rule(data=st.data())
    def everything_dies_and_the_stream_begins_again(self, data: st.DataObject) -> None:
        """Only what is stored is left; a prefix of what came is told again and changes nothing (LC-23)."""
        before = self.order
        self.order = self.refolded()
        for number in self.delivered[: data.draw(st.integers(1, len(self.delivered)))]:
            self.deliver(number)
        assert self.order == before, "I3"

    def everything_arrives(self) -> None:
        """I1: once nothing is in flight, we say what the broker says, and an ended order lets its run end."""
        for sent in self.under_way():
            self.go(sent, Way.LOST, Manner())
        for sent in self.unanswered():
            self.tell(sent, clear=True)
        for number in self.waiting():
            self.deliver(number)
        self.look()
        self.check_against_the_broker()

    def check_against_the_broker(self) -> None:
        order, broker = self.order, self.broker
        assert (order.filled, order.filled_value) == (broker.filled, broker.value), "I1"
        assert order.leaves == broker.leaves or broker.state is None, "I1"
        assert order.details_complete
        if broker.is_open:
            assert order.life is Life.LIVE
            assert (order.terms.price, order.quantity) == (broker.price, broker.quantity), "LC-54"
        if broker.has_ended:
            assert self.next_step is Step.DONE
            assert (order.cancelled, hold(order)) == (broker.cancelled, Hold()), "I2"
        if broker.state is None:
            self.check_what_never_arrived()

    def check_what_never_arrived(self) -> None:
        """A refusal closes the order, a proven loss lets it be sent again, anything else stays unknown."""
        last = next((each for each in reversed(self.sent) if each.action is Action.SUBMIT), None)
        if last is None:
            assert self.order.life in {Life.UNSENT, Life.CLOSED}
        elif last.answer is Answer.REFUSED:
            assert self.order.life is Life.CLOSED
        elif last.answer is Answer.NOT_SENT:
            assert self.order.life in {Life.UNSENT, Life.CLOSED}
        else:
            assert self.order.life in {Life.UNKNOWN, Life.CLOSED}

    def waiting(self) -> list[int]:
        return [number for number in range(len(self.broker.messages)) if number not in self.delivered]

    def deliver(self, number: int) -> None:
        if number not in self.delivered:
            self.delivered.append(number)
        self.book(f"message:{number}", self.broker.messages[number])

    def book(self, key: str, evidence: Evidence) -> None:
        """Stored once under its key, then folded, as the ledger does; filled shares never shrink."""
        if key in self.store:
            return
        self.store[key] = evidence
        word = evidence.report if isinstance(evidence, AmendLookedUp) else evidence
        if isinstance(word, BrokerReport) and word.state in CLOSING:
            self.proven_filled = max(self.proven_filled or 0, word.filled)
        before, self.order = self.order, apply(self.order, evidence)
        assert self.order.filled >= before.filled
        assert self.order.matched_quantity >= before.matched_quantity
        if before.life is Life.CLOSED and self.order.life is not Life.CLOSED:
            assert before.close_reason is CloseReason.NOT_RECEIVED
            assert isinstance(word, BrokerReport)

    def refolded(self) -> Order:
        return reduce(apply, self.store.values(), self.order.as_placed)

    # What always holds

    @invariant()
    def we_never_claim_more_than_the_broker_filled(self) -> None:
        assert self.order.filled <= self.broker.filled

    @invariant()
    def the_hold_is_what_the_order_needs(self) -> None:
        """I2: the worse of the old terms and those asked for; enough for all that the broker may still do to it."""
        order, broker = self.order, self.broker
        open_ways = (
            order.terms,
            *(r.wanted(order.terms) for r in order.requests if r.action is Action.AMEND and r.open),
        )
        gone = order.filled + order.cancelled
        left = [max(0, terms.quantity - gone) for terms in open_ways]
        prices = [terms.price or CEILING for terms in open_ways]
        is_over = order.life is Life.CLOSED and not order.quarantined
        worst = 0 if is_over else max(left)
        values = [quantity * price for quantity, price in zip(left, prices, strict=True)]
        cash = cash_for(order.fees, order.filled_value, 0 if is_over else max(values))
        assert hold(order) == (Hold(cash=cash) if order.terms.side is Side.BUY else Hold(shares=worst))
        if order.close_reason is CloseReason.NOT_RECEIVED or self.surprised:
            return
        assert order.filled + worst >= broker.filled - broker.filled_late + broker.leaves
        if broker.leaves and worst and order.terms.side is Side.BUY:
            assert max(prices) >= (broker.price or CEILING)

    @invariant()
    def the_terms_are_ones_that_the_broker_has_had(self) -> None:
        """LC-54: before the send they are what was last asked for; an MTL's limit need not be told (LC-72)."""
        order, last = self.order, self.order.last_amend
        if order.acknowledged:
            same = {price for price, quantity in self.broker.had if quantity == order.quantity}
            assert order.terms.price in same or (order.terms.price is None and same)
        elif last is not None and last.state is RequestState.DONE:
            assert last.wanted(order.terms) == order.terms

    @invariant()
    def one_change_is_open_at_a_time_and_a_cancel_goes_first(self) -> None:
        amends = [each for each in self.order.requests if each.action is Action.AMEND and each.open]
        assert len(amends) <= 1, "LC-59"
        if self.order.open_cancel is not None:
            assert all(each.in_flight for each in amends), "LC-60"

    @invariant()
    def an_honest_broker_raises_no_alarm(self) -> None:
        wrong = {Anomaly.OVERFILLED, Anomaly.FILL_WORSE_THAN_LIMIT, Anomaly.UNEXPECTED_TERMS}
        assert self.surprised or not wrong & set(self.order.anomalies)
        assert Anomaly.LIVE_AFTER_CLOSE not in self.order.anomalies

    @invariant()
    def a_mok_that_ends_in_part_is_marked(self) -> None:
        order = self.order
        is_partial = 0 < order.filled < order.quantity and order.life is Life.CLOSED and not order.quarantined
        if order.terms.order_type is OrderType.MOK and is_partial:
            assert Anomaly.PARTIAL_FILL_OF_MOK in order.anomalies, "LC-74"

    @invariant()
    def a_closing_word_that_accounts_for_every_fill_frees_the_hold(self) -> None:
        """I2, LC-28: however it came, also when it was the first to tell of a fill after the end."""
        if self.order.filled == self.proven_filled:
            assert (hold(self.order), self.order.quarantined) == (Hold(), False)

    @invariant()
    def a_fill_that_no_closing_word_accounts_for_keeps_the_rest_held(self) -> None:
        """LC-28: unless the end was a cancel, which allows for fills that were faster."""
        order = self.order
        if order.close_reason is CloseReason.EXPIRED and order.filled > (self.proven_filled or 0):
            assert order.leaves == order.quantity - order.filled

    @invariant()
    def a_fill_proves_that_the_broker_has_the_order(self) -> None:
        assert not self.order.filled or self.order.life in {Life.LIVE, Life.CLOSED}, "LC-13"

    @invariant()
    def nobody_here_closes_what_may_be_at_the_broker(self) -> None:
        for reason in OURS:
            unchanged = apply(self.order, ClosedHere(reason, "")) == self.order
            may_close = {CloseReason.NOT_RECEIVED: Life.UNKNOWN}.get(reason, Life.UNSENT)
            assert unchanged or self.order.life is may_close

    @invariant()
    def a_proven_close_holds_nothing_and_has_no_open_change(self) -> None:
        if self.order.life is Life.CLOSED:
            assert self.order.quarantined or hold(self.order) == Hold()
            assert self.order.open_cancel is None
            assert self.order.open_amend is None

    @invariant()
    def what_is_stored_folds_to_what_is_booked(self) -> None:
        assert self.refolded() == self.order, "I3"

    @invariant()
    def people_always_see_a_status(self) -> None:
        """Everything has traded: it is filled, unless an amendment on its way may have made it larger."""
        has_all, amend = self.order.filled >= self.order.quantity, self.order.open_amend
        may_grow = amend is not None and amend.in_flight and amend.wanted(self.order.terms).quantity > self.order.filled
        assert (status(self.order) is Status.FILLED) == (has_all and not may_grow)

    def teardown(self) -> None:
        self.everything_arrives()


def answer_of(way: Way, *, clear: bool) -> Answer:
    """What a sender can honestly say: nothing that may have arrived is `not_sent`."""
    if not clear or way is Way.UNDER_WAY:
        return Answer.UNKNOWN
    known = {Way.ARRIVED: Answer.ACCEPTED, Way.REFUSED_AT_THE_DOOR: Answer.REFUSED, Way.LOST: Answer.NOT_SENT}
    return known[way]


TestOrderMachine = OrderMachine.TestCase
TestOrderMachine.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
