"""MTL, MOK and MAK in continuous trading, and which types an exchange takes in which phase."""

import pytest

from market.order_types import types_taken
from market.phases import phase_at
from market.violations import RuleCode
from market.vocabulary import Exchange, OrderType, Side
from simulator.broker_order import OrderStatus
from simulator.refusals import WORDS
from simulator.switches import PreOpen, Switches
from tests.simulator.market_of_one import ACCOUNT, at, cancel, meet, open_market, place, told


def test_what_an_mtl_leaves_waits_as_a_limit_order_one_tick_past_its_last_fill() -> None:
    state = open_market()
    meet(state, "VIC", Side.SELL, 85_500, 100)
    meet(state, "VIC", Side.SELL, 85_600, 100)
    order = place(state, price=0, quantity=500, order_type=OrderType.MTL)
    assert (order.status, order.filled, order.leaves) == (OrderStatus.PF, 200, 300)
    assert (order.order_type, order.price) == (OrderType.LO, 85_700)
    assert told(state) == ["RS", "SD", "QU", "match", "PF", "match", "PF", "PF"]
    meet(state, "VIC", Side.SELL, 85_700, 300)
    assert state.orders[order.order_id].status is OrderStatus.FF


def test_the_rest_of_an_mtl_keeps_cash_for_its_limit_only() -> None:
    state = open_market()
    meet(state, "VIC", Side.SELL, 85_500, 100)
    place(state, price=0, quantity=200, order_type=OrderType.MTL)
    assert state.accounts[ACCOUNT].held == 100 * 85_600 + 12_840


def test_the_limit_that_became_of_an_mtl_can_be_cancelled() -> None:
    state = open_market()
    meet(state, "VIC", Side.SELL, 85_500, 100)
    order = place(state, price=0, quantity=200, order_type=OrderType.MTL)
    assert cancel(state, order).status is OrderStatus.FFPC


@pytest.mark.parametrize(("symbol", "order_type"), [("VIC", OrderType.MTL), ("SHS", OrderType.MAK)])
def test_without_an_opposite_order_a_market_order_is_cancelled_at_once(symbol: str, order_type: OrderType) -> None:
    state = open_market()
    order = place(state, symbol, price=0, order_type=order_type)
    assert (order.status, order.cancelled) == (OrderStatus.CL, 100)
    assert told(state) == ["RS", "SD", "QU", "CL"]
    assert state.accounts[ACCOUNT].held == 0


@pytest.mark.parametrize(("offered", "status", "filled"), [(300, OrderStatus.FF, 300), (200, OrderStatus.CL, 0)])
def test_a_mok_fills_whole_or_not_at_all(offered: int, status: OrderStatus, filled: int) -> None:
    state = open_market()
    meet(state, "SHS", Side.SELL, 22_500, offered)
    order = place(state, "SHS", price=0, quantity=300, order_type=OrderType.MOK)
    assert (order.status, order.filled) == (status, filled)


def test_a_mak_takes_what_it_finds_and_is_done() -> None:
    state = open_market()
    meet(state, "SHS", Side.BUY, 22_300, 200)
    order = place(state, "SHS", Side.SELL, 0, 300, OrderType.MAK)
    assert (order.status, order.filled, order.cancelled) == (OrderStatus.FFPC, 200, 100)
    assert state.accounts[ACCOUNT].position("SHS").held == 0


def test_another_participants_mtl_leaves_a_limit_order_too() -> None:
    state = open_market()
    place(state, quantity=100)
    others = meet(state, "VIC", Side.SELL, 0, 300, OrderType.MTL)
    assert (others.order_type, others.price, others.leaves) == (OrderType.LO, 85_400, 200)


@pytest.mark.parametrize("order_type", OrderType)
@pytest.mark.parametrize("clock", ["09:05", "10:00", "13:30", "14:35", "14:50"])
@pytest.mark.parametrize("symbol", ["VIC", "SHS", "ACV"])
def test_an_exchange_takes_the_types_of_its_phase_and_no_others(symbol: str, clock: str, order_type: OrderType) -> None:
    state = open_market(clock)
    state.switches = Switches(pre_open=PreOpen.REJECT)
    security = state.securities[symbol]
    security.record(next(iter(security.books)), security.day.reference, 100)
    price = security.day.reference if order_type is OrderType.LO else 0
    order = place(state, symbol, price=price, order_type=order_type)
    exchange = security.listing.exchange
    taken = order_type in types_taken(exchange, phase_at(exchange, at(clock)).name)
    assert (order.reject_code == "") is taken
    assert taken or order.reject_code == "ORD016"


def test_upcom_knows_no_market_orders() -> None:
    assert place(open_market(), "ACV", price=0, order_type=OrderType.MTL).reject_code == "ORD016"
    assert open_market().securities["ACV"].listing.exchange is Exchange.UPCOM


def test_an_odd_lot_is_a_limit_order_or_nothing() -> None:
    assert place(open_market(), price=0, quantity=50, order_type=OrderType.MTL).reject_code == "ORD018"


def test_every_rule_of_the_market_has_words_on_the_wire() -> None:
    assert set(WORDS) == set(RuleCode)
    assert all(code and words for code, words in WORDS.values())
