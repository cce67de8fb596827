"""What every auction and every matching keeps: shares, limits, priority, and the rules of the price (VN-C3)."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from market.auction import cross, price_auction_orders
from market.bands import band_for
from market.matching import BookOrder, PriceGrid, Trade, match
from market.vocabulary import OrderType, Side
from tests.market.market_of_cases import HNX, HOSE, STOCK

REFERENCE = 10_000
GRID = PriceGrid(HOSE, STOCK, band_for(HOSE, STOCK, REFERENCE))
PRICES = [*range(GRID.band.floor, 10_000, 10), *range(10_000, GRID.band.ceiling + 1, 50)]
NEAR = [price for price in PRICES if 9_900 <= price <= 10_200]


@st.composite
def books(draw: st.DrawFn, types: tuple[OrderType, ...]) -> list[BookOrder]:
    sides = draw(st.lists(st.tuples(st.sampled_from(Side), st.sampled_from(types)), max_size=12))
    return [
        BookOrder(
            str(number),
            side,
            order_type,
            draw(st.integers(1, 20)) * 100,
            draw(st.sampled_from(NEAR)) if order_type is OrderType.LO else None,
        )
        for number, (side, order_type) in enumerate(sides)
    ]


def bought(orders: list[BookOrder], price: int) -> int:
    return sum(each.quantity for each in orders if each.side is Side.BUY and (each.price or 0) >= price)


def sold(orders: list[BookOrder], price: int) -> int:
    return sum(each.quantity for each in orders if each.side is Side.SELL and (each.price or 0) <= price)


def traded(trades: tuple[Trade, ...]) -> Counter[str]:
    shares: Counter[str] = Counter()
    for trade in trades:
        shares[trade.buy_id] += trade.quantity
        shares[trade.sell_id] += trade.quantity
    return shares


@given(books((OrderType.LO, OrderType.LO, OrderType.ATO)), st.sampled_from(NEAR))
def test_the_clearing_price_trades_the_most_and_fills_every_better_order(orders: list[BookOrder], last: int) -> None:
    crossed = cross(orders, last, GRID)
    priced = price_auction_orders(orders, last, GRID)
    largest = max(min(bought(priced, price), sold(priced, price)) for price in PRICES)
    assert crossed.volume == largest
    if crossed.price is None:
        assert largest == 0
        return
    assert crossed.price in PRICES
    shares = traded(crossed.trades)
    for each in priced:
        price = each.price or 0
        assert shares[each.order_id] <= each.quantity
        better = price > crossed.price if each.side is Side.BUY else price < crossed.price
        worse = price < crossed.price if each.side is Side.BUY else price > crossed.price
        assert not better or shares[each.order_id] == each.quantity
        assert not worse or shares[each.order_id] == 0


@given(books((OrderType.LO, OrderType.ATC)), st.sampled_from(NEAR))
def test_in_an_auction_an_earlier_order_of_the_same_price_is_filled_first(orders: list[BookOrder], last: int) -> None:
    crossed = cross(orders, last, GRID)
    shares = traded(crossed.trades)
    priced = price_auction_orders(orders, last, GRID)
    for index, later in enumerate(priced):
        for earlier in priced[:index]:
            same = (earlier.side, earlier.price) == (later.side, later.price)
            assert not same or not shares[later.order_id] or shares[earlier.order_id] == earlier.quantity


@given(books((OrderType.LO,)), books((OrderType.LO,)), st.sampled_from(NEAR))
def test_no_other_price_by_rules_a_and_b_lies_nearer_to_the_last_one(
    some: list[BookOrder], more: list[BookOrder], last: int
) -> None:
    orders = [
        *some,
        *(BookOrder(f"m{each.order_id}", each.side, each.order_type, each.quantity, each.price) for each in more),
    ]
    crossed = cross(orders, last, GRID)
    if crossed.price is None:
        return
    for price in PRICES:
        demand, supply = bought(orders, price), sold(orders, price)
        # Both sides filled whole is the plainest case of rule (b).
        if demand == supply == crossed.volume:
            assert abs(crossed.price - last) <= abs(price - last)


@given(
    books((OrderType.LO,)),
    st.sampled_from((OrderType.LO, OrderType.MTL, OrderType.MOK, OrderType.MAK)),
    st.sampled_from(Side),
    st.integers(1, 40),
    st.sampled_from(NEAR),
)
def test_continuous_matching_keeps_every_share(
    orders: list[BookOrder], order_type: OrderType, side: Side, lots: int, price: int
) -> None:
    incoming = BookOrder("in", side, order_type, lots * 100, price if order_type is OrderType.LO else None)
    opposite = [each for each in orders if each.side is not side]
    matched = match(incoming, opposite, PriceGrid(HNX, STOCK, band_for(HNX, STOCK, REFERENCE)))
    shares = traded(matched.trades)
    assert shares["in"] + matched.resting + matched.cancelled == incoming.quantity
    assert all(shares[each.order_id] <= each.quantity for each in opposite)
    assert (matched.resting_price is not None) is bool(matched.resting)
    prices = [trade.price for trade in matched.trades]
    assert prices == sorted(prices, reverse=side is Side.SELL)
    if order_type is OrderType.MOK:
        assert shares["in"] in {0, incoming.quantity}
    if order_type in {OrderType.MOK, OrderType.MAK}:
        assert matched.resting == 0
    if order_type in {OrderType.MTL, OrderType.LO} and matched.trades:
        assert matched.cancelled == 0
