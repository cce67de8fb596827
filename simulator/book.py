"""One board's orders in price and time order; what they may do to each other is decided by `market` alone."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from market.matching import BookOrder
from market.vocabulary import OrderType, Side


@dataclass(slots=True)
class Resting:
    """An order in the book; `leaves` shrinks with every execution, `arrival` is its place in time."""

    order_id: str
    side: Side
    order_type: OrderType
    price: int | None
    leaves: int
    arrival: int
    lives_until: datetime | None = None

    @property
    def seen(self) -> BookOrder:
        """The order as a matching sees it."""
        return BookOrder(self.order_id, self.side, self.order_type, self.leaves, self.price)


class _Ladder:
    """The priced orders of one side; keys are kept in ascending order, so that the best price comes first."""

    def __init__(self, sign: int) -> None:
        self._sign = sign
        self._keys: list[int] = []
        self._levels: dict[int, dict[str, Resting]] = {}

    def add(self, order: Resting, price: int) -> None:
        key = price * self._sign
        level = self._levels.get(key)
        if level is None:
            insort(self._keys, key)
            level = self._levels[key] = {}
        level[order.order_id] = order

    def remove(self, order: Resting, price: int) -> None:
        key = price * self._sign
        level = self._levels[key]
        del level[order.order_id]
        if not level:
            del self._levels[key]
            del self._keys[bisect_left(self._keys, key)]

    def rekey(self, price: int) -> None:
        key = price * self._sign
        self._levels[key] = {order.order_id: order for order in self._levels[key].values()}

    def orders(self) -> Iterator[Resting]:
        for key in self._keys:
            yield from self._levels[key].values()

    def levels(self) -> Iterator[tuple[int, int]]:
        for key in self._keys:
            yield key * self._sign, sum(order.leaves for order in self._levels[key].values())


class Book:
    """Bids and asks of one board, those without a price included; every order id is unique within it."""

    def __init__(self) -> None:
        # Bids are keyed by the negative price: the highest bid is the best, the lowest ask is.
        self._ladders = {Side.BUY: _Ladder(-1), Side.SELL: _Ladder(1)}
        self._orders: dict[str, Resting] = {}

    def add(self, order: Resting) -> None:
        """Put `order` behind those of its price."""
        self._orders[order.order_id] = order
        if order.price is not None:
            self._ladders[order.side].add(order, order.price)

    def remove(self, order_id: str) -> Resting | None:
        """Take a resting order out; None when it is not in the book."""
        order = self._orders.pop(order_id, None)
        if order is not None and order.price is not None:
            self._ladders[order.side].remove(order, order.price)
        return order

    def trade(self, order_id: str, quantity: int) -> None:
        """Take `quantity` shares from a resting order, and the order out once nothing is left of it."""
        order = self._orders[order_id]
        order.leaves -= quantity
        if not order.leaves:
            self.remove(order_id)

    def rename(self, order_id: str, new_id: str) -> None:
        """Give a resting order another id in its old place."""
        order = self._orders.pop(order_id, None)
        if order is None:
            return
        order.order_id = new_id
        self._orders[new_id] = order
        if order.price is not None:
            self._ladders[order.side].rekey(order.price)

    def get(self, order_id: str) -> Resting | None:
        return self._orders.get(order_id)

    def front(self, side: Side, quantity: int) -> list[BookOrder]:
        """The first priced orders of `side` in price and time, as many as `quantity` shares could meet."""
        found = []
        for order in self._ladders[side].orders():
            if quantity <= 0:
                break
            found.append(order.seen)
            quantity -= order.leaves
        return found

    def in_time_order(self) -> list[BookOrder]:
        """Every order, the earliest first."""
        return [order.seen for order in sorted(self._orders.values(), key=lambda order: order.arrival)]

    def best(self, side: Side) -> int | None:
        return next((price for price, _ in self._ladders[side].levels()), None)

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

    def dead_at(self, now: datetime) -> list[str]:
        """The ids of the orders whose life has ended by `now`."""
        return [
            order_id
            for order_id, order in self._orders.items()
            if order.lives_until is not None and order.lives_until <= now
        ]
