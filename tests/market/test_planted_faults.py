"""An order with planted faults is told each of them, and every type, exchange and minute has a verdict."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from market.calendar import TradingCalendar
from market.checks import exchange_violations, order_violations, order_warnings
from market.deviations import PhaseDeviation
from market.facts import OwnOrder, TradingFacts
from market.offering import EVERYTHING
from market.phases import phase_at
from market.ticks import is_on_tick
from market.violations import RuleCode
from market.vocabulary import BandDay, Exchange, OrderType, PhaseName, SecurityStatus, Side
from tests.market.market_of_cases import DAY, HNX, HOSE, at, at_exchange, at_house, order, security, with_room

CODES = list(RuleCode)
REFUSALS_OF_A_PHASE = {
    RuleCode.PHASE_TAKES_NOTHING,
    RuleCode.ORDER_TYPE_NOT_IN_PHASE,
    RuleCode.ORDER_TYPE_NOT_ON_EXCHANGE,
}
FAULTS: dict[RuleCode, dict[str, Any]] = {
    RuleCode.SYMBOL_NOT_TRADING: {"status": SecurityStatus.HALTED},
    RuleCode.QUANTITY_NOT_A_LOT: {"quantity": 150},
    RuleCode.QUANTITY_ABOVE_MAXIMUM: {"quantity": 600_000},
    RuleCode.PRICE_OFF_TICK: {"price": 25_301},
    RuleCode.PRICE_ABOVE_CEILING: {"price": 30_000},
    RuleCode.PRICE_BELOW_FLOOR: {"price": 20_000},
    RuleCode.FOREIGN_ROOM_EXCEEDED: {"room": 10},
    RuleCode.OPPOSITE_ORDER: {"own": True},
    RuleCode.NO_PHASE_TODAY: {"moment": "14:46"},
}
CLASHES = (
    {RuleCode.QUANTITY_NOT_A_LOT, RuleCode.QUANTITY_ABOVE_MAXIMUM},
    {RuleCode.PRICE_OFF_TICK, RuleCode.PRICE_ABOVE_CEILING, RuleCode.PRICE_BELOW_FLOOR},
    # After the last phase there is no auction to be on both sides of.
    {RuleCode.NO_PHASE_TODAY, RuleCode.OPPOSITE_ORDER},
)


def possible(faults: frozenset[RuleCode]) -> bool:
    return all(len(faults & clash) <= 1 for clash in CLASHES)


@given(st.frozensets(st.sampled_from(list(FAULTS))).filter(possible))
def test_an_order_is_told_each_of_its_planted_faults_and_no_other(faults: frozenset[RuleCode]) -> None:
    planted = {name: value for fault in faults for name, value in FAULTS[fault].items()}
    listed = with_room(security(HOSE), planted.get("room", 1_000_000))
    listed = replace(listed, status=planted.get("status", SecurityStatus.NORMAL))
    terms = order(listed, planted.get("quantity", 1_000), planted.get("price", 25_300))
    other = OwnOrder("own", "ABC", Side.SELL, OrderType.LO, 25_400, at("14:31"))
    facts = TradingFacts(foreign_investor=True, own_orders=(other,) if "own" in planted else ())
    now = at(planted.get("moment", "14:32"))
    found = order_violations(terms, listed, now, facts=facts, offering=EVERYTHING)
    assert [violation.code for violation in found] == sorted(faults, key=CODES.index)
    assert all(violation.message and violation.message_vi and violation.rule for violation in found)


@given(
    st.sampled_from(Exchange),
    st.sampled_from(OrderType),
    st.sampled_from(SecurityStatus),
    st.integers(0, 24 * 60 - 1),
)
def test_every_type_exchange_status_and_minute_has_one_verdict(
    exchange: Exchange, order_type: OrderType, status: SecurityStatus, minute: int
) -> None:
    listed = security(exchange, status=status)
    terms = order(listed, order_type=order_type)
    now = at("00:00") + timedelta(minutes=minute)
    at_once, today = at_exchange(terms, listed, now), at_house(terms, listed, now)
    phase = phase_at(exchange, now, status)
    if not at_once:
        assert today == []
        assert phase.takes(order_type, EVERYTHING)
    elif listed.status is SecurityStatus.NORMAL:
        assert set(at_once) <= REFUSALS_OF_A_PHASE
        assert (RuleCode.PHASE_TAKES_NOTHING in at_once) is (phase.name in {PhaseName.CLOSED, PhaseName.BREAK})


@given(st.integers(1, 100_000), st.sampled_from(Exchange), st.integers(1, 200_000))
def test_an_accepted_price_is_on_the_grid_and_inside_the_band(price: int, exchange: Exchange, reference: int) -> None:
    listed = security(exchange, max(reference // 100 * 100, 1_000))
    verdict = at_exchange(order(listed, price=price), listed, at("10:00"))
    fits = is_on_tick(exchange, listed.kind, price) and listed.band.holds(price)
    assert (verdict == []) is fits


def test_a_foreign_buy_takes_its_room_and_a_sale_needs_none() -> None:
    listed = with_room(security(HOSE), 500)
    foreign = TradingFacts(foreign_investor=True)
    assert at_house(order(listed, 600), listed, at("10:00"), foreign) == [RuleCode.FOREIGN_ROOM_EXCEEDED]
    assert at_house(order(listed, 500), listed, at("10:00"), foreign) == []
    assert at_house(order(listed, 600), listed, at("10:00")) == []
    assert at_house(order(listed, 600), listed, at("10:00"), replace(foreign, foreign_room=600)) == []
    assert at_house(order(listed, 600, side=Side.SELL), listed, at("10:00"), foreign) == []


def test_own_orders_that_would_meet_are_a_warning_in_continuous_trading_only() -> None:
    listed = security(HOSE)
    sale = OwnOrder("own", "ABC", Side.SELL, OrderType.LO, 25_300, at("09:20"))
    facts = TradingFacts(own_orders=(sale,))
    for price, expected in ((25_300, [RuleCode.SELF_CROSSING]), (25_250, [])):
        terms = order(listed, price=price)
        warned = order_warnings(terms, listed, at("10:00"), facts=facts, offering=EVERYTHING)
        assert [violation.code for violation in warned] == expected
        assert at_house(terms, listed, at("10:00"), facts) == []
    assert order_warnings(order(listed), listed, at("14:32"), facts=facts, offering=EVERYTHING) == ()


def test_two_orders_held_for_the_same_opening_auction_are_opposite() -> None:
    listed = security(HOSE)
    held = OwnOrder("own", "ABC", Side.SELL, OrderType.ATO, None, at("09:00"))
    found = at_house(order(listed), listed, at("08:00"), TradingFacts(own_orders=(held,)))
    assert found == [RuleCode.OPPOSITE_ORDER]


def test_odd_lots_wait_for_the_first_price_of_a_first_day_and_never_enter_periodic_auctions() -> None:
    listed = security(HNX, band_day=BandDay.FIRST_DAY)
    now = at("10:00")
    before, after = TradingFacts(traded_today=False), TradingFacts(traded_today=True)
    assert at_house(order(listed, 50), listed, now, before) == [RuleCode.ODD_LOT_BEFORE_FIRST_PRICE]
    assert at_house(order(listed, 50), listed, now, after) == []
    assert at_house(order(listed, 50), listed, now) == []
    assert at_house(order(security(HNX), 50), security(HNX), now, before) == []
    restricted = security(HOSE, status=SecurityStatus.RESTRICTED)
    found = exchange_violations(order(restricted, 50), restricted, now)
    assert [violation.code for violation in found] == [RuleCode.ODD_LOT_RESTRICTED]


def test_an_auction_that_is_halted_and_goes_on_is_one_auction() -> None:
    listed = security(HOSE)
    halted = (PhaseDeviation(HOSE, DAY, PhaseName.HALTED, at("14:40"), at("14:44")),)
    again = (*halted, PhaseDeviation(HOSE, DAY, PhaseName.HALTED, at("14:33"), at("14:34")))
    buy = order(listed, order_type=OrderType.ATC)
    for deviations in (halted, again):
        calendar = TradingCalendar((), deviations)
        for entered, expected in (("14:31", [RuleCode.OPPOSITE_ORDER]), ("14:29", [])):
            sale = OwnOrder("own", "ABC", Side.SELL, OrderType.LO, 25_300, at(entered))
            found = order_violations(
                buy, listed, at("14:44:30"), facts=TradingFacts(own_orders=(sale,)), calendar=calendar
            )
            assert [violation.code for violation in found] == expected


def test_an_order_before_a_halt_meets_one_that_waits_for_its_end() -> None:
    listed = security(HOSE)
    calendar = TradingCalendar((), (PhaseDeviation(HOSE, DAY, PhaseName.HALTED, at("14:40"), at("14:42")),))
    waiting = OwnOrder("own", "ABC", Side.SELL, OrderType.ATC, None, at("14:42"))
    found = order_violations(
        order(listed), listed, at("14:39"), facts=TradingFacts(own_orders=(waiting,)), calendar=calendar
    )
    assert [violation.code for violation in found] == [RuleCode.OPPOSITE_ORDER]


def test_two_periodic_auctions_with_a_halt_between_them_stay_two() -> None:
    listed = security(HOSE, status=SecurityStatus.RESTRICTED)
    calendar = TradingCalendar((), (PhaseDeviation(HOSE, DAY, PhaseName.HALTED, at("10:10"), at("10:20")),))
    sale = OwnOrder("own", "ABC", Side.SELL, OrderType.LO, 25_300, at("10:05"))
    found = order_violations(
        order(listed), listed, at("10:21"), facts=TradingFacts(own_orders=(sale,)), calendar=calendar
    )
    assert found == ()


def test_two_orders_that_wait_for_the_end_of_the_same_halt_are_opposite() -> None:
    listed = security(HOSE)
    calendar = TradingCalendar((), (PhaseDeviation(HOSE, DAY, PhaseName.HALTED, at("14:40"), at("14:45")),))
    waiting = OwnOrder("own", "ABC", Side.SELL, OrderType.ATC, None, at("14:45"))
    carried_in = OwnOrder("own", "ABC", Side.SELL, OrderType.LO, 25_300, at("14:29"))
    for own, expected in ((waiting, [RuleCode.OPPOSITE_ORDER]), (carried_in, [])):
        facts = TradingFacts(own_orders=(own,))
        found = order_violations(
            order(listed, order_type=OrderType.ATC), listed, at("14:42"), facts=facts, calendar=calendar
        )
        assert [violation.code for violation in found] == expected
