"""What a product that sends only a part of the exchanges' types denies, and what one that sends all of them holds."""

from dataclasses import replace
from datetime import date

import pytest

from market.checks import order_violations
from market.offering import CONTINUOUS_LIMIT_ORDERS, EVERYTHING
from market.phases import PhaseName, next_date_to_send, phase_to_send_in
from market.terms import OrderTerms
from market.violations import RuleCode
from market.vocabulary import Exchange, OrderType, SecurityStatus, Side
from tests.market.market_of_cases import HNX, HOSE, UPCOM, at, at_house, order, security

LISTED = security(HOSE)


def limited(terms: OrderTerms, moment: str = "10:00", status: SecurityStatus = SecurityStatus.NORMAL) -> list[RuleCode]:
    listed = replace(security(terms.exchange), status=status)
    found = order_violations(terms, listed, at(moment), offering=CONTINUOUS_LIMIT_ORDERS)
    return [violation.code for violation in found]


@pytest.mark.parametrize("order_type", [each for each in OrderType if each is not OrderType.LO])
def test_a_type_outside_the_offering_is_denied_by_its_code_alone(order_type: OrderType) -> None:
    assert limited(order(LISTED, order_type=order_type)) == [RuleCode.ORDER_TYPE_NOT_OFFERED]


def test_a_limit_order_outside_continuous_trading_waits_for_it() -> None:
    phase = phase_to_send_in(HOSE, OrderType.LO, at("09:05"), offering=CONTINUOUS_LIMIT_ORDERS)
    assert phase is not None
    assert (phase.name, phase.start) == (PhaseName.CONT_AM, at("09:15"))
    assert limited(order(LISTED), "09:05") == []
    assert limited(order(LISTED), "14:30") == [RuleCode.NO_PHASE_TODAY]


def test_a_restricted_security_is_not_traded_without_periodic_auctions() -> None:
    for quantity in (50, 100):
        found = limited(order(LISTED, quantity), status=SecurityStatus.RESTRICTED)
        assert found == [RuleCode.SYMBOL_NOT_TRADING]


def test_upcom_takes_a_limit_order_until_fifteen_hundred() -> None:
    terms = order(security(UPCOM))
    assert limited(terms, "14:59:59") == []
    assert limited(terms, "15:00") == [RuleCode.NO_PHASE_TODAY]


def test_the_whole_market_sends_a_limit_order_into_the_opening_auction() -> None:
    phase = phase_to_send_in(HOSE, OrderType.LO, at("08:00"), offering=EVERYTHING)
    assert phase is not None
    assert phase.name is PhaseName.OPEN_AUCTION


@pytest.mark.parametrize(
    ("exchange", "order_type", "moment", "expected"),
    [
        (HOSE, OrderType.ATO, "08:00", []),
        (HOSE, OrderType.ATO, "09:15", [RuleCode.NO_PHASE_TODAY]),
        (HOSE, OrderType.ATC, "10:00", []),
        (HNX, OrderType.PLO, "10:00", []),
        (HNX, OrderType.PLO, "15:00", [RuleCode.NO_PHASE_TODAY]),
        (HNX, OrderType.MAK, "11:45", []),
        (UPCOM, OrderType.MTL, "10:00", [RuleCode.ORDER_TYPE_NOT_ON_EXCHANGE]),
    ],
)
def test_the_whole_market_holds_an_order_for_a_later_phase_of_the_day(
    exchange: Exchange, order_type: OrderType, moment: str, expected: list[RuleCode]
) -> None:
    listed = security(exchange)
    assert at_house(order(listed, order_type=order_type), listed, at(moment)) == expected


def test_a_restricted_security_of_hnx_waits_for_friday() -> None:
    listed = security(HNX, status=SecurityStatus.RESTRICTED)
    [denied] = order_violations(order(listed), listed, at("10:00"), offering=EVERYTHING)
    assert (denied.code, denied.allowed) == (RuleCode.SYMBOL_NOT_TRADING_TODAY, "2026-03-13")
    assert at_house(order(listed), listed, at("10:00", date(2026, 3, 13))) == []
    found = next_date_to_send(HNX, OrderType.LO, at("10:00"), SecurityStatus.RESTRICTED, offering=EVERYTHING)
    assert found == date(2026, 3, 13)


def test_every_broken_rule_is_returned_with_its_numbers_in_the_stated_order() -> None:
    asked = OrderTerms("ABC", HNX, Side.BUY, OrderType.LO, 500_150, 30_001)
    found = order_violations(asked, LISTED, at("15:30"))
    assert [violation.code for violation in found] == [
        RuleCode.WRONG_EXCHANGE,
        RuleCode.NO_PHASE_TODAY,
        RuleCode.QUANTITY_NOT_A_LOT,
        RuleCode.PRICE_OFF_TICK,
        RuleCode.PRICE_ABOVE_CEILING,
    ]
    off_tick = found[3]
    assert (off_tick.given, off_tick.allowed, off_tick.nearest) == (30_001, 50, (27_050,))


@pytest.mark.parametrize("moment", ["2026-03-11 15:30", "2026-02-17 10:00"])
def test_an_order_that_may_wait_for_another_date_is_denied_only_for_what_that_does_not_heal(moment: str) -> None:
    day, clock = moment.split()
    now = at(clock, date.fromisoformat(day))
    fine, faulty = order(LISTED), order(LISTED, 150, order_type=OrderType.MOK)
    assert order_violations(fine, LISTED, now, offering=EVERYTHING, queue_next_day=True) == ()
    assert len(order_violations(fine, LISTED, now, offering=EVERYTHING)) == 1
    found = order_violations(faulty, LISTED, now, offering=EVERYTHING, queue_next_day=True)
    assert [violation.code for violation in found] == [
        RuleCode.ORDER_TYPE_NOT_ON_EXCHANGE,
        RuleCode.QUANTITY_NOT_A_LOT,
    ]


def test_a_symbol_without_todays_data_is_unknown() -> None:
    asked = OrderTerms("XYZ", HOSE, Side.BUY, OrderType.LO, 100, 25_300)
    assert [violation.code for violation in order_violations(asked, None, at("10:00"))] == [RuleCode.UNKNOWN_SYMBOL]
