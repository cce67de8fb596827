"""Postings, costs and fills as pure arithmetic: sums, holds and the order of evidence, over many generated lives."""

from collections import Counter
from datetime import UTC, date, datetime
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from ledger.costs import Holding, holding_after
from ledger.executions import Fill, fills_after
from ledger.postings import (
    CASH,
    OWNED,
    Bucket,
    Free,
    Posting,
    acceptance_postings,
    booking_postings,
    needed_hold,
    settlement_postings,
)
from ledger.steps import StoredEvidence, fold
from market.fees import FeeSchedule
from market.terms import OrderTerms
from market.vocabulary import Exchange, OrderType, Side
from orders.evidence import BrokerReport, BrokerState, Evidence, Match
from orders.holds import charges
from orders.order import Order

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
PRICE = 85_500
OPENING = {CASH: 90_000_000, "VIC": 700}
Buckets = Counter[tuple[Bucket, str, date | None]]


def _order(side: Side, quantity: int) -> Order:
    terms = OrderTerms("VIC", Exchange.HOSE, side, OrderType.LO, quantity, PRICE)
    return Order("o1", "a1", "c1", terms, DAY, FeeSchedule(1_500))


def _apply(buckets: Buckets, postings: tuple[Posting, ...]) -> None:
    sums: Counter[str] = Counter()
    for posting in postings:
        sums[posting.asset] += posting.amount
        buckets[posting.bucket, posting.asset, posting.traded_on] += posting.amount
    assert not any(sums.values()), "a transaction sums to zero per asset"
    for (bucket, _, _), balance in buckets.items():
        if bucket in (Bucket.AVAILABLE, Bucket.HELD, Bucket.PENDING):
            assert balance >= 0
        if bucket is Bucket.SHORTFALL:
            assert balance <= 0


def _free(buckets: Buckets, asset: str) -> int:
    return buckets[Bucket.AVAILABLE, asset, None] + buckets[Bucket.SHORTFALL, asset, None]


def _live(order: Order, life: list[Evidence], *, batch: bool) -> tuple[Buckets, Order, Holding]:
    buckets: Buckets = Counter()
    for asset, amount in OPENING.items():
        buckets[Bucket.AVAILABLE, asset, None] = amount
    holding = Holding(700, 700 * 80_000)
    _apply(buckets, acceptance_postings(order))
    stored = [StoredEvidence(row, f"e{row}", evidence, "test", None, NOON) for row, evidence in enumerate(life)]
    turns = [stored] if batch else [[one] for one in stored]
    for turn in turns:
        after = fold(order, 0, turn)[-1].after if turn else order
        pending = buckets[Bucket.PENDING, CASH, DAY]
        free = Free(_free(buckets, CASH), _free(buckets, "VIC"), pending, buckets[Bucket.PENDING, "VIC", DAY])
        _apply(buckets, booking_postings(order, after, free))
        holding = holding_after(holding, order, after)
        order = after
    return Counter({place: amount for place, amount in buckets.items() if amount}), order, holding


@st.composite
def lives(draw: st.DrawFn) -> tuple[Order, list[Evidence]]:
    """An order of up to 500 shares, its executions (up to a double overfill), reports after some, a closing word."""
    side = draw(st.sampled_from(Side))
    quantity = draw(st.integers(1, 5)) * 100
    matches = draw(st.lists(st.builds(_match, st.integers(1, 300), st.integers(79_600, 91_400)), max_size=5))
    life: list[Evidence] = list(matches)
    filled = value = 0
    for match in matches:
        filled += match.quantity
        value += match.quantity * match.price
        if draw(st.booleans()):
            life.append(_report(quantity, filled, value, BrokerState.WORKING))
    closing = BrokerState.FILLED if filled >= quantity else BrokerState.CANCELED
    life.append(_report(quantity, filled, value, closing))
    return _order(side, quantity), life


def _match(quantity: int, price: int) -> Match:
    return Match("B1", quantity, price, NOON)


def _report(quantity: int, filled: int, value: int, state: BrokerState) -> BrokerReport:
    return BrokerReport("B1", "", state, quantity, filled, value, max(0, quantity - filled))


@given(lives(), st.randoms(use_true_random=False))
def test_every_order_of_the_evidence_ends_in_the_same_balances(
    life: tuple[Order, list[Evidence]], random: Random
) -> None:
    order, evidence = life
    shuffled = list(evidence)
    random.shuffle(shuffled)
    balances, _, _ = _live(order, evidence, batch=False)
    assert _live(order, shuffled, batch=False)[0] == balances
    assert _live(order, shuffled, batch=True)[0] == balances


@given(lives())
def test_holds_end_at_zero_and_what_is_owned_changes_by_exactly_the_trade(life: tuple[Order, list[Evidence]]) -> None:
    balances, order, _ = _live(*life, batch=False)
    assert balances[Bucket.HELD, CASH, None] == balances[Bucket.HELD, "VIC", None] == 0
    owned: Counter[str] = Counter()
    for (bucket, asset, _), amount in balances.items():
        owned[asset] += amount if bucket in OWNED else 0
    sign = 1 if order.terms.side is Side.BUY else -1
    owed = charges(order)
    assert owned["VIC"] == OPENING["VIC"] + sign * order.filled
    assert owned[CASH] == OPENING[CASH] - sign * order.filled_value - owed.commission - owed.tax


@given(lives())
def test_held_is_always_what_the_order_needs(life: tuple[Order, list[Evidence]]) -> None:
    order, evidence = life
    for length in range(len(evidence) + 1):
        balances, after, _ = _live(order, evidence[:length], batch=False)
        needed = needed_hold(after)
        assert balances[Bucket.HELD, CASH, None] == needed.cash
        assert balances[Bucket.HELD, "VIC", None] == needed.shares


@given(lives(), st.randoms(use_true_random=False))
def test_cost_less_profit_is_the_money_paid_to_the_dong(life: tuple[Order, list[Evidence]], random: Random) -> None:
    order, evidence = life
    random.shuffle(evidence)
    _, after, holding = _live(order, evidence, batch=False)
    owed = charges(after)
    sign = 1 if order.terms.side is Side.BUY else -1
    paid = sign * after.filled_value + owed.commission + owed.tax
    assert holding.quantity == 700 + sign * after.filled
    assert holding.cost_total - holding.realized_pnl == 700 * 80_000 + paid


@given(lives(), st.randoms(use_true_random=False))
def test_fills_that_count_add_up_to_the_order_after_every_step(
    life: tuple[Order, list[Evidence]], random: Random
) -> None:
    order, evidence = life
    random.shuffle(evidence)
    stored = [StoredEvidence(row, f"e{row}", one, "test", None, NOON) for row, one in enumerate(evidence)]
    fills: dict[str, Fill] = {}
    for one in stored:
        steps = fold(order, 0, [one])
        standing = [fill for fill in fills.values() if fill.provisional and fill.superseded_by is None]
        fills.update({fill.key: fill for fill in fills_after(standing, steps)})
        order = steps[-1].after
        counting = [fill for fill in fills.values() if fill.superseded_by is None]
        owed = charges(order)
        assert sum(fill.quantity for fill in counting) == order.filled
        assert sum(fill.value for fill in counting) == order.filled_value
        assert sum(fill.commission for fill in counting) == owed.commission
        assert sum(fill.tax for fill in counting) == owed.tax


@given(st.integers(1, 10**12), st.integers(-(10**12), 10**12))
def test_a_settlement_pays_a_shortfall_before_anything_becomes_available(amount: int, free: int) -> None:
    buckets: Buckets = Counter()
    buckets[Bucket.PENDING, CASH, DAY] = amount
    buckets[Bucket.AVAILABLE, CASH, None] = max(free, 0)
    buckets[Bucket.SHORTFALL, CASH, None] = min(free, 0)
    _apply(buckets, settlement_postings(CASH, DAY, amount, free))
    assert buckets[Bucket.AVAILABLE, CASH, None] == max(free + amount, 0)
    assert buckets[Bucket.SHORTFALL, CASH, None] == min(free + amount, 0)


def test_the_proceeds_of_a_settled_sale_are_corrected_in_free_cash() -> None:
    before = fold(_order(Side.SELL, 100), 0, [_stored(_report(100, 100, 8_550_000, BrokerState.FILLED))])[-1].after
    after = fold(before, 1, [_stored(_match(100, 85_000))])[-1].after
    moved = booking_postings(before, after, Free(cash=1_000_000, shares=0, pending_cash=0, pending_shares=0))
    lost = 50_000 - 75 - 50
    assert Posting(Bucket.AVAILABLE, CASH, -lost) in moved
    assert all(posting.bucket is not Bucket.PENDING for posting in moved)


def _stored(evidence: Evidence) -> StoredEvidence:
    return StoredEvidence(1, "e", evidence, "test", None, NOON)
