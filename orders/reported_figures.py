"""The broker's cumulative figures of what has traded: they grow, and its later word counts where it tells less.

SSI has no message for an execution that is taken back or corrected: it only shows in these figures, and only running
numbers prove which of two words is the later (LC-26, LC-31). Whether an execution is told before or after the figures
that count it is not known. So until figures were restated an execution that may be counted already raises nothing,
and from then on only figures tell how much has traded.
"""

from dataclasses import replace

from orders.evidence import BrokerReport, BrokerState, Match
from orders.order import Anomaly, CloseReason, LastWord, Life, NumberedExecution, Order
from orders.restating import restated, with_counted_executions
from orders.rounded_values import differs, exact_value
from orders.told_figures import are_two_values, contradiction, remembered, sum_of, told_by, with_execution, with_word

_ENDS = {
    BrokerState.FILLED: CloseReason.FILLED,
    BrokerState.CANCELED: CloseReason.CANCELED,
    BrokerState.EXPIRED: CloseReason.EXPIRED,
}
_ENDS_WITH_A_REST = frozenset({BrokerState.CANCELED, BrokerState.EXPIRED})
_TELLS_FIGURES = frozenset({BrokerState.WORKING, *_ENDS})


def is_void(order: Order, report: BrokerReport) -> bool:
    """Whether a later word has restated what `report` tells.

    A book that tells more than that word may have been read before it: it has no number. One from after the day ends
    an open order all the same, or it would stay open for good where the words since were lost.
    """
    restated_by = order.restatement.number
    if report.number:
        return report.number < restated_by
    return bool(restated_by) and report.filled > order.filled and not _ends_the_day(order, report)


def follow_figures(order: Order, report: BrokerReport) -> Order:
    """`order` with the figures of `report`. Lower ones are old news unless their number proves them later."""
    if is_void(order, report):
        return order if report.number else _beyond_restated(order, report)
    is_of_former_id = report.broker_order_id in order.superseded_broker_order_ids
    if is_of_former_id or report.state not in _TELLS_FIGURES:
        return _raised(order, report)
    if not report.number:
        return _by_the_book(order, report)
    return _in_the_order_of_numbers(order, report)


def follow_execution(order: Order, execution: Match) -> Order:
    """`order` with one more execution; one that the last word must count and does not was taken back."""
    last, told = order.last_word, numbered(execution)
    heard = with_execution(last, told)
    if order.restatement.number:
        return with_counted_executions(replace(order, last_word=heard))
    matched = replace(
        order,
        matched_quantity=order.matched_quantity + told.quantity,
        matched_value=order.matched_value + told.value,
    )
    if not execution.number:
        return matched
    return _unless_explained_in_excess(replace(matched, last_word=heard))


def numbered(execution: Match) -> NumberedExecution:
    value = execution.quantity * execution.price
    return NumberedExecution(execution.number, execution.quantity, value, execution.matched_at)


def _ends_the_day(order: Order, report: BrokerReport) -> bool:
    is_of_former_id = report.broker_order_id in order.superseded_broker_order_ids
    return report.final and order.life is not Life.CLOSED and not is_of_former_id


def _raised(order: Order, report: BrokerReport) -> Order:
    if report.filled <= order.reported_quantity:
        return order
    value = exact_value(order, report.filled, report.filled_value)
    return with_counted_executions(replace(order, reported_quantity=report.filled, reported_value=value))


def _beyond_restated(order: Order, report: BrokerReport) -> Order:
    """A book that tells more than the last word was read too early, or words are missing: nobody can tell which. That
    of an order that works was read too early if it tells exactly the void figures, and no execution came since."""
    restatement, waiting = order.restatement, order.last_word.executions
    is_same = report.filled == restatement.voided_filled
    is_voided = is_same and not differs(report.filled, report.filled_value, restatement.voided_value)
    if is_voided and not waiting and report.state not in _ENDS_WITH_A_REST:
        return order
    return order.marked(Anomaly.FIGURES_UNCERTAIN)


def _by_the_book(order: Order, report: BrokerReport) -> Order:
    """A book has no number and may have been read too early, so it takes nothing back. What it tells against all
    executions is believed where the last word says the same; a person is told where none does."""
    is_more, last = report.filled > order.filled, order.last_word
    order = _raised(order, report)
    if order.restatement.number:
        return order.marked(Anomaly.FIGURES_UNCERTAIN) if is_more else order
    if report.state in _ENDS_WITH_A_REST and order.close_reason is CloseReason.FILLED and report.cancelled:
        return order.marked(Anomaly.FIGURES_UNCERTAIN) if report.filled < order.filled else order
    is_all = report.filled == order.matched_quantity
    if not is_all or not differs(report.filled, report.filled_value, order.matched_value):
        return order
    if last.filled == report.filled and not are_two_values(last.filled, last.filled_value, report.filled_value):
        return restated(order, Anomaly.FILL_CORRECTED, order.matched_quantity, order.matched_value)
    return order.marked(Anomaly.FIGURES_UNCERTAIN)


def _in_the_order_of_numbers(order: Order, report: BrokerReport) -> Order:
    """The figures of `report` among all others under numbers; the highest one counts, whichever came last."""
    last = order.last_word
    if report.number > last.number:
        last = _last_word(order, report)
    elif report.broker_order_id != last.broker_order_id:
        return _raised(order, report)
    told = with_word(told_by(last), report)
    heard = replace(order, last_word=replace(last, told=remembered(told)))
    found = contradiction(told)
    if last.alone and (found is not None or order.restatement.number):
        return with_counted_executions(_raised(heard, report)).marked(Anomaly.FIGURES_UNCERTAIN)
    if found is None:
        return _unless_explained_in_excess(_raised(heard, report))
    anomaly, void = found
    return restated(heard, anomaly, void.filled, void.value)


def _last_word(order: Order, report: BrokerReport) -> LastWord:
    """A successor whose figures begin anew proves nothing about what the order before it had (LC-62)."""
    before = order.last_word
    had = before.filled if before.number else order.filled
    return replace(
        before,
        number=report.number,
        broker_order_id=report.broker_order_id,
        filled=report.filled,
        filled_value=report.filled_value,
        cancelled=report.cancelled,
        ended=_ENDS.get(report.state),
        told=told_by(before) if report.broker_order_id == before.broker_order_id else (),
        alone=before.alone or (report.filled < had and _is_successor(order, report)),
    )


def _is_successor(order: Order, report: BrokerReport) -> bool:
    """Whether the order's former figures, or executions, may be those of another id of it."""
    last = order.last_word
    if not last.number and order.superseded_broker_order_ids:
        return True
    return (last.broker_order_id or order.broker_order_id) not in ("", report.broker_order_id)


def _unless_explained_in_excess(order: Order) -> Order:
    """Executions with lower numbers than a word are in its figures; what they have more was taken back."""
    last = order.last_word
    if last.alone or order.restatement.number:
        return order
    for told in told_by(last):
        quantity, value = sum_of(each for each in last.executions if each.number < told.last)
        filled, value = last.forgotten_quantity + quantity, last.forgotten_value + value
        if filled > told.filled:
            return restated(order, Anomaly.FILL_TAKEN_BACK, filled, value)
        if filled == told.filled and differs(filled, told.value, value):
            return restated(order, Anomaly.FILL_CORRECTED, filled, value)
    return order
