"""Lives of an order that end at one rule of the exchanges, each by its id."""

import pytest

from market.checks import order_violations
from market.facts import TradingFacts
from market.fees import SSI_ONLINE
from market.violations import RuleCode
from market.vocabulary import Exchange, OrderType, Side
from risk.checks import Limits, Snapshot, TradingState, risk_violations
from tests.market.market_of_cases import HNX, HOSE, UPCOM, at, order, security, with_room


@pytest.mark.parametrize(
    ("exchange", "order_type", "moment", "taken"),
    [
        (HOSE, OrderType.MOK, "10:00", "LO, ATO, ATC, MTL"),
        (HNX, OrderType.ATO, "09:05", "LO, ATC, MTL, MOK, MAK, PLO"),
        (UPCOM, OrderType.PLO, "14:50", "LO"),
    ],
)
def test_lc76_a_type_that_the_exchange_does_not_have_is_denied_with_those_it_has(
    exchange: Exchange, order_type: OrderType, moment: str, taken: str
) -> None:
    listed = security(exchange)
    for clock in (moment, "08:00", "12:00"):
        [denied] = order_violations(order(listed, order_type=order_type), listed, at(clock))
        assert (denied.code, denied.rule) == (RuleCode.ORDER_TYPE_NOT_ON_EXCHANGE, "VN-A2")
        assert (denied.given, denied.allowed) == (order_type.value, taken)


def test_lc84_shares_that_have_not_settled_cannot_be_sold() -> None:
    unsettled = Snapshot(0, 0, frozenset({"ABC"}), TradingState.ACTIVE, SSI_ONLINE)
    sale = order(security(HOSE), 300, side=Side.SELL)
    [denied] = risk_violations(sale, unsettled, Limits(1_000_000, 50))
    assert (denied.code, denied.rule) == (RuleCode.INSUFFICIENT_SHARES, "VN-A11")
    assert (denied.given, denied.allowed) == (300, 0)


def test_lc85_a_hundred_and_fifty_shares_are_told_the_two_orders_that_they_are() -> None:
    listed = security(HOSE)
    [denied] = order_violations(order(listed, 150), listed, at("10:00"))
    assert (denied.code, denied.nearest) == (RuleCode.QUANTITY_NOT_A_LOT, (100, 200))
    assert "two orders, a round lot of 100 and an odd lot of 50" in denied.message
    assert "hai lệnh: lô chẵn 100 và lô lẻ 50" in denied.message_vi
    for quantity in (100, 50):
        assert order_violations(order(listed, quantity), listed, at("10:00")) == ()


def test_lc86_more_than_one_order_may_carry_is_denied_with_the_most_that_it_may() -> None:
    listed = security(HOSE)
    [denied] = order_violations(order(listed, 600_000), listed, at("10:00"))
    assert (denied.code, denied.allowed, denied.nearest) == (RuleCode.QUANTITY_ABOVE_MAXIMUM, 500_000, (500_000,))
    assert order_violations(order(listed, 500_000), listed, at("10:00")) == ()


@pytest.mark.parametrize(
    ("reference", "price", "step", "nearest"),
    [
        (49_000, 49_975, 50, (49_950, 50_000)),
        (49_000, 50_050, 100, (50_000, 50_100)),
        (9_800, 9_995, 10, (9_990, 10_000)),
        (9_800, 10_010, 50, (10_000, 10_050)),
    ],
)
def test_lc87_a_price_off_its_tick_at_the_edge_of_two_ticks_is_denied_with_the_prices_around_it(
    reference: int, price: int, step: int, nearest: tuple[int, int]
) -> None:
    listed = security(HOSE, reference)
    [denied] = order_violations(order(listed, price=price), listed, at("10:00"))
    assert (denied.code, denied.allowed, denied.nearest) == (RuleCode.PRICE_OFF_TICK, step, nearest)
    for valid in nearest:
        assert order_violations(order(listed, price=valid), listed, at("10:00")) == ()


def test_lc89_a_foreign_buy_is_denied_when_no_room_is_left() -> None:
    listed, foreign = with_room(security(HOSE), 0), TradingFacts(foreign_investor=True)
    [denied] = order_violations(order(listed), listed, at("10:00"), facts=foreign)
    assert (denied.code, denied.given, denied.allowed) == (RuleCode.FOREIGN_ROOM_EXCEEDED, 100, 0)
    assert order_violations(order(listed), listed, at("10:00")) == ()
