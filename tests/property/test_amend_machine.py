"""The same random lives, begun where amendments matter: at the broker, with one on its way."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize

from market.vocabulary import OrderType, Side
from orders.evidence import AmendAsked
from tests.property.broker_model import Manner, Told
from tests.property.test_order_machine import AT, LOT, MANNERS, PRICE, TICK, TYPES, WAYS, OrderMachine, Way

QUANTITIES = st.integers(1, 8) | st.none()
TICKS = st.sampled_from([-2, -1, 1, 2])


class AmendMachine(OrderMachine):
    """An order that works at the broker, perhaps filled in part, whose first amendment has just left."""

    @initialize(
        side=st.sampled_from(Side),
        order_type=TYPES,
        filled=st.integers(0, 3),
        lots=QUANTITIES,
        ticks=TICKS,
        way=WAYS,
        manner=MANNERS,
    )
    def place(
        self, side: Side, order_type: OrderType, filled: int, lots: int | None, ticks: int, way: Way, manner: Manner
    ) -> None:
        self.begin(side, order_type, lots=4, way=Way.ARRIVED, phase_open=True, calm=False)
        self.the_broker_says_how_it_stands()
        if filled:
            self.broker.fill(filled * LOT, PRICE, Told.REPORT_LAST)
        for number in self.waiting():
            self.deliver(number)
        price = self.order.terms.price
        if lots is not None or price is None:
            self.book("first", AmendAsked("first", "trader", AT, quantity=(lots or 6) * LOT))
        else:
            self.book("first", AmendAsked("first", "trader", AT, price=price + ticks * TICK))
        self.wishes += 1
        self.the_next_step_is_taken(way, manner)


TestAmendMachine = AmendMachine.TestCase
TestAmendMachine.settings = settings(max_examples=300, stateful_step_count=30, deadline=None)
