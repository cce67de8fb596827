"""What became of every order of a soak, as one table: theirs against ours, and what the clients were told."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.table import Table

from bench.soak.client import Answers
from orders.order import Anomaly, CloseReason, Order, Origin
from orders.status import status
from simulator.fault_kinds import FaultKind
from tests.support.reckoning import Account

CAUSES: Mapping[Anomaly, frozenset[FaultKind]] = {
    Anomaly.FILL_AFTER_CLOSE: frozenset({FaultKind.FILL_AFTER_REJECT, FaultKind.FILL_AFTER_EXPIRY}),
    Anomaly.OVERFILLED: frozenset({FaultKind.OVERFILL}),
    Anomaly.REJECT_AFTER_FILL: frozenset({FaultKind.FILL_AFTER_REJECT}),
    Anomaly.FILL_TAKEN_BACK: frozenset({FaultKind.BUST}),
    Anomaly.FIGURES_UNCERTAIN: frozenset({FaultKind.BUST, FaultKind.CORRECTION}),
    Anomaly.FILL_CORRECTED: frozenset({FaultKind.BUST, FaultKind.CORRECTION}),
}
"""What may lead to an order that ended otherwise than orders do; any other contradiction is a finding."""


@dataclass(frozen=True, slots=True)
class Mischief:
    """What went wrong on purpose, counted; `resumed`: how often a person let the account trade again."""

    kills: Counter[str]
    faults: Counter[FaultKind]
    resumed: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """`faults` is empty when every order is accounted for."""

    table: Table
    faults: tuple[str, ...]


def judge(asked: int, answers: Answers, account: Account, mischief: Mischief, seconds_to_rest: float) -> Verdict:
    """`account` has passed the reckoning: shares, cash and orders equal the broker's, evidence folds to the orders."""
    orders = [stored.order for stored in account.orders]
    ours = {order.client_order_id: order.order_id for order in orders if order.origin is Origin.CLIENT}
    faults = [
        *answers.contradictions,
        *(f"{name} was answered and is not in the ledger" for name in sorted(answers.ids.keys() - ours.keys())),
        *(f"{name} is in the ledger and was never answered" for name in sorted(ours.keys() - answers.ids.keys())),
        *(f"{name} has another id" for name, order_id in answers.ids.items() if ours.get(name, order_id) != order_id),
        *(found for order in orders for found in _unexplained(order, mischief.faults)),
    ]
    if len(answers.ids) != asked:
        faults.append(f"{asked} orders were asked for and {len(answers.ids)} answered")
    return Verdict(_table(asked, answers, account, mischief, seconds_to_rest), tuple(faults))


def _unexplained(order: Order, faults: Counter[FaultKind]) -> Iterator[str]:
    """What is strange about an order and was caused by none of the drawn faults."""
    drawn = frozenset(faults)
    for anomaly in order.anomalies:
        if not CAUSES.get(anomaly, frozenset()) & drawn:
            yield f"{order.client_order_id} is marked {anomaly}, which no drawn fault explains"
    if order.origin is Origin.EXTERNAL and FaultKind.UNKNOWN_EXTERNAL_ORDER not in drawn:
        yield f"{order.order_id} was taken in as an external order, and nobody placed one"


def _table(asked: int, answers: Answers, account: Account, mischief: Mischief, seconds_to_rest: float) -> Table:
    orders = [stored.order for stored in account.orders]
    reasons = Counter(order.close_reason for order in orders)
    marks = Counter(anomaly.value for order in orders for anomaly in order.anomalies)
    rows: list[tuple[str, object]] = [
        ("orders asked for", asked),
        ("orders in our ledger", len(orders)),
        *((f"  {name}", count) for name, count in sorted(Counter(status(order).value for order in orders).items())),
        ("orders at the broker", len(account.at_broker)),
        ("sent into a death, never received, closed by the day's end", reasons[CloseReason.NOT_RECEIVED]),
        ("closed unsent as too old", reasons[CloseReason.TOO_OLD]),
        ("fills at the broker, each booked once", len(account.fills)),
        ("shares filled, ours and theirs", sum(order.filled for order in orders)),
        ("value filled, VND, ours and theirs", f"{sum(order.filled_value for order in orders):,}"),
        ("external orders, taken in", sum(order.origin is Origin.EXTERNAL for order in orders)),
        *((f"orders marked {name}", count) for name, count in sorted(marks.items())),
        *((f"killed: {name}", count) for name, count in sorted(mischief.kills.items())),
        *((f"fault: {kind}", count) for kind, count in sorted(mischief.faults.items())),
        ("resumed by a person", mischief.resumed),
        *((f"answers: {name}", count) for name, count in sorted(answers.codes.items())),
        ("seconds from the last mishap to rest", round(seconds_to_rest, 1)),
    ]
    table = Table("what", "count", title="soak")
    for what, count in rows:
        table.add_row(what, str(count))
    return table
