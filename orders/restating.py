"""Executions that were taken back or corrected: the order goes over to the figures of the broker's last word (LC-31).

The broker tells an average price, rounded to a hundredth of a dong or to a whole one. The value that counts is the
nearest one that shares can have traded for, whole lots at whole price steps; it is exact for up to 99,900 shares in
steps of 10 VND and an average in hundredths.
"""

from dataclasses import replace

from market.lots import LOT
from market.ticks import TICKS
from market.vocabulary import Exchange
from orders.order import Anomaly, CloseReason, Life, Order, Restatement

_FINEST_STEP = {exchange: min(row.step for row in TICKS if row.exchange is exchange) for exchange in Exchange}


def restated(order: Order, anomaly: Anomaly, voided_filled: int, voided_value: int) -> Order:
    """`order` as its last word has it, with the executions that came after that word; marked with `anomaly`."""
    last = order.last_word
    value = exact_value(order, last.filled, last.filled_value)
    figures = replace(
        order,
        matched_quantity=last.filled + sum(each.quantity for each in last.beyond),
        matched_value=value + sum(each.value for each in last.beyond),
        reported_quantity=last.filled,
        reported_value=last.filled_value,
        last_word=replace(last, explained_quantity=last.filled, explained_value=value),
        restatement=Restatement(last.number, *max((voided_filled, voided_value), (order.filled, order.filled_value))),
    )
    return _follow_life(figures.marked(anomaly))


def differs(filled: int, told: int, other: int) -> bool:
    """Whether `told` (VND), from an average of `filled` shares, is more than its rounding away from `other`."""
    return abs(told - other) > _rounding(filled, told)


def exact_value(order: Order, filled: int, told: int) -> int:
    """What `filled` shares have traded for when an average tells `told` VND; `told` where no value fits."""
    is_in_lots = order.quantity % LOT == 0 and filled % LOT == 0
    step = _FINEST_STEP[order.terms.exchange] * (LOT if is_in_lots else 1)
    nearest = (told + step // 2) // step * step
    return told if differs(filled, told, nearest) else nearest


def _rounding(filled: int, told: int) -> int:
    """An average in whole dong may have been rounded to them; one that is not shows hundredths."""
    return filled // 100 + 1 if filled and told % filled else max(0, filled - 1)


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
