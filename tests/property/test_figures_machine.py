"""A state machine over the words about one order's executions: late, twice, out of order, lost and told again.

Once everything has been told, what is booked is the truth; until then no share is booked that never traded.
"""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ledger.executions import Fill, fills_after
from ledger.steps import StoredEvidence, fold
from orders.evidence import BrokerReport, BrokerState, Evidence
from orders.folding import apply
from orders.holds import charges, hold
from orders.order import Anomaly, Life
from tests.orders.test_races import ORDER, PRICE, STARTED, TAKEN
from tests.orders.test_restated_figures import ENDED
from tests.property.figures_model import FiguresModel, Told

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
PRICES = st.sampled_from([PRICE - 200, PRICE - 100, PRICE])
RESTATED = frozenset({Anomaly.FILL_TAKEN_BACK, Anomaly.FILL_CORRECTED})


class FiguresMachine(RuleBasedStateMachine):
    """The order as booked with its fills, and the broker's truth beside it."""

    @initialize(reopens=st.booleans(), hundredths=st.sampled_from([True, True, False]))
    def begin(self, *, reopens: bool, hundredths: bool) -> None:
        self.broker = FiguresModel(reopens, hundredths)
        self.order = ORDER
        self.fills: dict[str, Fill] = {}
        self.stored: list[Evidence] = []
        self.heard: set[int] = set()
        self.book(STARTED)
        self.book(TAKEN)

    # What the broker does

    @precondition(lambda self: self.broker.leaves)
    @rule(lots=st.integers(1, 4), price=PRICES, told=st.sampled_from(Told))
    def it_trades(self, lots: int, price: int, told: Told) -> None:
        self.broker.fill(lots, price, told)

    @precondition(lambda self: self.broker.late)
    @rule()
    def executions_are_told_late(self) -> None:
        self.broker.tell_late_executions()

    @precondition(lambda self: self.broker.executions)
    @rule(which=st.integers(0, 5))
    def an_execution_is_taken_back(self, which: int) -> None:
        self.broker.bust(which)

    @precondition(lambda self: self.broker.executions)
    @rule(which=st.integers(0, 5), ticks=st.sampled_from([-1, 1]))
    def a_price_is_corrected(self, which: int, ticks: int) -> None:
        self.broker.correct(which, ticks)

    @precondition(lambda self: self.broker.leaves)
    @rule(state=st.sampled_from([BrokerState.CANCELED, BrokerState.EXPIRED]), really=st.sampled_from([True, False]))
    def it_ends(self, state: BrokerState, *, really: bool) -> None:
        if really:
            self.broker.end(state)

    # How its words reach us

    @rule()
    def the_book_is_read(self) -> None:
        """Its row is one more word, which may be overtaken or lost like the others."""
        self.broker.words.append(self.broker.row())

    @precondition(lambda self: self.waiting())
    @rule(count=st.integers(1, 4))
    def the_next_words_come(self, count: int) -> None:
        for index in self.waiting()[:count]:
            self.hear(index)

    @precondition(lambda self: self.waiting())
    @rule(data=st.data())
    def a_later_word_overtakes(self, data: st.DataObject) -> None:
        self.hear(data.draw(st.sampled_from(self.waiting())))

    @precondition(lambda self: self.heard)
    @rule(data=st.data())
    def figures_are_told_again_under_another_key(self, data: st.DataObject) -> None:
        """An execution under its old number is one message and stored once; figures change nothing either."""
        again = self.broker.words[data.draw(st.sampled_from(sorted(self.heard)))]
        if isinstance(again, BrokerReport) and again.number:
            before = self.order
            self.book(again)
            assert self.order == before

    def waiting(self) -> list[int]:
        return [index for index in range(len(self.broker.words)) if index not in self.heard]

    def hear(self, index: int) -> None:
        self.heard.add(index)
        self.book(self.broker.words[index])

    def book(self, evidence: Evidence) -> None:
        stored = StoredEvidence(None, f"e{len(self.stored)}", evidence, "test", None, NOON)
        self.stored.append(evidence)
        steps = fold(self.order, len(self.stored), [stored])
        standing = [fill for fill in self.fills.values() if fill.superseded_by is None]
        if not any(step.restates for step in steps):
            standing = [fill for fill in standing if fill.provisional]
        changed = fills_after(standing, steps)
        assert all(fill.superseded_by for fill in changed if fill.key in self.fills), "a fill is never written anew"
        self.fills.update({fill.key: fill for fill in changed})
        self.order = steps[-1].after

    # What always holds

    @invariant()
    def no_share_is_booked_that_never_traded(self) -> None:
        assert self.order.filled <= self.broker.gross

    @invariant()
    def a_fill_that_is_never_restated_raises_no_alarm(self) -> None:
        if not self.broker.restatements:
            assert not {*RESTATED, Anomaly.OVERFILLED, Anomaly.FIGURES_UNCERTAIN} & set(self.order.anomalies)

    @invariant()
    def the_fills_that_count_add_up_to_the_order(self) -> None:
        counting = [fill for fill in self.fills.values() if fill.superseded_by is None]
        owed = charges(self.order)
        assert sum(fill.quantity for fill in counting) == self.order.filled
        assert sum(fill.value for fill in counting) == self.order.filled_value
        assert sum(fill.commission for fill in counting) == owed.commission
        assert all(fill.quantity > 0 for fill in counting)

    def teardown(self) -> None:
        """Everything has been told, in whatever order, and then the book once more."""
        if not hasattr(self, "broker"):
            return
        self.the_book_after_the_day_ends_the_order()
        self.broker.tell_late_executions()
        for index in self.waiting():
            self.hear(index)
        self.book(self.broker.row())
        self.book(self.broker.row())
        self.the_book_after_the_day_ends_the_order()
        order, broker = self.order, self.broker
        is_uncertain = Anomaly.FIGURES_UNCERTAIN in order.anomalies
        if is_uncertain and broker.may_be_read_twice:
            return
        assert order.filled == broker.filled, "I1"
        assert order.filled_value == broker.value or is_uncertain, "I1"
        assert (order.life is Life.CLOSED) == (broker.state in ENDED)
        assert (hold(order).cash > 0) == (broker.leaves > 0), "I2"
        self.the_fills_that_count_add_up_to_the_order()

    def the_book_after_the_day_ends_the_order(self) -> None:
        """Whatever words were lost."""
        if self.broker.state in ENDED:
            assert apply(self.order, replace(self.broker.row(), final=True)).life is Life.CLOSED


TestFiguresMachine = FiguresMachine.TestCase
TestFiguresMachine.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)
