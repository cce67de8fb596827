"""The broker's cumulative figures of what has traded: they grow, and its later word counts where it tells less.

SSI has no message for an execution that is taken back or corrected: it only shows in these figures, and only running
numbers prove which of two words is the later (LC-26, LC-31). Where words overtake each other, an execution is taken
to be told before the figures that count it.
"""

from dataclasses import replace

from orders.evidence import BrokerReport, BrokerState, Match
from orders.order import Anomaly, CloseReason, LastWord, NumberedExecution, Order
from orders.restating import differs, restated

_ENDS = {
    BrokerState.FILLED: CloseReason.FILLED,
    BrokerState.CANCELED: CloseReason.CANCELED,
    BrokerState.EXPIRED: CloseReason.EXPIRED,
}
_TELLS_FIGURES = frozenset({BrokerState.WORKING, *_ENDS})


def is_void(order: Order, report: BrokerReport) -> bool:
    """Whether a later word has restated what `report` tells.

    Without a number it is taken for a book that was read too early when it tells exactly the figures made void.
    """
    restatement = order.restatement
    if report.number:
        return report.number < restatement.number
    is_of_ended = report.state in _ENDS and report.state is not BrokerState.FILLED
    if not restatement.number or report.filled <= order.filled or is_of_ended:
        return False
    is_same = report.filled == restatement.voided_filled
    return is_same and not differs(report.filled, report.filled_value, restatement.voided_value)


def follow_figures(order: Order, report: BrokerReport) -> Order:
    """`order` with the figures of `report`. Lower ones are old news unless their number proves them later."""
    if is_void(order, report):
        return order
    is_of_former_id = report.broker_order_id in order.superseded_broker_order_ids
    if not report.number or is_of_former_id or report.state not in _TELLS_FIGURES:
        return _raised(order, report)
    if report.number > order.last_word.number:
        return _later(order, report)
    return _earlier(order, report)


def follow_execution(order: Order, execution: Match) -> Order:
    """`order` with one more execution; one that the last word must count and does not was taken back."""
    value = execution.quantity * execution.price
    matched = replace(
        order,
        matched_quantity=order.matched_quantity + execution.quantity,
        matched_value=order.matched_value + value,
    )
    if not execution.number:
        return matched
    last = order.last_word
    numbered = NumberedExecution(execution.number, execution.quantity, value)
    heard = replace(last, beyond=(*last.beyond, numbered))
    return _unless_explained_in_excess(replace(matched, last_word=_explained(heard)))


def _raised(order: Order, report: BrokerReport) -> Order:
    if report.filled <= order.reported_quantity:
        return order
    return replace(order, reported_quantity=report.filled, reported_value=report.filled_value)


def _later(order: Order, report: BrokerReport) -> Order:
    """A successor whose figures begin anew proves nothing about what the order before it had (LC-62)."""
    before = order.last_word
    had = before.filled if before.number else order.filled
    last = replace(
        before,
        number=report.number,
        broker_order_id=report.broker_order_id,
        filled=report.filled,
        filled_value=report.filled_value,
        cancelled=report.cancelled,
        ended=_ENDS.get(report.state),
        alone=before.alone or (report.filled < had and _is_successor(order, report)),
    )
    heard = replace(order, last_word=_explained(last))
    anomaly = _contradiction_of_words(last, before.filled, before.filled_value)
    if anomaly is not None:
        return restated(heard, anomaly, before.filled, before.filled_value)
    return _unless_explained_in_excess(_raised(heard, report))


def _is_successor(order: Order, report: BrokerReport) -> bool:
    """Whether the order's former figures, or executions, may be those of another id of it."""
    last = order.last_word
    if not last.number and order.superseded_broker_order_ids:
        return True
    return (last.broker_order_id or order.broker_order_id) not in ("", report.broker_order_id)


def _earlier(order: Order, report: BrokerReport) -> Order:
    """A word from before the last one that told more, or another value: the last one has changed it since."""
    last = order.last_word
    is_of_it = report.broker_order_id == last.broker_order_id
    anomaly = _contradiction_of_words(last, report.filled, report.filled_value) if is_of_it else None
    if anomaly is not None:
        return restated(order, anomaly, report.filled, report.filled_value)
    return _raised(order, report)


def _unless_explained_in_excess(order: Order) -> Order:
    """Executions with lower numbers than the last word are in it; what they have more was taken back."""
    last = order.last_word
    filled, value = last.explained_quantity, last.explained_value
    is_other_value = differs(filled, last.filled_value, value)
    anomaly = _contradiction(last, filled, is_other_value=is_other_value)
    return order if anomaly is None else restated(order, anomaly, filled, value)


def _contradiction_of_words(last: LastWord, filled: int, value: int) -> Anomaly | None:
    """Of two averages, one that is not in whole dong shows how finely the broker rounds both."""
    is_other_value = differs(filled, last.filled_value, value) or differs(filled, value, last.filled_value)
    return _contradiction(last, filled, is_other_value=is_other_value)


def _contradiction(last: LastWord, filled: int, *, is_other_value: bool) -> Anomaly | None:
    """What the last word did to `filled` shares that were told before it."""
    if last.alone or not last.number or filled < last.filled:
        return None
    if filled > last.filled:
        return Anomaly.FILL_TAKEN_BACK
    return Anomaly.FILL_CORRECTED if is_other_value else None


def _explained(last: LastWord) -> LastWord:
    """The executions told before the word, and those told after it."""
    before = [each for each in last.beyond if each.number < last.number]
    return replace(
        last,
        explained_quantity=last.explained_quantity + sum(each.quantity for each in before),
        explained_value=last.explained_value + sum(each.value for each in before),
        beyond=tuple(each for each in last.beyond if each.number > last.number),
    )
