"""Executions that were taken back or corrected: the order goes over to the figures of the broker's last word (LC-31).

From then on an execution is counted once the figures count it: one that is told after the last word may be in it.
"""

from dataclasses import replace

from orders.order import Anomaly, CloseReason, Life, NumberedExecution, Order, Restatement
from orders.rounded_values import differs, exact_value, is_certain
from orders.told_figures import sum_of


def restated(order: Order, anomaly: Anomaly, voided_filled: int, voided_value: int) -> Order:
    """`order` as its last word has it; marked with `anomaly`, and where no value is certain, with that too."""
    last = order.last_word
    value = exact_value(order, last.filled, last.filled_value)
    figures = replace(
        order,
        matched_quantity=last.filled,
        matched_value=value,
        reported_quantity=last.filled,
        reported_value=value,
        last_word=replace(
            last,
            forgotten_quantity=0,
            forgotten_value=0,
            executions=tuple(each for each in last.executions if each.number > last.number),
            told=tuple(each for each in last.told if each.last >= last.number),
        ),
        restatement=Restatement(last.number, *_voided(order, voided_filled, voided_value)),
    )
    marked = figures.marked(anomaly)
    if not is_certain(order, last.filled, last.filled_value):
        marked = marked.marked(Anomaly.FIGURES_UNCERTAIN)
    return _follow_life(marked)


def _voided(order: Order, filled: int, value: int) -> tuple[int, int]:
    """The most that the broker itself had told before."""
    return max((filled, value), (order.reported_quantity, order.reported_value))


def with_counted_executions(order: Order) -> Order:
    """`order` with those executions since its restatement that its figures count: the latest of them, told one
    after the other, that make up exactly what the figures tell."""
    if not order.restatement.number:
        return order
    last = order.last_word
    if last.alone:
        return _counting(order, last.executions)
    ends = range(len(last.executions), 0, -1)
    runs = (last.executions[start:end] for end in ends for start in range(end))
    counted = next((run for run in runs if _make_up(order, run)), ())
    return _counting(order, counted) if counted else order


def _make_up(order: Order, executions: tuple[NumberedExecution, ...]) -> bool:
    quantity, value = sum_of(executions)
    filled = order.reported_quantity
    is_all = bool(quantity) and order.matched_quantity + quantity == filled
    return is_all and not differs(filled, order.reported_value, order.matched_value + value)


def _counting(order: Order, executions: tuple[NumberedExecution, ...]) -> Order:
    last, (quantity, value) = order.last_word, sum_of(executions)
    return replace(
        order,
        matched_quantity=order.matched_quantity + quantity,
        matched_value=order.matched_value + value,
        last_word=replace(last, executions=tuple(each for each in last.executions if each not in executions)),
    )


def _follow_life(order: Order) -> Order:
    """What had ended by being filled is open again, or ended as the word says; what was cancelled stays so."""
    last = order.last_word
    if order.life is not Life.CLOSED:
        return order if last.ended is not None else replace(order, cancelled=last.cancelled)
    if order.quarantined or order.filled >= order.quantity:
        return order
    if order.close_reason is not CloseReason.FILLED:
        return replace(order, cancelled=order.quantity - order.filled) if order.cancelled else order
    if last.ended is None:
        return replace(order, life=Life.LIVE, close_reason=None, closing_seen=False, cancelled=last.cancelled)
    reason = CloseReason.EXPIRED if last.ended is CloseReason.EXPIRED else CloseReason.CANCELED
    return replace(order, close_reason=reason, cancelled=order.quantity - order.filled)
