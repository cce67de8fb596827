"""The worked cases of entering, changing and settling orders, each by its number (VN-E)."""

from dataclasses import replace
from datetime import date

import pytest

from market.amendments import Amendment, amend_violations, cancel_violations, keeps_priority
from market.calendar import usable_from
from market.facts import OwnOrder, TradingFacts
from market.fees import SSI_ONLINE
from market.instrument import Instrument
from market.naming import order_type_named
from market.phases import phase_at
from market.put_through import put_through_violations
from market.reserve import cash_for, reserve_price
from market.sending import next_sending
from market.terms import OrderTerms
from market.violations import RuleCode, Violation
from market.vocabulary import BandDay, Exchange, OrderType, PhaseName, SecurityStatus, Side, Whereabouts
from tests.market.market_of_cases import ETF, HNX, HOSE, UPCOM, at, at_exchange, at_house, order, security

ATO, ATC, MTL, MOK, MAK, PLO = OrderType.ATO, OrderType.ATC, OrderType.MTL, OrderType.MOK, OrderType.MAK, OrderType.PLO
RESTRICTED = SecurityStatus.RESTRICTED
ABOVE, BELOW, OFF_TICK = RuleCode.PRICE_ABOVE_CEILING, RuleCode.PRICE_BELOW_FLOOR, RuleCode.PRICE_OFF_TICK
NEVER, NOT_NOW, NOTHING = (
    RuleCode.ORDER_TYPE_NOT_ON_EXCHANGE,
    RuleCode.ORDER_TYPE_NOT_IN_PHASE,
    RuleCode.PHASE_TAKES_NOTHING,
)
ORDINARY = security(HOSE)
FIRST_DAY = security(HOSE, 33_900, band_day=BandDay.FIRST_DAY)
HELD_UP = security(HOSE, status=RESTRICTED)


@pytest.mark.parametrize(
    ("case", "listed", "terms", "moment", "expected"),
    [
        (1, security(HOSE, 39_000), (1_000, 41_700), "09:20", []),
        (2, security(HOSE, 39_000), (1_000, 41_750), "09:20", [ABOVE]),
        (3, security(HOSE, 39_000), (1_000, 36_250), "09:20", [BELOW]),
        (5, security(HOSE, 9_800), (100, 9_990), "10:00", []),
        (7, security(HOSE, 9_800), (100, 10_480), "10:00", [OFF_TICK, ABOVE]),
        (8, security(HOSE, 49_000), (100, 50_050), "10:00", [OFF_TICK]),
        (10, security(HOSE, 140), (100, 150), "10:00", []),
        (11, security(HNX, 900), (100, 800), "10:00", []),
        (13, security(UPCOM, 600), (100, 800), "10:00", [ABOVE]),
        (15, FIRST_DAY, (100, 40_650), "09:30", []),
        (18, security(HOSE, 23_450, kind=ETF), (100, 23_460), "10:00", []),
        (20, ORDINARY, (5_000, None, ATO), "09:05", []),
        (21, security(HNX), (500, None, ATO), "09:05", [NEVER]),
        (22, security(UPCOM), (500, None, ATC), "14:35", [NEVER]),
        (23, ORDINARY, (100, None, ATO), "09:20", [NOT_NOW]),
        (25, ORDINARY, (100, None, MOK), "10:00", [NEVER]),
        (26, ORDINARY, (1_000, None, MTL), "10:00", []),
        (27, ORDINARY, (1_000, None, MTL, Side.SELL), "10:00", []),
        (29, security(HNX, 12_300), (1_000, None, MOK), "10:00", []),
        (31, security(HNX, 12_300), (1_000, 12_400, MTL), "10:00", [RuleCode.UNEXPECTED_PRICE]),
        (34, ORDINARY, (500, None, PLO), "14:50", [NOTHING, NEVER]),
        (35, security(HNX, 12_300), (500, 12_300), "14:50", [NOT_NOW]),
        (37, ORDINARY, (100, 25_300), "12:00", [NOTHING]),
        (37, security(HNX, 12_300), (100, 12_300), "12:00", [NOTHING]),
        (37, security(UPCOM, 39_300), (100, 39_300), "12:00", [NOTHING]),
        (45, ORDINARY, (150,), "10:00", [RuleCode.QUANTITY_NOT_A_LOT]),
        (46, ORDINARY, (50, 25_300), "09:05", []),
        (47, ORDINARY, (50, None, MTL), "10:00", [RuleCode.ODD_LOT_NEEDS_LIMIT]),
        (49, ORDINARY, (500_100,), "10:00", [RuleCode.QUANTITY_ABOVE_MAXIMUM]),
        (52, HELD_UP, (100,), "10:05", []),
        (54, HELD_UP, (100, None, MTL), "10:05", [NEVER]),
        (56, security(UPCOM, status=SecurityStatus.SUSPENDED), (100,), "10:00", [RuleCode.SYMBOL_NOT_TRADING]),
    ],
)
def test_an_order_reaching_the_exchange_breaks_exactly_the_rules_of_its_case(
    case: int,
    listed: Instrument,
    terms: tuple[int, int | None, OrderType, Side],
    moment: str,
    expected: list[RuleCode],
) -> None:
    assert at_exchange(order(listed, *terms), listed, at(moment)) == expected, f"case {case}"


def test_case_32_plo_is_taken_after_a_match_and_never_changed() -> None:
    listed = security(HNX, 12_300)
    terms = order(listed, 500, order_type=PLO)
    now = at("14:50")
    assert at_exchange(terms, listed, now, TradingFacts(traded_today=True)) == []
    assert at_exchange(terms, listed, now, TradingFacts(traded_today=False)) == [RuleCode.NO_CLOSING_PRICE]
    assert at_house(terms, listed, at("10:00"), TradingFacts(traded_today=False)) == []
    [refused] = cancel_violations(terms, listed, now, Whereabouts.AT_EXCHANGE)
    assert (refused.code, refused.allowed) == (RuleCode.CANCEL_NOT_NOW, None)
    larger = amend_violations(
        terms, Amendment(quantity=600), listed, now, filled=0, whereabouts=Whereabouts.AT_EXCHANGE
    )
    assert [violation.code for violation in larger] == [RuleCode.AMEND_NOT_NOW]


@pytest.mark.parametrize("exchange", [HOSE, HNX, UPCOM])
def test_case_37_what_the_exchange_refuses_in_the_break_the_house_holds_until_thirteen_hundred(
    exchange: Exchange,
) -> None:
    listed = security(exchange)
    assert at_house(order(listed), listed, at("12:00")) == []
    sending = next_sending(exchange, OrderType.LO, at("12:00"))
    assert sending is not None
    assert sending.at == at("13:00")


@pytest.mark.parametrize(
    ("case", "listed", "moment", "expected", "then"),
    [
        (38, ORDINARY, "09:10", [RuleCode.CANCEL_NOT_NOW], "2026-03-11T09:15+07:00"),
        (39, ORDINARY, "14:35", [RuleCode.CANCEL_NOT_NOW], None),
        (43, security(UPCOM, 39_300), "14:40", [], None),
    ],
)
def test_a_cancel_is_possible_or_not_as_its_case_says(
    case: int, listed: Instrument, moment: str, expected: list[RuleCode], then: str | None
) -> None:
    found = cancel_violations(order(listed, 1_000), listed, at(moment), Whereabouts.AT_EXCHANGE)
    assert [violation.code for violation in found] == expected, f"case {case}"
    assert [violation.allowed for violation in found] == [then for _ in expected]


def amended(terms: OrderTerms, amendment: Amendment) -> list[RuleCode]:
    found = amend_violations(terms, amendment, ORDINARY, at("10:05"), filled=0, whereabouts=Whereabouts.AT_EXCHANGE)
    return [violation.code for violation in found]


def test_case_40_a_smaller_quantity_is_taken_and_keeps_its_time() -> None:
    terms = order(ORDINARY, 1_000)
    assert amended(terms, Amendment(quantity=600)) == []
    assert keeps_priority(terms, Amendment(quantity=600))


def test_case_42_price_and_quantity_in_one_request_are_refused() -> None:
    both = Amendment(price=25_350, quantity=800)
    assert amended(order(ORDINARY, 1_000), both) == [RuleCode.AMEND_PRICE_AND_QUANTITY]


def test_case_50_a_small_put_through_trade_is_below_its_minimum() -> None:
    [found] = put_through_violations(ORDINARY, 15_000, 25_300, at("10:00"))
    assert (found.code, found.allowed) == (RuleCode.PUT_THROUGH_BELOW_MINIMUM, 20_000)


def test_case_51_a_put_through_trade_on_upcom_needs_no_lot_and_no_tick() -> None:
    assert put_through_violations(security(UPCOM, 39_300), 1_234, 40_001, at("14:50")) == ()


def test_case_52_a_restricted_stock_meets_its_fourth_periodic_auction() -> None:
    phase = phase_at(HOSE, at("10:05"), RESTRICTED)
    assert (phase.name, phase.number, phase.start, phase.end) == (
        PhaseName.PERIODIC_AUCTION,
        4,
        at("10:00"),
        at("10:15"),
    )


@pytest.mark.parametrize(("case", "day"), [(57, date(2026, 2, 17)), (58, date(2026, 1, 2))])
def test_a_closed_day_takes_nothing(case: int, day: date) -> None:
    now = at("10:00", day)
    assert at_exchange(order(ORDINARY), ORDINARY, now) == [RuleCode.CLOSED_DAY], f"case {case}"
    assert at_house(order(ORDINARY), ORDINARY, now) == [RuleCode.CLOSED_DAY]


def test_case_60_shares_bought_before_tet_can_be_sold_from_thirteen_hundred_on_the_first_day_after_it() -> None:
    assert usable_from(date(2026, 2, 12)) == at("13:00", date(2026, 2, 23))


def test_case_62_shares_bought_before_national_day_are_settled_by_the_afternoon_of_the_third() -> None:
    assert usable_from(date(2025, 8, 28)) <= at("13:05", date(2025, 9, 3))


def own(side: Side, entered: str, price: int | None = 25_300) -> TradingFacts:
    return TradingFacts(own_orders=(OwnOrder("own", "ABC", side, OrderType.LO, price, at(entered)),))


def test_case_63_an_investor_is_on_one_side_of_an_auction() -> None:
    now = at("14:32")
    same_auction = own(Side.SELL, "14:31")
    assert at_exchange(order(ORDINARY), ORDINARY, now, same_auction) == [RuleCode.OPPOSITE_ORDER]
    assert at_house(order(ORDINARY), ORDINARY, now, same_auction) == [RuleCode.OPPOSITE_ORDER]
    assert at_exchange(order(ORDINARY), ORDINARY, now, own(Side.SELL, "14:29")) == []
    assert at_exchange(order(ORDINARY), ORDINARY, now, own(Side.BUY, "14:31")) == []


def test_case_65_a_buy_without_a_price_sets_aside_the_ceiling_with_its_commission() -> None:
    price = reserve_price(order(ORDINARY, 1_000, order_type=MTL), ORDINARY)
    assert cash_for(SSI_ONLINE, 0, 1_000 * price) == 27_090_575


def test_case_71_mp_is_refused_with_its_present_name() -> None:
    found = order_type_named("MP")
    assert isinstance(found, Violation)
    assert (found.code, found.allowed) == (RuleCode.ORDER_TYPE_RENAMED, "MTL")


def test_case_72_a_first_day_has_no_put_through_trades() -> None:
    found = put_through_violations(FIRST_DAY, 20_000, 33_900, at("10:00"))
    assert [violation.code for violation in found] == [RuleCode.PUT_THROUGH_FIRST_DAY]
    upcom = replace(security(UPCOM, 39_300), band_day=BandDay.FIRST_DAY)
    assert put_through_violations(upcom, 100, 39_300, at("10:00"), traded_today=True) == ()
    assert len(put_through_violations(upcom, 100, 39_300, at("10:00"), traded_today=False)) == 1
