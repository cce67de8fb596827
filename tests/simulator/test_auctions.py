"""Call auctions at the boundaries of phases: one price, what dies with the auction, and what goes on."""

import pytest

from market.vocabulary import OrderType, SecurityStatus, Side
from simulator.broker_order import BrokerOrder, OrderStatus
from simulator.security import Board
from simulator.state import ExchangeState
from simulator.trading_day import advance
from simulator.venue import trial_auction
from tests.simulator.market_of_one import ACCOUNT, at, cancel, listed_as, meet, open_market, place, told


def now(state: ExchangeState, order: BrokerOrder) -> BrokerOrder:
    return state.orders[order.order_id]


def test_the_opening_auction_crosses_at_one_price_at_a_quarter_past_nine() -> None:
    state = open_market("09:05")
    buy = place(state, price=86_000, quantity=300)
    meet(state, "VIC", Side.SELL, 85_000, 100)
    meet(state, "VIC", Side.SELL, 85_500, 100)
    advance(state, at("09:14:59"))
    assert now(state, buy).filled == 0
    advance(state, at("09:15"))
    filled = now(state, buy)
    assert (filled.status, filled.filled, filled.leaves) == (OrderStatus.PF, 200, 100)
    assert filled.filled_value == 200 * state.securities["VIC"].day.last
    assert told(state) == ["RS", "SD", "QU", "match", "PF", "match", "PF"]


def test_what_a_limit_order_did_not_trade_in_the_opening_auction_goes_on_and_keeps_its_place() -> None:
    state = open_market("09:05")
    first = place(state, quantity=200)
    advance(state, at("09:20"))
    second = place(state, quantity=200)
    meet(state, "VIC", Side.SELL, 85_500, 200)
    assert (now(state, first).leaves, now(state, second).leaves) == (0, 200)


@pytest.mark.parametrize(("bought", "status"), [(0, OrderStatus.CL), (100, OrderStatus.FFPC)])
def test_an_unmatched_ato_is_cancelled_by_the_exchange_at_the_end_of_its_auction(
    bought: int, status: OrderStatus
) -> None:
    state = open_market("09:05")
    order = place(state, side=Side.SELL, price=0, quantity=300, order_type=OrderType.ATO)
    if bought:
        meet(state, "VIC", Side.BUY, 85_500, bought)
    advance(state, at("09:15"))
    ended = now(state, order)
    assert (ended.status, ended.filled, ended.cancelled, ended.leaves) == (status, bought, 300 - bought, 0)
    assert ended.unique_id == order.request_id
    assert state.accounts[ACCOUNT].position("VIC").held == 0


def test_an_ato_buy_keeps_cash_for_the_ceiling_until_it_is_done() -> None:
    state = open_market("09:05")
    place(state, price=0, order_type=OrderType.ATO)
    ceiling = state.securities["VIC"].day.ceiling
    assert state.accounts[ACCOUNT].held == 100 * ceiling * 10_015 // 10_000
    advance(state, at("09:15"))
    assert state.accounts[ACCOUNT].held == 0


def test_an_atc_trades_before_a_limit_order_at_the_closing_price() -> None:
    state = open_market("14:31")
    limit = place(state, price=85_500, quantity=100)
    at_close = place(state, price=0, quantity=100, order_type=OrderType.ATC)
    meet(state, "VIC", Side.SELL, 85_000, 100)
    advance(state, at("14:45"))
    assert now(state, at_close).status is OrderStatus.FF
    assert (now(state, limit).status, now(state, limit).cancelled) == (OrderStatus.EX, 100)


def test_a_limit_order_of_the_day_takes_part_in_the_closing_auction() -> None:
    state = open_market("10:00")
    order = place(state, "SHS", Side.BUY, 22_400, 500)
    advance(state, at("14:31"))
    meet(state, "SHS", Side.SELL, 0, 200, OrderType.ATC)
    advance(state, at("14:45"))
    ended = now(state, order)
    assert (ended.status, ended.filled, ended.cancelled) == (OrderStatus.EX, 200, 300)


def test_nothing_is_cancelled_in_an_auction() -> None:
    state = open_market("14:00")
    carried = place(state)
    advance(state, at("14:31"))
    entered = place(state, price=0, order_type=OrderType.ATC)
    told(state)
    assert cancel(state, carried).status is OrderStatus.QU
    assert cancel(state, entered).status is OrderStatus.QU
    assert told(state) == ["40014", "40014"]


def test_the_same_investor_may_not_enter_both_sides_of_one_auction() -> None:
    state = open_market("14:00")
    place(state, price=80_000)
    advance(state, at("14:31"))
    assert place(state, side=Side.SELL, price=90_000).reject_code == "", "a carried order does not count"
    assert place(state, side=Side.BUY, price=80_000).reject_code == "ORD009"


def test_odd_lots_cross_on_their_own_board_and_set_no_price() -> None:
    state = open_market("09:05")
    odd = place(state, quantity=40)
    meet(state, "VIC", Side.SELL, 85_400, 40)
    meet(state, "VIC", Side.SELL, 85_000, 400)
    advance(state, at("09:15"))
    assert now(state, odd).status is OrderStatus.FF
    assert state.securities["VIC"].day.trades == 0


def test_a_trial_shows_the_price_before_the_auction_is_held() -> None:
    state = open_market("09:05")
    place(state, price=86_000)
    meet(state, "VIC", Side.SELL, 86_000, 100)
    security = state.securities["VIC"]
    assert trial_auction(security.books[Board.ROUND], security.day.close, security.grid).price == 86_000
    assert len(security.books[Board.ROUND].order_ids()) == 2


def test_no_auction_is_held_while_the_security_is_halted() -> None:
    state = open_market("09:05")
    buy = place(state)
    ato = place(state, price=0, order_type=OrderType.ATO)
    meet(state, "VIC", Side.SELL, 85_500, 400)
    listed_as(state, "VIC", SecurityStatus.HALTED)
    advance(state, at("09:15"))
    assert (now(state, buy).status, now(state, ato).status) == (OrderStatus.QU, OrderStatus.CL)


def test_a_restricted_hose_stock_trades_in_auctions_of_a_quarter_of_an_hour() -> None:
    state = open_market("10:00")
    listed_as(state, "VIC", SecurityStatus.RESTRICTED)
    order = place(state)
    meet(state, "VIC", Side.SELL, 85_500, 100)
    assert order.filled == 0
    assert place(state, price=0, order_type=OrderType.MTL).reject_code == "ORD016"
    advance(state, at("10:15"))
    assert now(state, order).status is OrderStatus.FF


def test_in_the_first_minutes_of_a_periodic_auction_orders_can_be_cancelled_later_not() -> None:
    state = open_market("10:00")
    listed_as(state, "VIC", SecurityStatus.RESTRICTED)
    early, late = place(state), place(state)
    assert cancel(state, early).status is OrderStatus.CL
    advance(state, at("10:10"))
    assert cancel(state, late).status is OrderStatus.QU


def post_close(clock: str) -> ExchangeState:
    """SHS has traded today at 22,400."""
    state = open_market("14:00")
    meet(state, "SHS", Side.SELL, 22_400, 100)
    meet(state, "SHS", Side.BUY, 22_400, 100)
    advance(state, at(clock))
    return state


def test_plo_orders_are_collected_and_meet_at_the_closing_price_from_five_to_three() -> None:
    state = post_close("14:46")
    order = place(state, "SHS", Side.SELL, 0, 200, OrderType.PLO)
    meet(state, "SHS", Side.BUY, 0, 100, OrderType.PLO)
    assert order.status is OrderStatus.QU
    advance(state, at("14:55"))
    assert (now(state, order).filled, now(state, order).filled_value) == (100, 2_240_000)
    meet(state, "SHS", Side.BUY, 0, 50 * 2, OrderType.PLO)
    assert now(state, order).status is OrderStatus.FF


def test_an_unmatched_plo_is_cancelled_at_three_and_never_before() -> None:
    state = post_close("14:56")
    order = place(state, "SHS", Side.BUY, 0, 200, OrderType.PLO)
    assert state.accounts[ACCOUNT].held == 200 * 22_400 * 10_015 // 10_000
    assert cancel(state, order).status is OrderStatus.QU
    advance(state, at("15:00"))
    assert now(state, order).status is OrderStatus.CL


def test_without_a_trade_of_the_day_there_is_no_post_close_trading() -> None:
    state = open_market("14:50")
    assert place(state, "SHS", Side.BUY, 0, 200, OrderType.PLO).reject_code == "ORD016"


def test_an_atc_held_from_the_morning_goes_out_with_its_auction() -> None:
    state = open_market("08:30")
    order = place(state, price=0, order_type=OrderType.ATC)
    assert order.status is OrderStatus.IAV
    advance(state, at("14:29:59"))
    assert now(state, order).status is OrderStatus.IAV
    advance(state, at("14:30"))
    assert now(state, order).status is OrderStatus.QU


def test_a_held_order_of_a_security_halted_in_the_meantime_is_rejected() -> None:
    state = open_market("08:30")
    order = place(state)
    listed_as(state, "VIC", SecurityStatus.HALTED)
    advance(state, at("09:00"))
    assert (now(state, order).status, now(state, order).reject_code) == (OrderStatus.RJ, "ORD017")
    assert told(state) == ["IAV", "RJ"]
    assert state.accounts[ACCOUNT].held == 0
