"""What must be set aside for an order: cash for a buy, shares for a sell (I2)."""

from dataclasses import dataclass

from market.amendments import Amendment
from market.fees import commission, sale_tax
from market.reserve import cash_for
from market.terms import OrderTerms
from market.vocabulary import Side
from orders.order import Life, Order


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
    """The hold of what may still trade: zero once closed with proof, kept while unknown or quarantined (I2).

    While an amendment is open it is the worse of the old and the requested terms (LC-58).
    """
    if order.life is Life.CLOSED and not order.quarantined:
        return Hold()
    return worse(*(_hold_on(order, terms) for terms in order.possible_terms))


def hold_if_amended(order: Order, amendment: Amendment) -> Hold:
    """The hold that the order needs once `amendment` is asked for."""
    amended = amendment.of(order.terms)
    if order.life is Life.UNSENT:
        return _hold_on(order, amended)
    return worse(hold(order), _hold_on(order, amended))


def worse(*holds: Hold) -> Hold:
    return Hold(max(each.cash for each in holds), max(each.shares for each in holds))


def _hold_on(order: Order, terms: OrderTerms) -> Hold:
    leaves = max(0, terms.quantity - order.filled - order.cancelled)
    if leaves == 0:
        return Hold()
    if terms.side is Side.SELL:
        return Hold(shares=leaves)
    price = order.reserve_price if terms.price is None else terms.price
    if price is None:
        raise ValueError(f"order {order.order_id} has no price to hold cash at")
    return Hold(cash=cash_for(order.fees, order.filled_value, leaves * price))


def charges(order: Order) -> Charges:
    """Commission, and for a sell the tax, on everything filled so far."""
    value = order.filled_value
    tax = sale_tax(order.fees, value) if order.terms.side is Side.SELL else 0
    return Charges(commission(order.fees, value), tax)
