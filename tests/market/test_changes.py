"""Amending and cancelling: by whereabouts and phase, what keeps its priority, what is refused with which numbers."""

import pytest

from market.amendments import Amendment, amend_violations, cancel_violations, keeps_priority
from market.facts import TradingFacts
from market.instrument import Instrument
from market.permissions import Permission, change_permission
from market.violations import RuleCode
from market.vocabulary import Exchange, OrderType, SecurityStatus, Side, Whereabouts
from tests.market.market_of_cases import HNX, HOSE, UPCOM, at, order, security, with_room

LISTED = security(HOSE)
EXCHANGE = Whereabouts.AT_EXCHANGE


@pytest.mark.parametrize(
    ("exchange", "order_type", "moment", "expected"),
    [
        (HOSE, OrderType.LO, "09:10", Permission(allowed=False, next_allowed=at("09:15"))),
        (HOSE, OrderType.LO, "12:00", Permission(allowed=False, next_allowed=at("13:00"))),
        (HOSE, OrderType.LO, "14:30", Permission(allowed=False)),
        (HOSE, OrderType.MTL, "10:00", Permission(allowed=True)),
        (HOSE, OrderType.ATO, "09:10", Permission(allowed=False)),
        (HNX, OrderType.PLO, "14:50", Permission(allowed=False)),
        (HNX, OrderType.LO, "12:00", Permission(allowed=False, next_allowed=at("13:00"))),
        (UPCOM, OrderType.LO, "14:59:59", Permission(allowed=True)),
        (UPCOM, OrderType.LO, "11:29:59", Permission(allowed=True)),
        (UPCOM, OrderType.LO, "15:00", Permission(allowed=False)),
    ],
)
def test_the_exchange_changes_an_order_in_continuous_trading_only(
    exchange: Exchange, order_type: OrderType, moment: str, expected: Permission
) -> None:
    assert change_permission(EXCHANGE, order_type, exchange, at(moment)) == expected


def test_a_restricted_stock_is_free_again_when_its_next_periodic_auction_starts() -> None:
    asked = (EXCHANGE, OrderType.LO, HOSE)
    restricted = SecurityStatus.RESTRICTED
    frozen = change_permission(*asked, at("10:12"), restricted)
    assert frozen == Permission(allowed=False, next_allowed=at("10:15"))
    assert change_permission(*asked, at("11:27"), restricted).next_allowed == at("13:00")
    assert change_permission(*asked, at("10:09:59"), restricted) == Permission(allowed=True)


@pytest.mark.parametrize("order_type", OrderType)
@pytest.mark.parametrize("hour", range(24))
def test_what_has_not_reached_the_exchange_can_always_be_changed(order_type: OrderType, hour: int) -> None:
    now = at(f"{hour:02}:30")
    assert change_permission(Whereabouts.HELD_HERE, order_type, HOSE, now) == Permission(allowed=True)
    assert change_permission(Whereabouts.AT_BROKER, order_type, HOSE, now) == Permission(allowed=True)


def codes(amendment: Amendment, quantity: int = 1_000, filled: int = 0, listed: Instrument = LISTED) -> list[RuleCode]:
    found = amend_violations(
        order(listed, quantity), amendment, listed, at("10:00"), filled=filled, whereabouts=EXCHANGE
    )
    return [violation.code for violation in found]


@pytest.mark.parametrize(
    ("amendment", "expected"),
    [
        (Amendment(price=25_350), []),
        (Amendment(quantity=1_100), []),
        (Amendment(), [RuleCode.AMEND_CHANGES_NOTHING]),
        (Amendment(price=25_300, quantity=1_000), [RuleCode.AMEND_CHANGES_NOTHING]),
        (Amendment(price=25_300, quantity=900), []),
        (Amendment(price=25_301), [RuleCode.PRICE_OFF_TICK]),
        (Amendment(price=30_000), [RuleCode.PRICE_ABOVE_CEILING]),
        (Amendment(quantity=50), [RuleCode.AMEND_ACROSS_BOARDS]),
        (Amendment(quantity=950), [RuleCode.QUANTITY_NOT_A_LOT]),
        (Amendment(quantity=500_100), [RuleCode.QUANTITY_ABOVE_MAXIMUM]),
    ],
)
def test_an_amendment_breaks_exactly_the_rules_it_should(amendment: Amendment, expected: list[RuleCode]) -> None:
    assert codes(amendment) == expected


def test_the_quantity_stays_above_what_has_traded() -> None:
    assert codes(Amendment(quantity=400), filled=400) == [RuleCode.AMEND_BELOW_FILLED]
    assert codes(Amendment(quantity=500), filled=400) == []


def test_an_odd_lot_stays_an_odd_lot() -> None:
    assert codes(Amendment(quantity=60), quantity=50) == []
    assert codes(Amendment(quantity=100), quantity=50) == [RuleCode.AMEND_ACROSS_BOARDS]


@pytest.mark.parametrize(
    ("amendment", "kept"),
    [
        (Amendment(quantity=900), True),
        (Amendment(quantity=1_000), True),
        (Amendment(quantity=1_100), False),
        (Amendment(price=25_350), False),
    ],
)
def test_only_a_smaller_quantity_keeps_its_time(amendment: Amendment, kept: bool) -> None:
    assert keeps_priority(order(LISTED, 1_000), amendment) is kept


def test_a_type_without_a_price_has_none_to_amend_until_it_rests_as_a_limit_order() -> None:
    terms = order(LISTED, 1_000, order_type=OrderType.MTL)
    new_price = Amendment(price=25_350)
    held = amend_violations(terms, new_price, LISTED, at("08:00"), filled=0, whereabouts=Whereabouts.HELD_HERE)
    assert [violation.code for violation in held] == [RuleCode.UNEXPECTED_PRICE]
    assert amend_violations(terms, new_price, LISTED, at("10:00"), filled=300, whereabouts=EXCHANGE) == ()


def test_a_refused_change_names_the_time_from_which_it_is_possible_in_both_languages() -> None:
    [refused] = cancel_violations(order(LISTED), LISTED, at("12:00"), EXCHANGE)
    assert "2026-03-11T13:00" in refused.message
    assert "2026-03-11T13:00" in refused.message_vi


HALTED = security(HOSE, status=SecurityStatus.HALTED)
FOREIGN = TradingFacts(foreign_investor=True)


def test_a_halted_security_is_changed_by_the_exchanges_phases() -> None:
    asked = (EXCHANGE, OrderType.LO, HOSE)
    for status in (SecurityStatus.HALTED, SecurityStatus.SUSPENDED):
        assert change_permission(*asked, at("12:00"), status).next_allowed == at("13:00")
        assert change_permission(*asked, at("09:10"), status).next_allowed == at("09:15")
        assert change_permission(*asked, at("14:35"), status) == Permission(allowed=False)
        assert change_permission(*asked, at("10:00"), status) == Permission(allowed=True)


def test_a_refused_cancel_of_a_halted_security_names_the_next_time_and_promises_nothing() -> None:
    [refused] = cancel_violations(order(HALTED), HALTED, at("12:00"), EXCHANGE)
    assert refused.allowed == "2026-03-11T13:00+07:00"
    assert "ABC is halted" in refused.message
    assert "tạm ngừng giao dịch" in refused.message_vi


def changed(
    amendment: Amendment, listed: Instrument, whereabouts: Whereabouts = EXCHANGE, side: Side = Side.BUY
) -> list[RuleCode]:
    terms = order(listed, 1_000, side=side)
    found = amend_violations(terms, amendment, listed, at("10:00"), filled=0, whereabouts=whereabouts, facts=FOREIGN)
    return [violation.code for violation in found]


@pytest.mark.parametrize("whereabouts", [Whereabouts.AT_EXCHANGE, Whereabouts.AT_BROKER])
def test_a_halted_security_takes_no_new_price_and_no_more_shares_but_fewer(whereabouts: Whereabouts) -> None:
    refused = [RuleCode.SYMBOL_NOT_TRADING]
    assert changed(Amendment(price=25_350), HALTED, whereabouts) == refused
    assert changed(Amendment(quantity=1_100), HALTED, whereabouts) == refused
    assert changed(Amendment(quantity=900), HALTED, whereabouts) == []


def test_more_shares_of_a_foreign_buy_need_room_for_the_extra_alone() -> None:
    exceeded = [RuleCode.FOREIGN_ROOM_EXCEEDED]
    assert changed(Amendment(quantity=5_000), with_room(LISTED, 0)) == exceeded
    assert changed(Amendment(quantity=5_000), with_room(LISTED, 3_999)) == exceeded
    assert changed(Amendment(quantity=5_000), with_room(LISTED, 4_000)) == []
    assert changed(Amendment(price=25_350), with_room(LISTED, 0)) == []
    assert changed(Amendment(quantity=900), with_room(LISTED, 0)) == []
    assert changed(Amendment(quantity=5_000), with_room(LISTED, 0), side=Side.SELL) == []


def test_an_order_that_waits_at_the_broker_has_taken_no_room_yet() -> None:
    assert changed(Amendment(quantity=5_000), with_room(LISTED, 4_999), Whereabouts.AT_BROKER) == [
        RuleCode.FOREIGN_ROOM_EXCEEDED
    ]
    assert changed(Amendment(quantity=5_000), with_room(LISTED, 5_000), Whereabouts.AT_BROKER) == []
