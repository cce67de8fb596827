"""One security's continuous order book: price first, then time of arrival; pure, with no clock and no randomness."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass

from market.vocabulary import Side


@dataclass(slots=True)
class Resting:
    """A limit order in the book; `leaves` shrinks with every execution."""

    order_id: str
    side: Side
    price: int
    leaves: int


@dataclass(frozen=True, slots=True)
class Execution:
    """One trade between an arriving and a resting order, at the resting order's price."""

    incoming_id: str
    resting_id: str
    price: int
    quantity: int


class _Ladder:
    """One side of the book; prices are kept in ascending order of `key`, so that the best comes first."""

    def __init__(self, sign: int) -> None:
        self._sign = sign
        self._keys: list[int] = []
        self._levels: dict[int, dict[str, Resting]] = {}

    def add(self, order: Resting) -> None:
        key = order.price * self._sign
        level = self._levels.get(key)
        if level is None:
            insort(self._keys, key)
            level = self._levels[key] = {}
        level[order.order_id] = order

    def remove(self, order: Resting) -> None:
        key = order.price * self._sign
        level = self._levels[key]
        del level[order.order_id]
        if not level:
            del self._levels[key]
            del self._keys[bisect_left(self._keys, key)]

    def first(self) -> Resting | None:
        if not self._keys:
            return None
        return next(iter(self._levels[self._keys[0]].values()))

    def levels(self) -> Iterator[tuple[int, int]]:
        for key in self._keys:
            yield key * self._sign, sum(order.leaves for order in self._levels[key].values())


class Book:
    """Bids and asks of one board; every order id is unique within it."""

    def __init__(self) -> None:
        # Bids are keyed by the negative price: the highest bid is the best, the lowest ask is.
        self._ladders = {Side.BUY: _Ladder(-1), Side.SELL: _Ladder(1)}
        self._orders: dict[str, Resting] = {}

    def submit(self, order: Resting) -> list[Execution]:
        """Match `order` against the other side as far as its price allows; what is left rests."""
        opposite = self._ladders[_other(order.side)]
        executions: list[Execution] = []
        while order.leaves:
            best = opposite.first()
            if best is None or not _crosses(order, best):
                break
            quantity = min(order.leaves, best.leaves)
            order.leaves -= quantity
            best.leaves -= quantity
            executions.append(Execution(order.order_id, best.order_id, best.price, quantity))
            if not best.leaves:
                self._drop(best)
        if order.leaves:
            self._orders[order.order_id] = order
            self._ladders[order.side].add(order)
        return executions

    def cancel(self, order_id: str) -> Resting | None:
        """Take a resting order out; None when it is not in the book."""
        order = self._orders.get(order_id)
        if order is not None:
            self._drop(order)
        return order

    def best(self, side: Side) -> int | None:
        order = self._ladders[side].first()
        return None if order is None else order.price

    def depth(self, side: Side, levels: int) -> list[tuple[int, int]]:
        """The best `levels` prices with the shares waiting at each."""
        return [level for level, _ in zip(self._ladders[side].levels(), range(levels), strict=False)]

    def quantity_within(self, side: Side, limit: int) -> int:
        """Shares that an order of the other side with price `limit` would find."""
        total = 0
        for price, quantity in self._ladders[side].levels():
            if price < limit if side is Side.BUY else price > limit:
                break
            total += quantity
        return total

    def order_ids(self) -> list[str]:
        return list(self._orders)

    def _drop(self, order: Resting) -> None:
        del self._orders[order.order_id]
        self._ladders[order.side].remove(order)


def _other(side: Side) -> Side:
    return Side.SELL if side is Side.BUY else Side.BUY


def _crosses(incoming: Resting, resting: Resting) -> bool:
    if incoming.side is Side.BUY:
        return resting.price <= incoming.price
    return resting.price >= incoming.price
