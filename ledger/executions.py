"""Fills as rows: one for each execution, and provisional ones for what the broker reports before it details it.

The rows that are not superseded always add up to the order's filled quantity, value and charges (LC-25, LC-34).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ledger.steps import Step
from market.fees import commission, sale_tax
from market.vocabulary import Side
from orders.evidence import Match
from orders.order import Order


@dataclass(frozen=True, slots=True)
class Fill:
    """`price` of a provisional fill is an average and may hide a remainder; `value` is exact."""

    key: str
    quantity: int
    price: int
    value: int
    commission: int
    tax: int
    executed_at: datetime
    provisional: bool = False
    superseded_by: str | None = None


@dataclass(frozen=True, slots=True)
class _Sum:
    quantity: int
    value: int
    commission: int
    tax: int


def fills_after(provisional: Sequence[Fill], steps: Iterable[Step]) -> tuple[Fill, ...]:
    """All fills that `steps` make or change, beginning with the still `provisional` ones in the ledger."""
    known = list(provisional)
    for step in steps:
        match step.evidence:
            case Match() as match:
                known = [_superseded(fill, step.key) for fill in known]
                known.append(_execution(step, match))
            case _:
                pass
        known.extend(_derived(step, known))
    return tuple(fill for fill in known if fill not in provisional)


def _execution(step: Step, match: Match) -> Fill:
    before, after = step.before, step.after
    paid = _charges(before, before.matched_value)
    owed = _charges(after, after.matched_value)
    return Fill(
        key=step.key,
        quantity=match.quantity,
        price=match.price,
        value=match.quantity * match.price,
        commission=owed[0] - paid[0],
        tax=owed[1] - paid[1],
        executed_at=match.matched_at,
    )


def _derived(step: Step, known: Iterable[Fill]) -> Iterable[Fill]:
    """A fill for shares that no execution and no earlier provisional fill explains; its id is made of the totals."""
    order = step.after
    missing = _missing(order)
    covered = [fill for fill in known if fill.provisional and fill.superseded_by is None]
    quantity = missing.quantity - sum(fill.quantity for fill in covered)
    if quantity <= 0:
        return
    value = missing.value - sum(fill.value for fill in covered)
    yield Fill(
        key=f"derived:{order.reported_quantity}:{order.matched_quantity}",
        quantity=quantity,
        price=value // quantity,
        value=value,
        commission=missing.commission - sum(fill.commission for fill in covered),
        tax=missing.tax - sum(fill.tax for fill in covered),
        executed_at=step.recorded_at,
        provisional=True,
    )


def _missing(order: Order) -> _Sum:
    if order.details_complete:
        return _Sum(0, 0, 0, 0)
    reported = _charges(order, order.reported_value)
    matched = _charges(order, order.matched_value)
    return _Sum(
        order.reported_quantity - order.matched_quantity,
        order.reported_value - order.matched_value,
        reported[0] - matched[0],
        reported[1] - matched[1],
    )


def _charges(order: Order, value: int) -> tuple[int, int]:
    tax = sale_tax(order.fees, value) if order.terms.side is Side.SELL else 0
    return commission(order.fees, value), tax


def _superseded(fill: Fill, key: str) -> Fill:
    if not fill.provisional or fill.superseded_by is not None:
        return fill
    return replace(fill, superseded_by=key)
