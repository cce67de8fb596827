"""What must be set aside for an order: cash for a buy, shares for a sell (I2)."""

from dataclasses import dataclass

from market.fees import FeeSchedule, commission, sale_tax
from market.vocabulary import Side
from orders.order import Order


@dataclass(frozen=True, slots=True)
class Hold:
    """Integer VND and shares of the order's symbol; one of them is always zero."""

    cash: int = 0
    shares: int = 0


@dataclass(frozen=True, slots=True)
class Charges:
    """What the filled part of an order has cost so far, in VND, cumulative over its fills (VN-A11)."""

    commission: int
    tax: int


def hold(order: Order) -> Hold:
    """The hold of what may still trade: zero once closed with proof, kept while unknown or quarantined (I2)."""
    if order.leaves == 0:
        return Hold()
    if order.terms.side is Side.SELL:
        return Hold(shares=order.leaves)
    if order.terms.price is None:
        raise ValueError(f"order {order.order_id} has no price to hold cash at")
    return Hold(cash=cash_for(order.fees, order.filled_value, order.leaves * order.terms.price))


def cash_for(fees: FeeSchedule, filled_value: int, leaves_value: int) -> int:
    """Cash that `leaves_value` VND of further buying needs with its commission, cumulative over the order."""
    whole = commission(fees, filled_value + leaves_value)
    return leaves_value + whole - commission(fees, filled_value)


def charges(order: Order) -> Charges:
    """Commission, and for a sell the tax, on everything filled so far."""
    value = order.filled_value
    tax = sale_tax(order.fees, value) if order.terms.side is Side.SELL else 0
    return Charges(commission(order.fees, value), tax)
