"""Executions taken back or corrected: whatever order the words come in, the broker's last one counts (LC-31)."""

from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.evidence import EVIDENCE, BrokerReport, BrokerState, Evidence, Match
from orders.holds import hold
from orders.order import Anomaly, CloseReason, Life, Order
from orders.status import Status, status
from tests.orders.test_races import ORDER, PRICE, STARTED, TAKEN, WORKING, fold, match, report

ENDED = frozenset({BrokerState.FILLED, BrokerState.CANCELED, BrokerState.EXPIRED})


def word(number: int, state: BrokerState, filled: int, *, cancelled: int = 0, value: int | None = None) -> BrokerReport:
    told = replace(report(state, filled, cancelled), number=number)
    return told if value is None else replace(told, filled_value=value)


def trade(number: int, quantity: int, price: int = PRICE) -> Match:
    return replace(match(quantity, price), number=number)


FILLED = fold(trade(7, 1_000), word(8, BrokerState.FILLED, 1_000), order=WORKING)
BUSTED = word(9, BrokerState.CANCELED, 0, cancelled=1_000)


def test_lc31_an_order_whose_only_execution_is_taken_back_is_cancelled_with_nothing_filled() -> None:
    order = fold(BUSTED, order=FILLED)
    assert (status(order), order.close_reason) == (Status.CANCELED, CloseReason.CANCELED)
    assert (order.filled, order.filled_value, order.leaves, order.cancelled) == (0, 0, 0, 1_000)
    assert (hold(order).cash, order.anomalies) == (0, (Anomaly.FILL_TAKEN_BACK,))


def test_lc31_what_the_broker_leaves_open_is_held_and_works_again() -> None:
    order = fold(word(9, BrokerState.WORKING, 400), order=FILLED)
    assert (order.life, status(order), order.leaves) == (Life.LIVE, Status.PARTIALLY_FILLED, 600)
    assert hold(order).cash > 600 * PRICE
    again = fold(trade(10, 600), word(11, BrokerState.FILLED, 1_000), order=order)
    assert (status(again), again.filled_value, hold(again).cash) == (Status.FILLED, 1_000 * PRICE, 0)


def test_lc31_shares_taken_back_of_an_open_order_may_be_cancelled_with_it() -> None:
    part = fold(trade(7, 500), word(8, BrokerState.WORKING, 500), order=WORKING)
    order = fold(word(9, BrokerState.WORKING, 300, cancelled=200), order=part)
    assert (order.filled, order.cancelled, order.leaves, order.life) == (300, 200, 500, Life.LIVE)


def test_lc31_a_corrected_price_counts_from_then_on() -> None:
    order = fold(word(9, BrokerState.FILLED, 1_000, value=1_000 * (PRICE - 100)), order=FILLED)
    assert (status(order), order.filled, order.filled_value) == (Status.FILLED, 1_000, 1_000 * (PRICE - 100))
    assert order.anomalies == (Anomaly.FILL_CORRECTED,)


def test_a_rounded_average_of_corrected_prices_gives_the_value_that_whole_lots_can_have() -> None:
    """Prices 85,500, 85,500 and 85,400 for 100 shares each average 85,466.67, which is 25,640,001 VND."""
    first = fold(trade(7, 300), word(8, BrokerState.WORKING, 300), order=WORKING)
    assert fold(word(9, BrokerState.WORKING, 300, value=25_640_001), order=first).filled_value == 25_640_000


def test_lc26_the_word_from_before_the_correction_changes_nothing_afterwards() -> None:
    order = fold(BUSTED, order=FILLED)
    late = (trade(7, 1_000), word(8, BrokerState.FILLED, 1_000), word(6, BrokerState.WORKING, 500), BUSTED)
    assert fold(*late, order=order) == order


def test_executions_that_come_after_the_word_that_took_them_back_prove_that_it_did() -> None:
    order = fold(BUSTED, trade(7, 1_000), order=WORKING)
    assert (order.filled, order.anomalies, status(order)) == (0, (Anomaly.FILL_TAKEN_BACK,), Status.CANCELED)


def test_a_book_that_was_read_before_the_correction_does_not_bring_it_back() -> None:
    order = fold(BUSTED, order=FILLED)
    assert fold(word(0, BrokerState.FILLED, 1_000), order=order) == order


def test_another_fill_after_the_correction_counts_once_figures_with_a_number_count_it() -> None:
    """The figures of the correction may count an execution that is told after them."""
    order = fold(word(9, BrokerState.WORKING, 400), trade(10, 300), order=FILLED)
    assert (order.filled, order.anomalies) == (400, (Anomaly.FILL_TAKEN_BACK,))
    told = fold(word(11, BrokerState.WORKING, 700), order=order)
    assert (told.filled, told.filled_value, told.details_complete) == (700, 700 * PRICE, True)


def test_a_book_that_tells_of_more_after_the_correction_without_any_execution_is_told_to_a_person() -> None:
    """It may have been read before the executions were taken back: booked is what is certain."""
    order = fold(word(9, BrokerState.WORKING, 400), word(0, BrokerState.WORKING, 700), order=FILLED)
    assert (order.filled, order.anomalies) == (400, (Anomaly.FILL_TAKEN_BACK, Anomaly.FIGURES_UNCERTAIN))


@pytest.mark.parametrize(
    ("state", "filled", "cancelled", "reason"),
    [
        (BrokerState.FILLED, 1_000, 0, CloseReason.FILLED),
        (BrokerState.CANCELED, 500, 500, CloseReason.CANCELED),
        (BrokerState.EXPIRED, 700, 300, CloseReason.EXPIRED),
    ],
)
def test_a_book_from_after_the_day_ends_a_restated_order_whose_last_words_were_lost(
    state: BrokerState, filled: int, cancelled: int, reason: CloseReason
) -> None:
    book = word(0, state, filled, cancelled=cancelled)
    early = fold(word(9, BrokerState.WORKING, 300), book, order=FILLED)
    assert (early.life, early.filled) == (Life.LIVE, 300)
    order = fold(replace(book, final=True), order=early)
    assert (order.life, order.close_reason, order.filled, order.cancelled) == (Life.CLOSED, reason, filled, cancelled)
    assert (order.filled_value, hold(order).cash, order.leaves) == (filled * PRICE, 0, 0)
    assert order.anomalies == (Anomaly.FILL_TAKEN_BACK, Anomaly.FIGURES_UNCERTAIN)


def test_what_a_book_from_after_the_day_tells_beyond_the_last_word_is_told_to_a_person_and_detailed_later() -> None:
    book = replace(word(0, BrokerState.FILLED, 1_000), final=True)
    order = fold(word(9, BrokerState.WORKING, 300), book, order=FILLED)
    assert (order.filled, order.close_reason) == (1_000, CloseReason.FILLED)
    assert order.anomalies == (Anomaly.FILL_TAKEN_BACK, Anomaly.FIGURES_UNCERTAIN)
    again = fold(trade(10, 700), word(11, BrokerState.FILLED, 1_000), order=order)
    assert (again.filled, again.details_complete, again.anomalies) == (1_000, True, order.anomalies)


def test_a_book_from_after_the_day_adds_nothing_to_a_restated_order_that_has_ended() -> None:
    """It may have been read before the word that took executions back and ended the order."""
    order = fold(word(9, BrokerState.CANCELED, 300, cancelled=700), order=FILLED)
    assert fold(replace(word(0, BrokerState.FILLED, 1_000), final=True), order=order) == order


def test_a_report_that_was_stored_before_books_could_be_final_is_read_as_an_early_one() -> None:
    stored = EVIDENCE.dump_json(word(0, BrokerState.FILLED, 1_000)).replace(b',"final":false', b"")
    assert b"final" not in stored
    assert EVIDENCE.validate_json(stored) == word(0, BrokerState.FILLED, 1_000)


def test_lc26_a_late_word_below_what_a_book_has_told_takes_nothing_back() -> None:
    ahead = fold(word(3, BrokerState.WORKING, 300), word(0, BrokerState.WORKING, 700), order=WORKING)
    order = fold(word(5, BrokerState.WORKING, 500), order=ahead)
    assert (order.filled, order.anomalies) == (700, ())


def test_what_a_book_has_told_is_taken_back_once_a_word_below_the_last_one_tells_it_too() -> None:
    ahead = fold(word(0, BrokerState.WORKING, 700), word(6, BrokerState.WORKING, 600), order=WORKING)
    order = fold(word(5, BrokerState.WORKING, 700), order=ahead)
    assert (order.filled, order.anomalies) == (600, (Anomaly.FILL_TAKEN_BACK,))


def test_lc62_a_successor_that_counts_by_itself_takes_nothing_back() -> None:
    part = fold(trade(7, 300), order=WORKING)
    new = replace(word(9, BrokerState.WORKING, 0), broker_order_id="78")
    order = fold(new, replace(new, number=10), replace(trade(11, 200), broker_order_id="78"), order=part)
    assert (order.filled, order.anomalies) == (500, ())


@dataclass
class NumberedBroker:
    """Fills, takes back, corrects and ends one order; each step is told under the next number.

    `reopens`: what is taken back can trade again, else it is cancelled, as the simulator does. `figures_first`: an
    execution is told after the figures that count it.
    """

    reopens: bool
    figures_first: bool = False
    executions: list[tuple[int, int]] = field(default_factory=list)
    cancelled: int = 0
    state: BrokerState = BrokerState.WORKING
    words: list[Evidence] = field(default_factory=list)

    @property
    def filled(self) -> int:
        return sum(quantity for quantity, _ in self.executions)

    @property
    def value(self) -> int:
        return sum(quantity * price for quantity, price in self.executions)

    @property
    def leaves(self) -> int:
        return 0 if self.state in ENDED else ORDER.quantity - self.filled - self.cancelled

    def fill(self, lots: int, price: int) -> None:
        quantity = min(lots * 100, self.leaves)
        if not quantity:
            return
        self.executions.append((quantity, price))
        if not self.leaves:
            self.state = BrokerState.CANCELED if self.cancelled else BrokerState.FILLED
        if self.figures_first:
            self.tell()
        self.words.append(trade(len(self.words) + 1, quantity, price))
        if not self.figures_first:
            self.tell()

    def bust(self, which: int) -> None:
        if not self.executions:
            return
        quantity, _ = self.executions.pop(which % len(self.executions))
        if self.state is BrokerState.FILLED:
            self.state = BrokerState.WORKING if self.reopens else BrokerState.CANCELED
        if self.state in ENDED:
            self.cancelled = ORDER.quantity - self.filled
        elif not self.reopens:
            self.cancelled += quantity
        self.tell()

    def correct(self, which: int, ticks: int) -> None:
        if not self.executions:
            return
        quantity, price = self.executions[which % len(self.executions)]
        self.executions[which % len(self.executions)] = quantity, price + ticks * 100
        self.tell()

    def end(self, state: BrokerState) -> None:
        if self.leaves:
            self.cancelled += self.leaves
            self.state = state
            self.tell()

    def tell(self) -> None:
        average = round(self.value / self.filled, 2) if self.filled else 0
        told = round(average * self.filled)
        self.words.append(word(len(self.words) + 1, self.state, self.filled, cancelled=self.cancelled, value=told))


@st.composite
def brokers(draw: st.DrawFn, *, figures_first: bool = False) -> NumberedBroker:
    broker = NumberedBroker(draw(st.booleans()), figures_first)
    for _ in range(draw(st.integers(1, 8))):
        step = draw(st.sampled_from(["fill", "fill", "fill", "bust", "correct", "end"]))
        if step == "fill":
            broker.fill(draw(st.integers(1, 7)), draw(st.sampled_from([85_300, 85_400, PRICE])))
        elif step == "bust":
            broker.bust(draw(st.integers(0, 9)))
        elif step == "correct":
            broker.correct(draw(st.integers(0, 9)), draw(st.sampled_from([-1, 1])))
        else:
            broker.end(draw(st.sampled_from([BrokerState.CANCELED, BrokerState.EXPIRED])))
    return broker


def agrees(order: Order, broker: NumberedBroker) -> None:
    assert (order.filled, order.filled_value, order.leaves) == (broker.filled, broker.value, broker.leaves), "I1"
    assert order.details_complete
    assert (order.life is Life.CLOSED) == (broker.state in ENDED)
    assert (status(order) is Status.FILLED) == (broker.state is BrokerState.FILLED)
    assert (hold(order).cash > 0) == (broker.leaves > 0), "I2"


@settings(max_examples=400)
@given(brokers(), st.data())
def test_lc31_in_whatever_order_the_words_come_and_come_again_the_last_one_counts(
    broker: NumberedBroker, data: st.DataObject
) -> None:
    arriving = data.draw(st.permutations(broker.words))
    order = fold(*arriving, order=fold(STARTED, TAKEN))
    if not broker.words:
        return
    agrees(order, broker)
    reports = [each for each in data.draw(st.permutations(broker.words)) if isinstance(each, BrokerReport)]
    again = fold(*reports, order=order)
    agrees(again, broker)
    assert again == order


@given(brokers(figures_first=True))
def test_lc31_executions_may_be_told_after_the_figures_that_count_them(broker: NumberedBroker) -> None:
    order = fold(*broker.words, order=fold(STARTED, TAKEN))
    if broker.words:
        agrees(order, broker)


@given(brokers())
def test_without_restated_figures_in_order_nothing_is_marked(broker: NumberedBroker) -> None:
    told = [each.filled for each in broker.words if isinstance(each, BrokerReport)]
    order = fold(*broker.words, order=fold(STARTED, TAKEN))
    is_lower = any(later < earlier for earlier, later in pairwise(told))
    assert (Anomaly.FILL_TAKEN_BACK in order.anomalies) == is_lower
