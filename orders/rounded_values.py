"""Values told as averages: the broker rounds an average price to a hundredth of a dong or to a whole one.

The value that counts is the nearest one that shares can have traded for, whole lots at whole price steps. It is
certain for up to 99,900 shares in steps of 10 VND and an average in hundredths.
"""

from market.lots import LOT
from market.ticks import TICKS
from market.vocabulary import Exchange
from orders.order import Order

_FINEST_STEP = {exchange: min(row.step for row in TICKS if row.exchange is exchange) for exchange in Exchange}


def differs(filled: int, told: int, other: int) -> bool:
    """Whether `told` (VND), from an average of `filled` shares, is more than its rounding away from `other`."""
    return abs(told - other) > _rounding(filled, told)


def exact_value(order: Order, filled: int, told: int) -> int:
    """What `filled` shares have traded for when an average tells `told` VND; `told` where no value fits."""
    step = _step(order, filled)
    nearest = (told + step // 2) // step * step
    return told if differs(filled, told, nearest) else nearest


def is_certain(order: Order, filled: int, told: int) -> bool:
    """Whether exactly one value that `filled` shares can have traded for fits an average that tells `told` VND.

    An average that is itself a price is taken for the price of all of them.
    """
    step, nearest = _step(order, filled), exact_value(order, filled, told)
    if told % (max(1, filled) * _FINEST_STEP[order.terms.exchange]) == 0:
        return True
    is_only_one = differs(filled, told, nearest - step) and differs(filled, told, nearest + step)
    return nearest % step == 0 and is_only_one


def _step(order: Order, filled: int) -> int:
    is_in_lots = order.quantity % LOT == 0 and filled % LOT == 0
    return _FINEST_STEP[order.terms.exchange] * (LOT if is_in_lots else 1)


def _rounding(filled: int, told: int) -> int:
    """An average in whole dong may have been rounded to them; one that is not shows hundredths."""
    return filled // 100 + 1 if filled and told % filled else max(0, filled - 1)
