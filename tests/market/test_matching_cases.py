"""The worked cases of matching and auctions, each by its number, and what the rules say around them (VN-C3, VN-C4)."""

import pytest

from market.auction import cross, price_auction_orders
from market.bands import band_for
from market.matching import BookOrder, Matched, PriceGrid, Trade, match
from market.post_close import post_close_trades
from market.vocabulary import Exchange, OrderType, Side
from tests.market.market_of_cases import HNX, HOSE, STOCK

LO, ATO, ATC, MTL, MOK, MAK = (
    OrderType.LO,
    OrderType.ATO,
    OrderType.ATC,
    OrderType.MTL,
    OrderType.MOK,
    OrderType.MAK,
)
BUY, SELL = Side.BUY, Side.SELL


def grid(exchange: Exchange, reference: int) -> PriceGrid:
    return PriceGrid(exchange, STOCK, band_for(exchange, STOCK, reference))


def buy(quantity: int, price: int | None = None, order_type: OrderType = LO, name: str = "b") -> BookOrder:
    return BookOrder(name, BUY, order_type, quantity, price)


def sell(quantity: int, price: int | None = None, order_type: OrderType = LO, name: str = "s") -> BookOrder:
    return BookOrder(name, SELL, order_type, quantity, price)


ASKS = (sell(200, 25_350, name="s2"), sell(300, 25_300, name="s1"))


def test_case_26_the_rest_of_an_mtl_waits_one_tick_past_its_last_fill() -> None:
    matched = match(buy(1_000, order_type=MTL), ASKS, grid(HOSE, 25_300))
    assert matched == Matched((Trade("b", "s1", 25_300, 300), Trade("b", "s2", 25_350, 200)), 500, 25_400)


def test_case_27_an_mtl_without_a_limit_order_opposite_is_cancelled_at_once() -> None:
    assert match(sell(1_000, order_type=MTL), (), grid(HOSE, 25_300)) == Matched((), cancelled=1_000)


def test_case_29_an_mok_that_cannot_fill_whole_fills_nothing() -> None:
    asks = (sell(500, 12_300, name="s1"), sell(300, 12_400, name="s2"))
    assert match(buy(1_000, order_type=MOK), asks, grid(HNX, 12_300)) == Matched((), cancelled=1_000)
    assert match(buy(800, order_type=MOK), asks, grid(HNX, 12_300)).cancelled == 0


def test_an_mak_takes_what_is_there_and_cancels_the_rest() -> None:
    matched = match(buy(1_000, order_type=MAK), ASKS, grid(HNX, 25_300))
    assert (sum(trade.quantity for trade in matched.trades), matched.cancelled, matched.resting) == (500, 500, 0)


def test_a_limit_order_stops_at_its_price_and_rests_there() -> None:
    matched = match(buy(1_000, 25_300), ASKS, grid(HOSE, 25_300))
    assert matched == Matched((Trade("b", "s1", 25_300, 300),), 700, 25_300)


@pytest.mark.parametrize(
    ("incoming", "opposite", "price"),
    [
        (buy(500, order_type=MTL), sell(100, 27_050), 27_050),
        (sell(500, order_type=MTL), buy(100, 23_550), 23_550),
        (sell(500, order_type=MTL), buy(100, 25_300), 25_250),
    ],
)
def test_the_rest_of_an_mtl_never_leaves_the_band(incoming: BookOrder, opposite: BookOrder, price: int) -> None:
    assert match(incoming, (opposite,), grid(HOSE, 25_300)).resting_price == price


@pytest.mark.parametrize(("reference", "price"), [(10_000, 9_990), (50_000, 49_950)])
def test_the_rest_of_a_selling_mtl_below_a_step_of_the_tick_uses_the_smaller_tick(reference: int, price: int) -> None:
    matched = match(sell(500, order_type=MTL), (buy(100, reference),), grid(HOSE, reference))
    assert matched.resting_price == price


def test_a_type_of_the_auctions_never_meets_a_continuous_book() -> None:
    with pytest.raises(ValueError, match="ATC"):
        match(buy(100, order_type=ATC), ASKS, grid(HOSE, 25_300))


def test_case_67_an_ato_and_an_lo_at_the_ceiling_compete_on_time() -> None:
    orders = (buy(1_000, 41_700, name="lo"), buy(1_000, order_type=ATO, name="ato"), sell(1_000, 40_000))
    crossed = cross(orders, 39_000, grid(HOSE, 39_000))
    assert (crossed.price, crossed.trades) == (41_700, (Trade("lo", "s", 41_700, 1_000),))


def test_below_the_ceiling_an_ato_outranks_every_limit_order() -> None:
    orders = (buy(1_000, 41_000, name="lo"), buy(1_000, order_type=ATO, name="ato"), sell(1_000, 40_000))
    crossed = cross(orders, 39_000, grid(HOSE, 39_000))
    assert [trade.buy_id for trade in crossed.trades] == ["ato"]
    assert crossed.price == 41_050


def test_case_69_the_price_fills_every_better_order() -> None:
    orders = (
        buy(1_000, 20_200, name="b1"),
        buy(2_000, 20_100, name="b2"),
        sell(1_500, 20_000, name="s1"),
        sell(1_000, 20_150, name="s2"),
    )
    crossed = cross(orders, 20_000, grid(HOSE, 20_000))
    assert crossed.price == 20_100
    assert crossed.trades == (Trade("b1", "s1", 20_100, 1_000), Trade("b2", "s1", 20_100, 500))


@pytest.mark.parametrize(
    ("bought", "sold", "price"), [(1_000, 1_000, 25_300), (2_000, 1_000, 25_350), (1_000, 2_000, 25_250)]
)
def test_without_limit_orders_the_longer_side_moves_the_price_by_one_tick(bought: int, sold: int, price: int) -> None:
    orders = (buy(bought, order_type=ATO), sell(sold, order_type=ATO))
    crossed = cross(orders, 25_300, grid(HOSE, 25_300))
    assert (crossed.price, crossed.volume) == (price, 1_000)


def test_one_side_alone_makes_no_price() -> None:
    assert cross((buy(100, order_type=ATC),), 25_300, grid(HOSE, 25_300)).price is None
    assert cross((buy(100, 25_300), sell(100, 25_350)), 25_300, grid(HOSE, 25_300)).price is None


@pytest.mark.parametrize(("last", "price"), [(20_000, 20_100), (20_150, 20_150), (20_125, 20_150), (20_900, 20_200)])
def test_among_equal_prices_the_nearest_to_the_last_one_wins_and_then_the_higher(last: int, price: int) -> None:
    orders = (buy(500, 20_200), sell(500, 20_100))
    assert cross(orders, last, grid(HOSE, 20_000)).price == price


@pytest.mark.parametrize(("last", "price"), [(19_900, 20_050), (20_200, 20_100)])
def test_where_every_price_leaves_orders_out_the_nearest_that_fills_the_better_ones_wins(last: int, price: int) -> None:
    orders = (buy(100, 20_100), buy(100, 20_050, name="b2"), sell(100, 20_000), sell(100, 20_100, name="s2"))
    crossed = cross(orders, last, grid(HOSE, 20_000))
    assert (crossed.price, crossed.volume) == (price, 100)


@pytest.mark.parametrize(
    ("limits", "bought_at", "sold_at"),
    [
        # One tick past the best limit of the own side, the reference between them.
        ((buy(100, 20_100), sell(100, 19_900)), 20_150, 19_850),
        # The highest sell and the lowest buy reach further.
        ((sell(100, 20_500), sell(100, 20_050)), 20_500, 20_000),
        ((buy(100, 19_500), buy(100, 19_950)), 20_000, 19_500),
        # Neither side reaches the reference, which then counts.
        ((buy(100, 19_500), sell(100, 19_600)), 20_000, 19_500),
        ((buy(100, 20_400), sell(100, 20_500)), 20_500, 20_000),
        # Never past the ceiling or the floor.
        ((buy(100, 21_400), sell(100, 18_600)), 21_400, 18_600),
    ],
)
def test_an_order_at_the_open_stands_where_limit_orders_put_it(
    limits: tuple[BookOrder, ...], bought_at: int, sold_at: int
) -> None:
    orders = (buy(100, order_type=ATO, name="ato-b"), *limits, sell(100, order_type=ATO, name="ato-s"))
    priced = {each.order_id: each.price for each in price_auction_orders(orders, 20_000, grid(HOSE, 20_000))}
    assert (priced["ato-b"], priced["ato-s"]) == (bought_at, sold_at)


def test_post_close_orders_meet_at_the_closing_price_by_time() -> None:
    plo = OrderType.PLO
    orders = (
        buy(300, order_type=plo, name="b1"),
        sell(200, order_type=plo, name="s1"),
        buy(300, order_type=plo, name="b2"),
        sell(200, order_type=plo, name="s2"),
    )
    assert post_close_trades(orders, 12_300) == (
        Trade("b1", "s1", 12_300, 200),
        Trade("b1", "s2", 12_300, 100),
        Trade("b2", "s2", 12_300, 100),
    )
