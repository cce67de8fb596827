"""A position worked out anew when executions are taken back or corrected (LC-31): what it would be had they never been.

Cost still carried less profit realised stays what was paid less what was received; only where it stands changes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ledger.costs import Holding, bought, sold
from market.vocabulary import Side


@dataclass(frozen=True, slots=True)
class Line:
    """The holding after one change of a position; without an order it was a movement from outside."""

    order_id: str | None
    side: Side | None
    after: Holding


@dataclass(frozen=True, slots=True)
class _Movement:
    """Shares that came (or went, negative), and the VND paid for them (or received, negative)."""

    order_id: str | None
    side: Side | None
    quantity: int
    paid: int

    @property
    def is_trade(self) -> bool:
        match self.side:
            case None:
                return True
            case Side.BUY:
                return self.quantity > 0
            case Side.SELL:
                return self.quantity < 0


def recosted(lines: Sequence[Line]) -> Holding:
    """The holding after all `lines`, with each correction put where its order had traded: the latest trades first."""
    placed: list[_Movement] = []
    for movement in _movements(lines):
        if movement.is_trade:
            placed.append(movement)
        else:
            _correct(placed, movement)
    holding = Holding()
    for movement in placed:
        holding = _moved(holding, movement)
    return holding


def _movements(lines: Iterable[Line]) -> Iterable[_Movement]:
    before = Holding()
    for line in lines:
        after = line.after
        paid = (after.cost_total - after.realized_pnl) - (before.cost_total - before.realized_pnl)
        yield _Movement(line.order_id, line.side, after.quantity - before.quantity, paid)
        before = after


def _correct(placed: list[_Movement], correction: _Movement) -> None:
    """Take its shares out of the order's own trades, from the last one on; its money goes where they end."""
    quantity, paid = correction.quantity, correction.paid
    for index in reversed(range(len(placed))):
        trade = placed[index]
        if trade.order_id != correction.order_id:
            continue
        if abs(quantity) <= abs(trade.quantity):
            placed[index] = replace(trade, quantity=trade.quantity + quantity, paid=trade.paid + paid)
            return
        placed[index] = replace(trade, quantity=0, paid=0)
        quantity, paid = quantity + trade.quantity, paid + trade.paid
    placed.append(replace(correction, side=None, quantity=quantity, paid=paid))


def _moved(holding: Holding, movement: _Movement) -> Holding:
    """Shares from or to outside bring, or take along, the cost that was booked with them."""
    match movement.side:
        case Side.SELL:
            return sold(holding, -movement.quantity, -movement.paid)
        case Side.BUY | None:
            return bought(holding, movement.quantity, movement.paid)
