"""Busts and corrections as pure arithmetic: the money of the last word, whatever came before it (LC-31)."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ledger.costs import Holding, bought, movement, sold
from ledger.executions import Fill, fills_after
from ledger.postings import CASH, OWNED, Bucket, Free, acceptance_postings, booking_postings, needed_hold
from ledger.recosting import Line, recosted
from ledger.steps import StoredEvidence, fold
from market.vocabulary import Side
from orders.evidence import BrokerState, Evidence
from orders.holds import charges
from orders.order import Order
from tests.ledger.test_postings import DAY, NOON, Buckets, _apply, _free
from tests.orders.test_races import ORDER, STARTED, TAKEN
from tests.orders.test_restated_figures import NumberedBroker, brokers, trade, word

OPENING = {CASH: 90_000_000, "VIC": 1_500}
SIDES = st.sampled_from(Side)
PRICES = st.integers(10, 90)
LOTS = st.integers(1, 9)


def _side_of(side: Side) -> Order:
    return replace(ORDER, terms=replace(ORDER.terms, side=side), trading_date=DAY)


def _batches(data: st.DataObject, words: list[Evidence]) -> list[list[StoredEvidence]]:
    shuffled = data.draw(st.permutations(words))
    stored = [StoredEvidence(row, f"e{row}", each, "test", None, NOON) for row, each in enumerate(shuffled)]
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(stored))))))
    return [stored[start:end] for start, end in zip([0, *cuts], [*cuts, len(stored)], strict=True) if start < end]


@given(SIDES, brokers(), st.data())
def test_lc31_balances_holds_and_fills_follow_the_figures(
    side: Side, broker: NumberedBroker, data: st.DataObject
) -> None:
    order = _side_of(side)
    buckets: Buckets = Counter()
    for asset, amount in OPENING.items():
        buckets[Bucket.AVAILABLE, asset, None] = amount
    _apply(buckets, acceptance_postings(order))
    fills: dict[str, Fill] = {}
    for turn in _batches(data, [STARTED, TAKEN, *broker.words]):
        steps = fold(order, 0, turn)
        after = steps[-1].after
        free = Free(
            _free(buckets, CASH),
            _free(buckets, "VIC"),
            buckets[Bucket.PENDING, CASH, DAY],
            buckets[Bucket.PENDING, "VIC", DAY],
        )
        _apply(buckets, booking_postings(order, after, free))
        standing = [fill for fill in fills.values() if fill.superseded_by is None]
        if not any(step.restates for step in steps):
            standing = [fill for fill in standing if fill.provisional]
        changed = fills_after(standing, steps)
        assert len({fill.key for fill in changed}) == len(changed)
        assert all(fill.superseded_by for fill in changed if fill.key in fills), "a fill is never written anew"
        fills.update({fill.key: fill for fill in changed})
        order = after
        _adds_up(order, buckets, fills)
    assert (order.filled, order.filled_value) == (broker.filled, broker.value), "I1"


def _adds_up(order: Order, buckets: Buckets, fills: dict[str, Fill]) -> None:
    counting, owed, needed = (
        [each for each in fills.values() if not each.superseded_by],
        charges(order),
        needed_hold(order),
    )
    assert sum(fill.quantity for fill in counting) == order.filled
    assert sum(fill.value for fill in counting) == order.filled_value
    assert sum(fill.commission for fill in counting) == owed.commission
    assert sum(fill.tax for fill in counting) == owed.tax
    assert buckets[Bucket.HELD, CASH, None] == needed.cash, "I2"
    assert buckets[Bucket.HELD, "VIC", None] == needed.shares, "I2"
    sign = 1 if order.terms.side is Side.BUY else -1
    owned: Counter[str] = Counter()
    for (bucket, asset, _), amount in buckets.items():
        owned[asset] += amount if bucket in OWNED else 0
    assert owned["VIC"] == OPENING["VIC"] + sign * order.filled
    assert owned[CASH] == OPENING[CASH] - sign * order.filled_value - owed.commission - owed.tax


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Line], Holding, Holding]:
    """Trades of one order each, one of which is taken back in the end; what is held then, and had it never been."""
    trades = draw(st.lists(st.tuples(SIDES, LOTS, PRICES), min_size=1, max_size=8))
    gone = draw(st.integers(0, len(trades) - 1))
    opening = Holding(10_000, 500_000)
    with_it = without_it = opening
    lines = [Line(None, None, opening)]
    for number, (side, lots, price) in enumerate(trades):
        with_it = _traded(with_it, side, lots * 100, price)
        without_it = without_it if number == gone else _traded(without_it, side, lots * 100, price)
        lines.append(Line(f"order-{number}", side, with_it))
    side, lots, price = trades[gone]
    sign = -1 if side is Side.BUY else 1
    lines.append(Line(f"order-{gone}", side, bought(with_it, sign * lots * 100, sign * lots * 100 * price)))
    return lines, with_it, without_it


def _traded(holding: Holding, side: Side, quantity: int, price: int) -> Holding:
    move = bought if side is Side.BUY else sold
    return move(holding, quantity, quantity * price)


@given(histories())
def test_lc31_cost_and_profit_are_what_they_were_had_the_trade_never_been(
    history: tuple[list[Line], Holding, Holding],
) -> None:
    lines, _, without_it = history
    assert recosted(lines) == without_it


@given(histories())
def test_a_history_without_corrections_is_worked_out_to_what_it_was(
    history: tuple[list[Line], Holding, Holding],
) -> None:
    lines, with_it, _ = history
    assert recosted(lines[:-1]) == with_it


def test_lc31_part_of_two_executions_is_taken_out_of_the_last_one() -> None:
    first, second = Holding(100, 1_000), Holding(300, 5_000)
    half_sold = Holding(150, 2_500, 500)
    lines = [
        Line("a", Side.BUY, first),
        Line("a", Side.BUY, second),
        Line("b", Side.SELL, half_sold),
        Line("a", Side.BUY, bought(half_sold, -100, -2_000)),
    ]
    assert recosted(lines) == Holding(50, 750, 750)


def test_lc31_more_than_the_last_execution_is_taken_out_of_the_one_before_it_too() -> None:
    first, second = Holding(100, 1_000), Holding(300, 5_000)
    half_sold = Holding(150, 2_500, 500)
    lines = [
        Line("a", Side.BUY, first),
        Line("a", Side.BUY, second),
        Line("b", Side.SELL, half_sold),
        Line("a", Side.BUY, bought(half_sold, -250, -4_500)),
    ]
    assert recosted(lines) == Holding(-100, 0, 2_500)


def test_lc31_the_same_totals_after_a_bust_make_another_provisional_fill() -> None:
    told = {2: 500, 4: 200, 5: 500}
    reports = [word(number, BrokerState.WORKING, filled) for number, filled in told.items()]
    words: list[Evidence] = [STARTED, TAKEN, trade(1, 200), reports[0], trade(3, 300), *reports[1:]]
    order, keys = _side_of(Side.BUY), set()
    for row, each in enumerate(words):
        steps = fold(order, 0, [StoredEvidence(row, f"e{row}", each, "test", None, NOON)])
        keys |= {fill.key for fill in fills_after((), steps) if fill.provisional}
        order = steps[-1].after
    assert len(keys) == 2


def test_the_movement_of_a_sale_has_its_charges_in_it() -> None:
    order = _side_of(Side.SELL)
    after = replace(order, matched_quantity=100, matched_value=1_000_000)
    assert movement(order, after) == (-100, -1_000_000 + 1_500 + 1_000)
    assert movement(after, order) == (100, 1_000_000 - 1_500 - 1_000)
