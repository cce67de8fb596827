"""Fills as rows: one for each execution, provisional ones for what the broker reports before it details it, and one
for what is left when it takes executions back or corrects them.

The rows that are not superseded always add up to the order's filled quantity, value and charges (LC-25, LC-31, LC-34).
From a restatement on they are named by their evidence: the broker's number may stand on two words with other contents.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ledger.steps import Step
from market.fees import commission, sale_tax
from market.vocabulary import Side
from orders.evidence import Match
from orders.order import NumberedExecution, Order
from orders.reported_figures import numbered

_RESTATED = "restated:"


@dataclass(frozen=True, slots=True)
class Fill:
    """`price` of a provisional or restated fill is an average and may hide a remainder; `value` is what counts."""

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


def fills_after(standing: Sequence[Fill], steps: Iterable[Step]) -> tuple[Fill, ...]:
    """All fills that `steps` make or change, beginning with those in the ledger that they may change: the `standing`
    provisional ones, and all that count when one of the steps restates the order's figures."""
    known = list(standing)
    for step in steps:
        match step.evidence:
            case _ if step.restates:
                known = [_no_longer(fill, step.key) for fill in known]
                known.extend(_restated(step))
            case _ if step.before.restatement.number:
                if step.after.matched_quantity > step.before.matched_quantity:
                    known = [_superseded(fill, step.key) for fill in known]
                    known.extend(_counted(step))
            case Match() as match if step.after.matched_quantity > step.before.matched_quantity:
                known = [_superseded(fill, step.key) for fill in known]
                known.append(_execution(step, match))
            case _:
                pass
        known.extend(_derived(step, known))
    return tuple(fill for fill in known if fill not in standing)


def is_restated(key: str) -> bool:
    """Whether the fill under `key` is what the broker left of executions that it took back or corrected (LC-31)."""
    return key.startswith(_RESTATED)


def _restated(step: Step) -> Iterable[Fill]:
    """One fill for all that the broker's later figures leave: they do not tell which execution they change (LC-31)."""
    order = step.after
    quantity, value = order.matched_quantity, order.matched_value
    if not quantity:
        return
    owed = _charges(order, value)
    yield Fill(
        key=f"{_RESTATED}{step.key}",
        quantity=quantity,
        price=value // quantity,
        value=value,
        commission=owed[0],
        tax=owed[1],
        executed_at=step.recorded_at,
    )


def _counted(step: Step) -> Iterable[Fill]:
    """The executions since a restatement that the broker's figures have come to count with this step."""
    before, waiting = step.before, step.after.last_word.executions
    known = (*before.last_word.executions, *_executions_of(step))
    value, paid = before.matched_value, _charges(before, before.matched_value)
    for each in known:
        if each in waiting:
            continue
        value += each.value
        owed = _charges(before, value)
        yield Fill(
            key=f"counted:{each.number}:{value}:{step.key}",
            quantity=each.quantity,
            price=each.value // each.quantity,
            value=each.value,
            commission=owed[0] - paid[0],
            tax=owed[1] - paid[1],
            executed_at=each.matched_at or step.recorded_at,
        )
        paid = owed


def _executions_of(step: Step) -> Iterable[NumberedExecution]:
    if isinstance(step.evidence, Match):
        yield numbered(step.evidence)


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
        key=_derived_key(step),
        quantity=quantity,
        price=value // quantity,
        value=value,
        commission=missing.commission - sum(fill.commission for fill in covered),
        tax=missing.tax - sum(fill.tax for fill in covered),
        executed_at=step.recorded_at,
        provisional=True,
    )


def _derived_key(step: Step) -> str:
    """The same totals may come again once figures were restated."""
    order = step.after
    totals = f"derived:{order.reported_quantity}:{order.matched_quantity}"
    return f"{totals}:{step.key}" if order.restatement.number else totals


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
    return _no_longer(fill, key) if fill.provisional else fill


def _no_longer(fill: Fill, key: str) -> Fill:
    return fill if fill.superseded_by is not None else replace(fill, superseded_by=key)
