"""What holds for an order after any evidence in any order."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from market.fees import commission
from market.reserve import cash_for
from orders.evidence import Answer, BrokerReport, BrokerState, Evidence, Match, RequestAnswered
from orders.folding import apply
from orders.holds import hold
from orders.order import Life, Order
from orders.status import CLOSED_STATUSES, status
from tests.orders.test_races import (
    AT,
    CANCEL_ASKED,
    CANCEL_REFUSED,
    CANCEL_STARTED,
    CANCEL_TAKEN,
    ORDER,
    PRICE,
    STARTED,
    TAKEN,
    fold,
)

QUANTITIES = st.integers(min_value=1, max_value=12).map(lambda lots: lots * 100)
MATCHES = st.builds(Match, st.just("77"), QUANTITIES, st.sampled_from([85_300, 85_400, PRICE]), st.just(AT))


@st.composite
def reports(draw: st.DrawFn) -> BrokerReport:
    filled = draw(st.integers(0, 10)) * 100
    state = draw(st.sampled_from(BrokerState))
    return BrokerReport("77", "10000000", state, 1_000, filled, filled * PRICE, 0)


ANYTHING: st.SearchStrategy[Evidence] = st.one_of(
    MATCHES,
    reports(),
    st.sampled_from([TAKEN, CANCEL_ASKED, CANCEL_STARTED, CANCEL_TAKEN, CANCEL_REFUSED]),
    st.sampled_from([RequestAnswered("10000000", answer) for answer in Answer]),
)


@given(st.lists(ANYTHING, max_size=12))
def test_no_evidence_loses_a_fill_or_makes_quantities_contradict(evidence: list[Evidence]) -> None:
    order = fold(STARTED)
    matched = 0
    for each in evidence:
        before, order = order, apply(order, each)
        matched += each.quantity if isinstance(each, Match) else 0
        assert order.matched_quantity == matched
        assert order.filled >= max(matched, before.filled)
        assert 0 <= order.leaves <= order.quantity
        assert order.filled + order.leaves + order.cancelled <= max(order.quantity, order.filled)
        assert hold(order).cash >= 0
        status(order)


@given(st.lists(ANYTHING, max_size=12))
def test_a_proven_close_holds_nothing(evidence: list[Evidence]) -> None:
    order = fold(STARTED, *evidence)
    if status(order) in CLOSED_STATUSES and not order.quarantined:
        assert hold(order).cash == 0


def lives(order: Order) -> tuple[object, ...]:
    return (status(order), order.filled, order.filled_value, order.cancelled, order.leaves)


@given(st.permutations([100, 200, 300, 400]), st.data())
def test_matches_and_their_cumulative_reports_give_one_result_in_any_order(
    parts: list[int], data: st.DataObject
) -> None:
    evidence: list[Evidence] = []
    total = 0
    for part in parts:
        total += part
        state = BrokerState.FILLED if total == 1_000 else BrokerState.WORKING
        evidence += [
            Match("77", part, PRICE, AT),
            BrokerReport("77", "10000000", state, 1_000, total, total * PRICE, 0),
        ]
    shuffled = data.draw(st.permutations(evidence))
    doubled_reports = [each for each in shuffled if isinstance(each, BrokerReport)]
    assert lives(fold(STARTED, TAKEN, *shuffled, *doubled_reports)) == lives(fold(STARTED, TAKEN, *evidence))


@given(st.lists(QUANTITIES, min_size=1, max_size=8), st.integers(1, 5_000))
def test_commissions_of_the_parts_never_exceed_the_hold(parts: list[int], ppm: int) -> None:
    fees = replace(ORDER.fees, commission_ppm=ppm)
    total = sum(parts) * PRICE
    held = cash_for(fees, 0, total)
    paid = filled = 0
    for part in parts:
        value = part * PRICE
        paid += value + commission(fees, filled + value) - commission(fees, filled)
        filled += value
        assert paid + cash_for(fees, filled, total - filled) == held
    assert paid == held


def test_life_is_never_lost_once_the_order_is_closed_by_the_broker() -> None:
    closed = fold(STARTED, TAKEN, BrokerReport("77", "10000000", BrokerState.CANCELED, 1_000, 0, 0, 1_000))
    assert fold(STARTED, order=closed).life is Life.CLOSED
