"""Continuous trading on a book against a plain model of price-time priority, and cases one can follow by eye."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from market.bands import Band
from market.matching import PriceGrid, Trade
from market.vocabulary import Exchange, InstrumentKind, OrderType, Side
from simulator.book import Book, Resting
from simulator.venue import enter_continuous

GRID = PriceGrid(Exchange.HNX, InstrumentKind.ETF, Band(100, 110, 90))


def order(order_id: str, side: Side, price: int, quantity: int) -> Resting:
    return Resting(order_id, side, OrderType.LO, price, quantity, arrival=0)


def submit(book: Book, incoming: Resting) -> list[Trade]:
    return list(enter_continuous(book, incoming, GRID).trades)


def test_the_best_price_trades_first_and_at_its_own_price() -> None:
    book = Book()
    submit(book, order("dear", Side.SELL, 102, 100))
    submit(book, order("cheap", Side.SELL, 101, 100))
    assert submit(book, order("buyer", Side.BUY, 105, 150)) == [
        Trade("buyer", "cheap", 101, 100),
        Trade("buyer", "dear", 102, 50),
    ]
    assert book.depth(Side.SELL, 3) == [(102, 50)]


def test_at_one_price_the_earlier_order_trades_first() -> None:
    book = Book()
    submit(book, order("early", Side.BUY, 100, 100))
    submit(book, order("late", Side.BUY, 100, 100))
    assert submit(book, order("seller", Side.SELL, 100, 150)) == [
        Trade("early", "seller", 100, 100),
        Trade("late", "seller", 100, 50),
    ]


def test_what_does_not_cross_rests() -> None:
    book = Book()
    submit(book, order("seller", Side.SELL, 101, 100))
    assert submit(book, order("buyer", Side.BUY, 100, 100)) == []
    assert (book.best(Side.BUY), book.best(Side.SELL)) == (100, 101)


def test_a_cancelled_order_never_trades() -> None:
    book = Book()
    submit(book, order("seller", Side.SELL, 100, 100))
    assert book.remove("seller") is not None
    assert book.remove("seller") is None
    assert submit(book, order("buyer", Side.BUY, 100, 100)) == []


def test_the_quantity_within_a_limit_counts_the_levels_up_to_it() -> None:
    book = Book()
    for price in (101, 102, 103):
        submit(book, order(f"at {price}", Side.SELL, price, 100))
    assert [book.quantity_within(Side.SELL, limit) for limit in (100, 101, 102, 200)] == [0, 100, 200, 300]


@dataclass(frozen=True)
class Step:
    side: Side
    price: int
    quantity: int
    cancels: int | None


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(Side),
        st.integers(95, 105),
        st.integers(1, 5).map(lambda lots: lots * 100),
        st.none() | st.integers(0, 20),
    ),
    max_size=30,
)


@dataclass
class Limit:
    order_id: str
    side: Side
    price: int
    leaves: int


class PlainBook:
    """The same rules, written as slowly and plainly as possible: one list, searched from the start."""

    def __init__(self) -> None:
        self.waiting: list[Limit] = []

    def submit(self, incoming: Limit) -> list[Trade]:
        executions = []
        while incoming.leaves:
            crossing = [
                other
                for other in self.waiting
                if other.side is not incoming.side
                and (other.price <= incoming.price if incoming.side is Side.BUY else other.price >= incoming.price)
            ]
            if not crossing:
                self.waiting.append(incoming)
                break
            sign = 1 if incoming.side is Side.BUY else -1
            # `min` returns the first of equals: the list is in order of arrival.
            best = min(crossing, key=lambda other: sign * other.price)
            quantity = min(best.leaves, incoming.leaves)
            best.leaves -= quantity
            incoming.leaves -= quantity
            buyer, seller = (incoming, best) if incoming.side is Side.BUY else (best, incoming)
            executions.append(Trade(buyer.order_id, seller.order_id, best.price, quantity))
            self.waiting = [other for other in self.waiting if other.leaves]
        return executions


@settings(deadline=None)
@given(STEPS)
def test_every_execution_is_the_one_that_price_and_time_demand(steps: list[Step]) -> None:
    book, plain = Book(), PlainBook()
    for number, step in enumerate(steps):
        if step.cancels is not None:
            book.remove(str(step.cancels))
            plain.waiting = [other for other in plain.waiting if other.order_id != str(step.cancels)]
        made = submit(book, order(str(number), step.side, step.price, step.quantity))
        assert made == plain.submit(Limit(str(number), step.side, step.price, step.quantity))
    assert set(book.order_ids()) == {other.order_id for other in plain.waiting}


@settings(deadline=None)
@given(STEPS)
def test_no_share_appears_or_vanishes_and_the_book_is_never_crossed(steps: list[Step]) -> None:
    book = Book()
    traded = dict.fromkeys(Side, 0)
    sides: dict[str, Side] = {}
    entered = dict.fromkeys(Side, 0)
    for number, step in enumerate(steps):
        sides[str(number)] = step.side
        entered[step.side] += step.quantity
        for trade in submit(book, order(str(number), step.side, step.price, step.quantity)):
            traded[sides[trade.buy_id]] += trade.quantity
            traded[sides[trade.sell_id]] += trade.quantity
        bid, ask = book.best(Side.BUY), book.best(Side.SELL)
        assert bid is None or ask is None or bid < ask
    for side in Side:
        waiting = sum(quantity for _, quantity in book.depth(side, 100))
        assert entered[side] == traded[side] + waiting
