"""The soak's accounting: which orders may end otherwise, and what is a finding."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

from bench.soak.accounting import CAUSES, Mischief, Verdict, judge
from bench.soak.client import Answers
from bench.soak.mishaps import EXCLUDED
from market.fees import SSI_ONLINE
from market.terms import OrderTerms
from market.vocabulary import Exchange, OrderType, Side
from orders.order import Anomaly, CloseReason, Life, Order, Origin
from orders.stored import StoredOrder
from orders.stored import Verdict as OrderVerdict
from simulator.fault_kinds import FaultKind
from tests.support.reckoning import Account

AT = datetime(2026, 11, 20, 3, tzinfo=UTC)
TERMS = OrderTerms("HAG", Exchange.HOSE, Side.BUY, OrderType.LO, 100, 12_000)
ORDER = Order(
    "order-1",
    "0901351",
    "soak-1",
    TERMS,
    date(2026, 11, 20),
    SSI_ONLINE,
    life=Life.CLOSED,
    close_reason=CloseReason.EXPIRED,
)


def judged(*orders: Order, asked: tuple[Order, ...] = (ORDER,), faults: tuple[FaultKind, ...] = ()) -> Verdict:
    answers = Answers()
    for order in asked:
        answers.placed(order.client_order_id, order.order_id, 201)
    account = Account(tuple(stored(order) for order in orders), (), ())
    return judge(len(asked), answers, account, Mischief(Counter(), Counter(faults), 0), 1.0)


def stored(order: Order) -> StoredOrder:
    return StoredOrder(order, OrderVerdict(accepted=True), "trader", "request", "print", AT, AT, 900, 1, AT)


def test_an_order_that_was_answered_and_is_in_the_ledger_is_accounted_for() -> None:
    assert judged(ORDER).faults == ()


def test_an_order_that_is_missing_and_one_that_nobody_asked_for_are_findings() -> None:
    other = replace(ORDER, order_id="order-2", client_order_id="soak-2")
    assert len(judged(asked=(ORDER,)).faults) == 1
    assert len(judged(ORDER, other).faults) == 1


def test_a_fill_after_the_end_is_no_finding_where_a_drawn_fault_explains_it() -> None:
    marked = replace(ORDER, anomalies=(Anomaly.FILL_AFTER_CLOSE,))
    assert judged(marked, faults=(FaultKind.FILL_AFTER_REJECT,)).faults == ()
    assert judged(marked, faults=(FaultKind.OVERFILL,)).faults != ()
    assert judged(marked).faults != ()


def test_an_external_order_is_no_finding_where_one_was_placed_elsewhere() -> None:
    external = replace(ORDER, order_id="order-2", client_order_id="external/2", origin=Origin.EXTERNAL)
    assert judged(ORDER, external, faults=(FaultKind.UNKNOWN_EXTERNAL_ORDER,)).faults == ()
    assert judged(ORDER, external).faults != ()


def test_no_cause_of_a_contradiction_is_a_fault_that_is_never_drawn() -> None:
    assert all(causes and not causes & EXCLUDED.keys() for causes in CAUSES.values())
