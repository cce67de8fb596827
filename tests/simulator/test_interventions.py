"""Halts, days that open or close by surprise, foreigners' room, and what they do to orders and settlement."""

from datetime import date

from market.calendar import CalendarOverride, OverrideKind
from market.vocabulary import BandDay, Exchange, SecurityStatus, Side
from simulator.broker_order import OrderStatus
from simulator.interventions import (
    forget_override,
    move,
    override_day,
    set_band_day,
    set_foreign_room,
    set_last,
    set_reference,
    set_status,
)
from simulator.starting_accounts import new_account
from simulator.state import ExchangeState
from simulator.trading_day import advance
from tests.simulator.market_of_one import ACCOUNT, amend, at, cancel, meet, open_market, place

# 2026-11-24 is closed: the Wednesday follows the Monday of the tests.
WEDNESDAY, THURSDAY, FRIDAY = date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 27)


def closed(day: date, exchange: Exchange | None = None) -> CalendarOverride:
    return CalendarOverride(day, OverrideKind.CLOSED, "storm", "test", exchange)


def bought(state: ExchangeState) -> int:
    return state.accounts[ACCOUNT].position("MBB").sellable


def test_a_halted_security_takes_no_orders_and_trades_nothing_until_it_resumes() -> None:
    state = open_market()
    waiting = place(state)
    security = state.securities["VIC"]
    set_status(state, security, SecurityStatus.HALTED)
    assert place(state).reject_code == "ORD017"
    set_status(state, security, SecurityStatus.NORMAL)
    meet(state, "VIC", Side.SELL, 85_500, 100)
    assert state.orders[waiting.order_id].status is OrderStatus.FF


def test_an_order_in_a_halted_security_can_be_cancelled() -> None:
    state = open_market()
    order = place(state)
    set_status(state, state.securities["VIC"], SecurityStatus.SUSPENDED)
    assert cancel(state, order).status is OrderStatus.CL


def test_what_waited_through_a_halted_auction_meets_when_trading_resumes() -> None:
    state = open_market("09:05")
    order = place(state, price=86_000)
    meet(state, "VIC", Side.SELL, 85_000, 100)
    set_status(state, state.securities["VIC"], SecurityStatus.HALTED)
    advance(state, at("09:30"))
    assert state.orders[order.order_id].filled == 0
    set_status(state, state.securities["VIC"], SecurityStatus.NORMAL)
    assert state.orders[order.order_id].status is OrderStatus.FF


def test_a_day_closed_by_surprise_is_passed_over_and_delays_settlement() -> None:
    state = open_market()
    meet(state, "MBB", Side.SELL, 24_500, 200)
    place(state, "MBB", Side.BUY, 24_500, 200)
    override_day(state, closed(WEDNESDAY))
    advance(state, at("13:00", THURSDAY))
    assert (state.trading_date, bought(state)) == (THURSDAY, 0)
    advance(state, at("13:00", FRIDAY))
    assert bought(state) == 200


def test_a_word_taken_back_leaves_the_published_day() -> None:
    state = open_market()
    override_day(state, closed(WEDNESDAY))
    forget_override(state, WEDNESDAY)
    advance(state, at("10:00", WEDNESDAY))
    assert state.trading_date == WEDNESDAY


def test_a_holiday_that_is_opened_trades() -> None:
    state = open_market()
    holiday = date(2026, 11, 24)
    override_day(state, CalendarOverride(holiday, OverrideKind.REOPENED, "no holiday after all", "test"))
    advance(state, at("10:00", holiday))
    assert place(state).status is OrderStatus.QU


def test_one_exchange_can_stay_closed_alone() -> None:
    state = open_market()
    override_day(state, closed(WEDNESDAY, Exchange.HNX))
    advance(state, at("10:00", WEDNESDAY))
    assert place(state, "SHS", Side.BUY, 22_400).reject_code == "ORD016"
    assert place(state, "VIC").status is OrderStatus.QU


def test_a_foreign_buy_takes_room_when_it_is_entered_and_gives_back_what_it_does_not_fill() -> None:
    state = open_market()
    state.accounts[ACCOUNT].foreign = True
    security = state.securities["VIC"]
    set_foreign_room(state, security, 1_000)
    order = place(state, quantity=600)
    assert security.day.foreign_room == 400
    assert place(state, quantity=500).reject_code == "ORD034"
    amend(state, order, quantity=500)
    assert security.day.foreign_room == 500
    meet(state, "VIC", Side.SELL, 85_500, 200)
    cancel(state, order)
    assert security.day.foreign_room == 800


def test_a_first_day_has_a_wide_band_and_takes_no_odd_lot_before_a_price() -> None:
    state = open_market()
    security = state.securities["VIC"]
    set_band_day(state, security, BandDay.FIRST_DAY)
    assert (security.day.floor, security.day.ceiling) == (68_400, 102_600)
    assert place(state, price=100_000).status is OrderStatus.QU
    assert place(state, quantity=50).status is OrderStatus.RJ
    set_band_day(state, security, BandDay.NORMAL)
    assert place(state, price=100_000).reject_code == "ORD003"


def test_what_made_a_band_wide_is_over_on_the_next_day() -> None:
    state = open_market()
    set_band_day(state, state.securities["VIC"], BandDay.RETURN_DAY)
    advance(state, at("10:00", WEDNESDAY))
    day = state.securities["VIC"].day
    assert (day.band_day, day.ceiling) == (BandDay.NORMAL, 91_400)


def test_a_domestic_investor_needs_no_room() -> None:
    state = open_market()
    set_foreign_room(state, state.securities["VIC"], 0)
    assert place(state).status is OrderStatus.QU


def test_accounts_stand_apart_in_cash_shares_and_orders() -> None:
    state = open_market()
    other = state.accounts["0901359"] = new_account("0901359", 10_000_000, {"VIC": 100})
    place(state)
    assert (other.held, other.position("VIC").held) == (0, 0)
    move(state, other, 5_000_000, {"VIC": 200, "SHS": 100})
    assert (other.cash, other.position("VIC").sellable, other.position("SHS").sellable) == (15_000_000, 300, 100)


def test_a_reference_that_is_set_moves_the_band_of_the_day_and_what_the_exchange_takes() -> None:
    state = open_market()
    security = state.securities["VIC"]
    set_reference(state, security, 100_000)
    assert (security.day.floor, security.day.reference, security.day.ceiling) == (93_000, 100_000, 107_000)
    assert place(state, price=85_500).reject_code == "ORD002"
    assert place(state, price=107_000).status is OrderStatus.QU


def test_a_last_price_without_a_trade_counts_as_the_close_and_as_nothing_else() -> None:
    state = open_market()
    security = state.securities["VIC"]
    set_last(state, security, 86_000)
    set_last(state, security, 85_000)
    day = security.day
    assert (day.open, day.high, day.low, day.last) == (86_000, 86_000, 85_000, 85_000)
    assert (day.volume, day.value, day.trades, state.minute_bars) == (0, 0, 0, {})
    advance(state, at("10:00", WEDNESDAY))
    assert security.day.reference == 85_000
