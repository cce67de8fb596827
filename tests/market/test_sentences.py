"""Every code has a sentence in both languages: the Vietnamese one in Vietnamese, numbers with separators in both."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from market.amendments import Amendment, amend_violations, cancel_violations
from market.calendar import TradingCalendar
from market.checks import exchange_violations, order_violations, order_warnings
from market.deviations import PhaseDeviation
from market.facts import OwnOrder, TradingFacts
from market.fees import SSI_ONLINE
from market.naming import order_type_named, time_in_force_named
from market.offering import CONTINUOUS_LIMIT_ORDERS
from market.put_through import put_through_violations
from market.violations import RuleCode, Violation
from market.vocabulary import BandDay, Exchange, OrderType, PhaseName, SecurityStatus, Side, Whereabouts
from market.words import PHASE_VI, SIDE_VI, STATUS_VI, either, figure, figure_vi
from orders.identity import key_reused
from risk.checks import Limits, Snapshot, TradingState, risk_violations
from tests.market.market_of_cases import DAY, HNX, HOSE, UPCOM, at, order, security, with_room

AT_EXCHANGE = Whereabouts.AT_EXCHANGE
NOTHING_TRADED = TradingFacts(traded_today=False)
SUNDAY = date(2026, 3, 15)
REAL_TERMS = {*Exchange, *OrderType, "MP", "DAY", "ABC"}
"""Capitals that a Vietnamese reader of a broker's screen knows: exchanges, order types, the day order, a symbol."""

POOR = Snapshot(1_000_000, 1_000, frozenset({"X", "Y"}), TradingState.ACTIVE, SSI_ONLINE)
LIMITS = Limits(maximum_order_quantity=10_000, maximum_positions=2)


def orders() -> Iterator[Violation]:
    listed, hnx, upcom = security(HOSE), security(HNX), security(UPCOM)
    yield from order_violations(order(listed), None, at("10:00"))
    yield from order_violations(order(listed), None, at("05:00"), day_loaded=False)
    yield from order_violations(order(listed), None, at("10:00"), day_loaded=False)
    yield from order_violations(order(hnx), listed, at("10:00", SUNDAY))
    yield from order_violations(order(listed, 1_150, 1_000_001), listed, at("15:30"))
    yield from order_violations(order(listed, 600_000, 10_000), listed, at("10:00"))
    yield from order_violations(order(listed, price=25_301), listed, at("10:00"), offering=CONTINUOUS_LIMIT_ORDERS)
    yield from order_violations(
        order(listed, order_type=OrderType.MTL), listed, at("10:00"), offering=CONTINUOUS_LIMIT_ORDERS
    )
    yield from order_violations(order(upcom, order_type=OrderType.ATO), upcom, at("10:00"))
    yield from order_violations(order(hnx, order_type=OrderType.PLO), hnx, at("14:50"), facts=NOTHING_TRADED)
    yield from order_violations(replace(order(listed), price=None), listed, at("10:00"))
    yield from order_violations(order(listed, 50, 25_300, OrderType.MTL), listed, at("10:00"))
    room = TradingFacts(foreign_investor=True)
    yield from order_violations(order(listed, 5_000), with_room(listed, 1_200), at("10:00"), facts=room)


def by_status() -> Iterator[Violation]:
    for exchange in Exchange:
        for status in SecurityStatus:
            held_up = security(exchange, status=status)
            yield from order_violations(order(held_up), held_up, at("10:00"), offering=CONTINUOUS_LIMIT_ORDERS)
            yield from order_violations(order(held_up, 50, order_type=OrderType.MTL), held_up, at("10:00"))
            yield from order_violations(order(held_up, 50), held_up, at("10:00"))
            yield from cancel_violations(order(held_up), held_up, at("12:00"), AT_EXCHANGE)
    for day in (BandDay.FIRST_DAY, BandDay.RETURN_DAY):
        new = security(HNX, band_day=day)
        yield from order_violations(order(new, 50), new, at("10:00"), facts=NOTHING_TRADED)


def by_phase() -> Iterator[Violation]:
    """Every phase refuses some type, and takes nothing at all where it is closed, a break or a halt."""
    halt = TradingCalendar((), (PhaseDeviation(HOSE, DAY, PhaseName.HALTED, at("10:00"), at("10:30")),))
    for exchange in Exchange:
        listed = security(exchange)
        for order_type in OrderType:
            for clock in ("08:00", "09:05", "10:15", "12:00", "13:30", "14:40", "14:50", "15:30"):
                terms = order(listed, order_type=order_type)
                yield from exchange_violations(terms, listed, at(clock), calendar=halt)
                yield from order_violations(terms, listed, at(clock), calendar=halt)
    held_up = security(HOSE, status=SecurityStatus.RESTRICTED)
    yield from exchange_violations(order(held_up, order_type=OrderType.ATO), held_up, at("10:05"))


def of_others() -> Iterator[Violation]:
    listed = security(HOSE)
    for side, other in ((Side.BUY, Side.SELL), (Side.SELL, Side.BUY)):
        own = TradingFacts(own_orders=(OwnOrder("own", "ABC", other, OrderType.LO, 25_300, at("14:31")),))
        terms = order(listed, side=side)
        yield from order_violations(terms, listed, at("14:32"), facts=own)
        early = TradingFacts(own_orders=(OwnOrder("own", "ABC", other, OrderType.LO, 25_300, at("09:31")),))
        yield from order_warnings(terms, listed, at("10:00"), facts=early)


def of_names() -> Iterator[Violation]:
    yield key_reused("6dbd5dbe-5a45-5a94-8d17-4b29f04e3ab2")


def changes() -> Iterator[Violation]:
    listed = security(HOSE)
    for amendment in (Amendment(), Amendment(25_350, 2_000), Amendment(quantity=50), Amendment(quantity=1_250)):
        for clock in ("10:00", "12:00"):
            yield from amend_violations(
                order(listed, 5_000), amendment, listed, at(clock), filled=1_500, whereabouts=AT_EXCHANGE
            )
    priceless = order(listed, 1_000, order_type=OrderType.ATC)
    yield from amend_violations(
        priceless, Amendment(price=25_000), listed, at("10:00"), filled=0, whereabouts=Whereabouts.HELD_HERE
    )


def names() -> Iterator[Violation]:
    for text in ("MP", "PT", "nonsense"):
        found = order_type_named(text)
        assert isinstance(found, Violation)
        yield replace(found, message_vi=found.message_vi.replace(repr(text), ""))
    for text in ("IOC", "FOK", "GTC", "GTD", "ATO", "OPG", "ATC", "CLS", "X"):
        unknown = time_in_force_named(text)
        assert isinstance(unknown, Violation)
        yield replace(unknown, message_vi=unknown.message_vi.replace(repr(text), ""))


def trades_put_through() -> Iterator[Violation]:
    for exchange in Exchange:
        new = security(exchange, band_day=BandDay.RETURN_DAY)
        yield from put_through_violations(new, 0, 1_000_000, at("12:00"), traded_today=False)


def of_the_firm() -> Iterator[Violation]:
    listed = security(HOSE)
    for side in Side:
        for state in TradingState:
            terms = order(listed, 1_000_000, side=side)
            yield from risk_violations(terms, replace(POOR, state=state), LIMITS)


FOUND = [
    *orders(),
    *by_status(),
    *by_phase(),
    *of_others(),
    *of_names(),
    *changes(),
    *names(),
    *trades_put_through(),
    *of_the_firm(),
]


def test_every_code_is_produced_here() -> None:
    assert set(RuleCode) - {violation.code for violation in FOUND} == set()


@pytest.mark.parametrize("code", RuleCode)
def test_a_vietnamese_sentence_has_no_word_of_the_code(code: RuleCode) -> None:
    for violation in FOUND:
        if violation.code is code:
            capitals = set(re.findall(r"\b[A-Z_]{2,}\b", violation.message_vi))
            assert capitals <= REAL_TERMS, violation.message_vi


@pytest.mark.parametrize("code", RuleCode)
def test_numbers_of_a_sentence_have_separators(code: RuleCode) -> None:
    for violation in FOUND:
        if violation.code is code:
            for text in (violation.message, violation.message_vi):
                without_dates = re.sub(r"\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4}", "", text)
                assert not re.findall(r"\d{4,}", without_dates), text


def test_both_languages_separate_thousands_in_their_own_way() -> None:
    [too_many] = order_violations(order(security(HOSE), 1_000_000), security(HOSE), at("10:00"))
    assert "1,000,000 shares exceed the maximum of 500,000" in too_many.message
    assert "1.000.000 cổ phiếu vượt mức tối đa 500.000" in too_many.message_vi
    assert (figure(1_000_000), figure_vi(1_000_000), figure_vi(999)) == ("1,000,000", "1.000.000", "999")
    assert (either(["a"], "or"), either(["a", "b", "c"], "or")) == ("a", "a, b or c")


def test_every_value_that_a_sentence_can_name_has_its_word() -> None:
    assert set(SIDE_VI) == set(Side)
    assert set(STATUS_VI) == set(SecurityStatus)
    assert set(PHASE_VI) == set(PhaseName)


@pytest.mark.parametrize(
    ("text", "hint"),
    [("IOC", "MAK"), ("FOK", "MOK"), ("GTC", "ngày mai"), ("OPG", "ATO"), ("X", "một ngày giao dịch")],
)
def test_the_hint_of_a_refused_time_in_force_stands_in_both_languages(text: str, hint: str) -> None:
    found = time_in_force_named(text)
    assert isinstance(found, Violation)
    assert hint in found.message_vi
    assert "chỉ nhận DAY" in found.message_vi


def test_a_security_that_takes_no_orders_is_told_which_statuses_do() -> None:
    halted = security(HOSE, status=SecurityStatus.HALTED)
    [refused] = order_violations(order(halted), halted, at("10:00"))
    assert refused.allowed == "NORMAL, WARNED, CONTROLLED, RESTRICTED"
    assert "normal, warned, controlled or restricted" in refused.message
    [narrower] = order_violations(order(halted), halted, at("10:00"), offering=CONTINUOUS_LIMIT_ORDERS)
    assert narrower.allowed == "NORMAL, WARNED, CONTROLLED"


def test_a_day_of_return_is_named_where_it_bars_put_through_trades() -> None:
    back = security(HOSE, band_day=BandDay.RETURN_DAY)
    [refused] = put_through_violations(back, 20_000, back.reference, at("10:00"))
    assert "ngày giao dịch trở lại" in refused.message_vi
    new = security(UPCOM, band_day=BandDay.FIRST_DAY)
    [until] = put_through_violations(new, 100, new.reference, at("10:00"), traded_today=False)
    assert until.message.endswith("before it has a price.")
