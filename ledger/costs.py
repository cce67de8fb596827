"""What a position cost and what sales of it have earned, by moving average in whole VND.

Nothing is lost to rounding: cost still carried less profit realised is exactly the cash paid less the cash received.
"""

from dataclasses import dataclass

from market.vocabulary import Side
from orders.holds import charges
from orders.order import Order


@dataclass(frozen=True, slots=True)
class Holding:
    """Shares owned, their cost with commission, and the profit realised so far, in VND."""

    quantity: int = 0
    cost_total: int = 0
    realized_pnl: int = 0


def holding_after(holding: Holding, before: Order, after: Order) -> Holding:
    """The holding after evidence took an order from `before` to `after`."""
    quantity, paid = movement(before, after)
    return bought(holding, quantity, paid) if after.terms.side is Side.BUY else sold(holding, -quantity, -paid)


def movement(before: Order, after: Order) -> tuple[int, int]:
    """Shares that came, and VND paid for them with commission and tax; negative what went and was received."""
    sign = 1 if after.terms.side is Side.BUY else -1
    owed, paid = charges(after), charges(before)
    charged = owed.commission + owed.tax - paid.commission - paid.tax
    return sign * (after.filled - before.filled), sign * (after.filled_value - before.filled_value) + charged


def bought(holding: Holding, quantity: int, cost: int) -> Holding:
    """Cost that comes when no share is left to carry it (a late correction) is a loss at once."""
    owned = holding.quantity + quantity
    if owned > 0:
        return Holding(owned, holding.cost_total + cost, holding.realized_pnl)
    return Holding(owned, 0, holding.realized_pnl - holding.cost_total - cost)


def sold(holding: Holding, quantity: int, proceeds: int) -> Holding:
    """The rest of the division stays with the shares that are left; the last share takes all of it."""
    sells_all = quantity >= holding.quantity
    cost = holding.cost_total if sells_all else holding.cost_total * quantity // holding.quantity
    return Holding(holding.quantity - quantity, holding.cost_total - cost, holding.realized_pnl + proceeds - cost)
