"""Exchanges that stand in a phase until told otherwise: nothing crosses before its end, a halt loses nothing."""

from datetime import timedelta

import pytest

from market.phases import PhaseName
from market.vocabulary import Exchange, OrderType, Side
from simulator.broker_order import OrderStatus
from simulator.deviating import follow_table, phases_to_stand_in, stand_in, standing
from simulator.state import ExchangeState
from simulator.trading_day import advance
from tests.simulator.market_of_one import at, cancel, meet, open_market, place, told

HOSE, HNX = Exchange.HOSE, Exchange.HNX


def test_a_stretched_opening_auction_crosses_only_when_it_ends() -> None:
    state = open_market("09:05")
    order = place(state, price=0, quantity=200, order_type=OrderType.ATO)
    meet(state, "VIC", Side.SELL, 85_000, 200)
    stand_in(state, HOSE, PhaseName.OPEN_AUCTION)
    advance(state, at("09:40"))
    assert (state.phase_of(HOSE), state.phase_of(HNX)) == (PhaseName.OPEN_AUCTION, PhaseName.CONT_AM)
    assert state.orders[order.order_id].status is OrderStatus.QU
    late = place(state, price=0, quantity=100, order_type=OrderType.ATO)
    follow_table(state, HOSE)
    assert state.phase_of(HOSE) is PhaseName.CONT_AM
    assert state.orders[order.order_id].status is OrderStatus.FF
    assert state.orders[late.order_id].status is OrderStatus.CL
    assert standing(state) == {}


def test_a_halt_in_the_middle_of_an_auction_keeps_its_orders_and_they_cross_at_the_end() -> None:
    state = open_market("14:31")
    order = place(state, price=0, quantity=200, order_type=OrderType.ATC)
    meet(state, "VIC", Side.SELL, 85_000, 200)
    stand_in(state, HOSE, PhaseName.HALTED)
    assert state.orders[order.order_id].status is OrderStatus.QU
    advance(state, at("14:36"))
    follow_table(state, HOSE)
    assert state.orders[order.order_id].status is OrderStatus.QU
    advance(state, at("14:45"))
    assert state.orders[order.order_id].status is OrderStatus.FF


def test_nothing_is_taken_or_matched_in_a_halt_and_the_book_is_there_after_it() -> None:
    state = open_market("10:00")
    resting = place(state, price=85_000)
    stand_in(state, HOSE, PhaseName.HALTED)
    refused = place(state, price=85_500)
    assert (refused.status, refused.reject_reason) == (OrderStatus.RJ, "Invalid market status")
    assert place(state, "SHS", price=22_400).status is OrderStatus.QU
    advance(state, at("10:30"))
    follow_table(state, HOSE)
    meet(state, "VIC", Side.SELL, 85_000, 100)
    assert state.orders[resting.order_id].status is OrderStatus.FF


def test_an_auction_that_a_halt_outlasts_meets_at_one_price_when_trading_goes_on() -> None:
    state = open_market("09:05")
    order = place(state, price=86_000)
    meet(state, "VIC", Side.SELL, 85_000, 100)
    stand_in(state, HOSE, PhaseName.HALTED)
    advance(state, at("09:30"))
    told(state)
    follow_table(state, HOSE)
    assert told(state) == ["match", "FF"]
    assert state.orders[order.order_id].filled == 100


@pytest.mark.parametrize("status", [OrderStatus.CL, OrderStatus.EX])
def test_an_order_in_a_halt_that_lasts_to_the_close_dies_as_on_any_day(status: OrderStatus) -> None:
    state = open_market("10:00")
    order = place(state, price=85_000)
    stand_in(state, HOSE, PhaseName.HALTED)
    if status is OrderStatus.CL:
        follow_table(state, HOSE)
        order = cancel(state, order)
    advance(state, at("14:46"))
    assert state.orders[order.order_id].status is status


def test_an_order_that_waits_at_the_broker_waits_through_a_halt() -> None:
    state = open_market("08:30")
    order = place(state, price=85_000)
    assert order.status is OrderStatus.IAV
    advance(state, at("08:50"))
    stand_in(state, HOSE, PhaseName.HALTED)
    advance(state, at("09:20"))
    assert state.orders[order.order_id].status is OrderStatus.IAV
    follow_table(state, HOSE)
    assert state.orders[order.order_id].status is OrderStatus.QU


def test_a_stretched_break_parks_orders_as_any_break_does() -> None:
    state = open_market("12:00")
    stand_in(state, HOSE, PhaseName.BREAK)
    advance(state, at("13:20"))
    order = place(state, price=85_000)
    assert order.status is OrderStatus.IAV
    follow_table(state, HOSE)
    assert state.orders[order.order_id].status is OrderStatus.QU


def test_an_auction_begun_by_hand_at_a_clock_that_stands_still_crosses_when_it_ends() -> None:
    state = open_market("10:00")
    stand_in(state, HOSE, PhaseName.CLOSE_AUCTION)
    order = place(state, price=0, order_type=OrderType.ATC)
    meet(state, "VIC", Side.SELL, 85_000, 100)
    follow_table(state, HOSE)
    assert (state.orders[order.order_id].status, state.phase_of(HOSE)) == (OrderStatus.FF, PhaseName.CONT_AM)


def test_a_phase_that_is_never_ended_ends_with_its_day() -> None:
    state = open_market("14:35")
    order = place(state, price=85_000)
    stand_in(state, HOSE, PhaseName.CLOSE_AUCTION)
    advance(state, at("18:00"))
    assert state.orders[order.order_id].status is OrderStatus.QU
    (finished,) = advance(state, at("09:20") + timedelta(days=2))
    assert [each.status for each in finished.orders] == [OrderStatus.EX]
    assert (state.calendar.deviations, state.phase_of(HOSE)) == ((), PhaseName.CONT_AM)


def stretched_closing_auction() -> ExchangeState:
    """HNX at 14:48, still in its closing auction, in which 200 SHS will trade at 22,400."""
    state = open_market("14:31")
    place(state, "SHS", price=22_400, quantity=200)
    meet(state, "SHS", Side.SELL, 22_400, 200)
    stand_in(state, HNX, PhaseName.CLOSE_AUCTION)
    advance(state, at("14:48"))
    return state


@pytest.mark.parametrize("ends", ["14:50", "14:57"])
def test_post_close_trading_begins_when_a_stretched_closing_auction_has_ended_and_ends_at_its_usual_time(
    ends: str,
) -> None:
    state = stretched_closing_auction()
    early = place(state, "SHS", price=0, order_type=OrderType.PLO)
    assert (early.status, early.reject_code) == (OrderStatus.RJ, "ORD016")
    advance(state, at(ends))
    told(state)
    follow_table(state, HNX)
    assert (state.phase_of(HNX), told(state)) == (PhaseName.PLO, ["match", "FF"])
    traded = place(state, "SHS", price=0, order_type=OrderType.PLO)
    meet(state, "SHS", Side.SELL, 0, 100, OrderType.PLO)
    waiting = place(state, "SHS", price=0, order_type=OrderType.PLO)
    advance(state, at("14:59"))
    assert (state.orders[traded.order_id].status, state.securities["SHS"].day.last) == (OrderStatus.FF, 22_400)
    advance(state, at("15:00"))
    assert (state.phase_of(HNX), state.orders[waiting.order_id].status) == (PhaseName.CLOSED, OrderStatus.CL)


def test_a_closing_auction_stretched_beyond_the_days_end_leaves_no_post_close_trading() -> None:
    state = stretched_closing_auction()
    advance(state, at("15:05"))
    told(state)
    follow_table(state, HNX)
    assert (state.phase_of(HNX), told(state)) == (PhaseName.CLOSED, ["match", "FF"])
    assert place(state, "SHS", price=0, order_type=OrderType.PLO).status is OrderStatus.RJ


def test_a_halt_that_outlasts_the_closing_auction_leaves_it_without_a_price_and_post_close_trading_at_the_last() -> (
    None
):
    state = open_market("14:29")
    place(state, "SHS", price=22_500)
    meet(state, "SHS", Side.SELL, 22_500, 100)
    advance(state, at("14:31"))
    at_close = place(state, "SHS", price=0, order_type=OrderType.ATC)
    meet(state, "SHS", Side.SELL, 22_400, 100)
    stand_in(state, HNX, PhaseName.HALTED)
    advance(state, at("14:58"))
    follow_table(state, HNX)
    assert (state.phase_of(HNX), state.orders[at_close.order_id].status) == (PhaseName.PLO, OrderStatus.CL)
    meet(state, "SHS", Side.SELL, 0, 100, OrderType.PLO)
    late = place(state, "SHS", price=0, order_type=OrderType.PLO)
    assert state.orders[late.order_id].executions == {22_500: 100}


def test_post_close_orders_wait_through_a_halt() -> None:
    state = open_market("14:29")
    place(state, "SHS", price=22_500)
    meet(state, "SHS", Side.SELL, 22_500, 100)
    advance(state, at("14:46"))
    order = place(state, "SHS", price=0, order_type=OrderType.PLO)
    meet(state, "SHS", Side.SELL, 0, 100, OrderType.PLO)
    stand_in(state, HNX, PhaseName.HALTED)
    advance(state, at("14:58"))
    assert state.orders[order.order_id].status is OrderStatus.QU
    follow_table(state, HNX)
    assert state.orders[order.order_id].status is OrderStatus.FF


def test_limit_orders_live_as_long_as_continuous_trading_is_stretched() -> None:
    state = open_market("14:20")
    early = place(state, "SHS", price=22_000)
    stand_in(state, HNX, PhaseName.CONT_PM)
    advance(state, at("14:50"))
    late = place(state, "SHS", price=22_000)
    advance(state, at("14:55"))
    assert [state.orders[each.order_id].status for each in (early, late)] == [OrderStatus.QU, OrderStatus.QU]
    stand_in(state, HNX, PhaseName.CLOSE_AUCTION)
    assert [state.orders[each.order_id].status for each in (early, late)] == [OrderStatus.QU, OrderStatus.QU]
    follow_table(state, HNX)
    assert [state.orders[each.order_id].status for each in (early, late)] == [OrderStatus.EX, OrderStatus.EX]


def test_each_exchange_has_its_own_phases() -> None:
    assert PhaseName.OPEN_AUCTION in phases_to_stand_in(HOSE)
    assert PhaseName.OPEN_AUCTION not in phases_to_stand_in(HNX)
    assert all(PhaseName.HALTED in phases_to_stand_in(exchange) for exchange in Exchange)
