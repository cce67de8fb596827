"""What an order meets in continuous trading: LO, MTL, MOK and MAK against resting limit orders (VN-C4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from market.bands import Band
from market.ticks import next_tick_down, next_tick_up
from market.vocabulary import Exchange, InstrumentKind, OrderType, Side


@dataclass(frozen=True, slots=True)
class BookOrder:
    """An order as a matching sees it; `price` in VND, None for the types without one."""

    order_id: str
    side: Side
    order_type: OrderType
    quantity: int
    price: int | None = None


@dataclass(frozen=True, slots=True)
class Trade:
    """Shares that changed hands; price in VND."""

    buy_id: str
    sell_id: str
    price: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Matched:
    """The trades of an arriving order. Of the rest, `resting` waits at `resting_price` and `cancelled` is gone."""

    trades: tuple[Trade, ...]
    resting: int = 0
    resting_price: int | None = None
    cancelled: int = 0


@dataclass(frozen=True, slots=True)
class PriceGrid:
    """On which prices a security may trade today."""

    exchange: Exchange
    kind: InstrumentKind
    band: Band

    def above(self, price: int) -> int:
        """One tick up, at most the ceiling."""
        return min(next_tick_up(self.exchange, self.kind, price), self.band.ceiling)

    def below(self, price: int) -> int:
        """One tick down, at least the floor."""
        return max(next_tick_down(self.exchange, self.kind, price), self.band.floor)


def match(incoming: BookOrder, opposite: Sequence[BookOrder], grid: PriceGrid) -> Matched:
    """`incoming` against the limit orders of the other side, given in the order of their time.

    Trades are made at the resting orders' prices. Only LO, MTL, MOK and MAK meet a continuous book.
    """
    trades = tuple(_sweep(incoming, opposite))
    left = incoming.quantity - sum(trade.quantity for trade in trades)
    match incoming.order_type:
        case OrderType.LO:
            return Matched(trades, resting=left, resting_price=incoming.price if left else None)
        case OrderType.MTL:
            return _market_to_limit(incoming, trades, left, grid)
        case OrderType.MOK:
            return Matched((), cancelled=incoming.quantity) if left else Matched(trades)
        case OrderType.MAK:
            return Matched(trades, cancelled=left)
        case OrderType.ATO | OrderType.ATC | OrderType.PLO:
            raise ValueError(f"{incoming.order_type} never meets a continuous book")
        case _:
            assert_never(incoming.order_type)


def pair(buys: Iterable[BookOrder], sells: Iterable[BookOrder], price: int) -> tuple[Trade, ...]:
    """Both sides against each other at one price, each in the given order, as far as the shorter side goes."""
    trades: list[Trade] = []
    offers = iter(sells)
    offer = next(offers, None)
    offered = offer.quantity if offer else 0
    for buy in buys:
        wanted = buy.quantity
        while wanted and offer:
            quantity = min(wanted, offered)
            trades.append(Trade(buy.order_id, offer.order_id, price, quantity))
            wanted, offered = wanted - quantity, offered - quantity
            if not offered:
                offer = next(offers, None)
                offered = offer.quantity if offer else 0
    return tuple(trades)


def _market_to_limit(incoming: BookOrder, trades: tuple[Trade, ...], left: int, grid: PriceGrid) -> Matched:
    """The rest waits one tick past the last fill, inside the band (VN-C4, VN-D2)."""
    if not left:
        return Matched(trades)
    if not trades:
        return Matched((), cancelled=left)
    last = trades[-1].price
    price = grid.above(last) if incoming.side is Side.BUY else grid.below(last)
    return Matched(trades, resting=left, resting_price=price)


def _sweep(incoming: BookOrder, opposite: Iterable[BookOrder]) -> Iterable[Trade]:
    sign = 1 if incoming.side is Side.BUY else -1
    limits = [(order.price * sign, order) for order in opposite if order.price is not None]
    wanted = incoming.quantity
    for signed, resting in sorted(limits, key=lambda limit: limit[0]):
        price = signed * sign
        if not wanted or not _reaches(incoming, price):
            return
        quantity = min(wanted, resting.quantity)
        wanted -= quantity
        if incoming.side is Side.BUY:
            yield Trade(incoming.order_id, resting.order_id, price, quantity)
        else:
            yield Trade(resting.order_id, incoming.order_id, price, quantity)


def _reaches(incoming: BookOrder, price: int) -> bool:
    if incoming.price is None:
        return True
    return price <= incoming.price if incoming.side is Side.BUY else price >= incoming.price
