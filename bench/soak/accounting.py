"""What became of every order of a soak, as one table: theirs against ours, and what the clients were told."""

from collections import Counter
from dataclasses import dataclass

from rich.table import Table

from bench.soak.client import Answers
from orders.order import CloseReason
from orders.status import status
from tests.support.reckoning import Account


@dataclass(frozen=True, slots=True)
class Verdict:
    """`faults` is empty when every order is accounted for."""

    table: Table
    faults: tuple[str, ...]


def judge(asked: int, answers: Answers, account: Account, kills: Counter[str], seconds_to_rest: float) -> Verdict:
    """`account` has passed the reckoning: shares, cash and orders equal the broker's, evidence folds to the orders."""
    ours = {stored.order.client_order_id: stored.order.order_id for stored in account.orders}
    faults = [
        *answers.contradictions,
        *(f"{name} was answered and is not in the ledger" for name in sorted(answers.ids.keys() - ours.keys())),
        *(f"{name} is in the ledger and was never answered" for name in sorted(ours.keys() - answers.ids.keys())),
        *(f"{name} has another id" for name, order_id in answers.ids.items() if ours.get(name, order_id) != order_id),
    ]
    if len(answers.ids) != asked:
        faults.append(f"{asked} orders were asked for and {len(answers.ids)} answered")
    return Verdict(_table(asked, answers, account, kills, seconds_to_rest), tuple(faults))


def _table(asked: int, answers: Answers, account: Account, kills: Counter[str], seconds_to_rest: float) -> Table:
    orders = [stored.order for stored in account.orders]
    reasons = Counter(order.close_reason for order in orders)
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
        *((f"killed: {name}", count) for name, count in sorted(kills.items())),
        *((f"answers: {name}", count) for name, count in sorted(answers.codes.items())),
        ("seconds from the last kill to rest", round(seconds_to_rest, 1)),
    ]
    table = Table("what", "count", title="soak")
    for what, count in rows:
        table.add_row(what, str(count))
    return table
