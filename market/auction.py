"""The one price of a call auction, and who trades at it (VN-C3)."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from market.matching import BookOrder, PriceGrid, Trade, pair
from market.ticks import next_tick_up
from market.vocabulary import OrderType, Side

_PRICELESS = frozenset({OrderType.ATO, OrderType.ATC})


@dataclass(frozen=True, slots=True)
class Cross:
    """The outcome of an auction; `price` is None and there is no trade when no buy meets a sell."""

    price: int | None
    trades: tuple[Trade, ...] = ()

    @property
    def volume(self) -> int:
        return sum(trade.quantity for trade in self.trades)


def cross(orders: Sequence[BookOrder], last_price: int, grid: PriceGrid) -> Cross:
    """The auction over `orders`, given in the order of their time.

    `last_price` is the last matched price, before the day's first match the reference. Priority is price, then time;
    ATO and ATC stand at the price that C3 gives them, so against an LO at the ceiling or floor only time decides.
    """
    priced = price_auction_orders(orders, last_price, grid)
    buys = [order for order in priced if order.side is Side.BUY]
    sells = [order for order in priced if order.side is Side.SELL]
    price = clearing_price(buys, sells, last_price, grid)
    if price is None:
        return Cross(None)
    willing_buys = sorted((order for order in buys if _price(order) >= price), key=lambda order: -_price(order))
    willing_sells = sorted((order for order in sells if _price(order) <= price), key=_price)
    return Cross(price, pair(willing_buys, willing_sells, price))


def price_auction_orders(orders: Sequence[BookOrder], last_price: int, grid: PriceGrid) -> list[BookOrder]:
    """`orders` with a price on every ATO and ATC (VN-C3, VN-D1)."""
    priceless = [order for order in orders if order.order_type in _PRICELESS]
    limits = [order for order in orders if order.order_type not in _PRICELESS]
    if not priceless:
        return list(orders)
    if limits:
        prices = _prices_beside_limits(limits, last_price, grid)
    else:
        alone = _price_alone(priceless, last_price, grid)
        prices = {Side.BUY: alone, Side.SELL: alone}
    return [replace(order, price=prices[order.side]) if order.order_type in _PRICELESS else order for order in orders]


def clearing_price(
    buys: Sequence[BookOrder], sells: Sequence[BookOrder], last_price: int, grid: PriceGrid
) -> int | None:
    """The price by rules (a) to (d) of article 21; None when the best buy is below the best sell (VN-C3)."""
    if not buys or not sells:
        return None
    lowest, highest = min(map(_price, sells)), max(map(_price, buys))
    if highest < lowest:
        return None
    depth = _Depth(buys, sells)
    candidates = _grid_between(lowest, highest, grid)
    most = max(map(depth.volume, candidates))
    largest = [price for price in candidates if depth.volume(price) == most and depth.fills_the_better(price)]
    preferred = [price for price in largest if depth.fills_one_side(price)] or largest
    # Equally near below and above: the higher, by one broker's word.
    return min(preferred, key=lambda price: (abs(price - last_price), -price))


class _Depth:
    """How many shares would be bought and sold at each price."""

    def __init__(self, buys: Sequence[BookOrder], sells: Sequence[BookOrder]) -> None:
        bids = sorted((_price(order), order.quantity) for order in buys)
        asks = sorted((_price(order), order.quantity) for order in sells)
        self._bid_prices = [price for price, _ in bids]
        self._ask_prices = [price for price, _ in asks]
        self._bid_sums = [0, *accumulate(quantity for _, quantity in bids)]
        self._ask_sums = [0, *accumulate(quantity for _, quantity in asks)]

    def volume(self, price: int) -> int:
        return min(self._bought_from(price), self._sold_to(price))

    def fills_the_better(self, price: int) -> bool:
        """Rule (a): every buy above and every sell below the price is filled whole."""
        volume = self.volume(price)
        return self._bought_above(price) <= volume and self._sold_below(price) <= volume

    def fills_one_side(self, price: int) -> bool:
        """Rule (b): one side is filled whole, and the other's orders at the price whole or in part, not left out."""
        volume, bought, sold = self.volume(price), self._bought_from(price), self._sold_to(price)
        sells_served = sold == volume or self._sold_below(price) < volume
        buys_served = bought == volume or self._bought_above(price) < volume
        return (bought == volume and sells_served) or (sold == volume and buys_served)

    def _bought_from(self, price: int) -> int:
        return self._bid_sums[-1] - self._bid_sums[bisect_left(self._bid_prices, price)]

    def _bought_above(self, price: int) -> int:
        return self._bid_sums[-1] - self._bid_sums[bisect_right(self._bid_prices, price)]

    def _sold_to(self, price: int) -> int:
        return self._ask_sums[bisect_right(self._ask_prices, price)]

    def _sold_below(self, price: int) -> int:
        return self._ask_sums[bisect_left(self._ask_prices, price)]


def _prices_beside_limits(limits: Sequence[BookOrder], last_price: int, grid: PriceGrid) -> dict[Side, int]:
    bids = [_price(order) for order in limits if order.side is Side.BUY]
    asks = [_price(order) for order in limits if order.side is Side.SELL]
    buying = [last_price, *asks, *([grid.above(max(bids))] if bids else [])]
    selling = [last_price, *bids, *([grid.below(min(asks))] if asks else [])]
    return {Side.BUY: max(buying), Side.SELL: min(selling)}


def _price_alone(orders: Sequence[BookOrder], last_price: int, grid: PriceGrid) -> int:
    bought = sum(order.quantity for order in orders if order.side is Side.BUY)
    sold = sum(order.quantity for order in orders if order.side is Side.SELL)
    if not bought or not sold or bought == sold:
        return last_price
    return grid.above(last_price) if bought > sold else grid.below(last_price)


def _grid_between(lowest: int, highest: int, grid: PriceGrid) -> list[int]:
    prices, price = [], lowest
    while price <= highest:
        prices.append(price)
        price = next_tick_up(grid.exchange, grid.kind, price)
    return prices


def _price(order: BookOrder) -> int:
    if order.price is None:
        raise ValueError(f"order {order.order_id} has no price in an auction")
    return order.price
