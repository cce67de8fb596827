"""An order for a security without reference data: why there are none, and everything else that is wrong with it."""

from datetime import date

import pytest

from market.amendments import Amendment, amend_violations
from market.calendar import CalendarOverride, OverrideKind, TradingCalendar
from market.checks import exchange_violations, order_violations
from market.terms import OrderTerms
from market.violations import RuleCode
from market.vocabulary import Exchange, OrderType, Side, Whereabouts
from tests.market.market_of_cases import DAY, HNX, HOSE, UPCOM, at

SUNDAY, SATURDAY, TET = date(2026, 3, 15), date(2026, 3, 14), date(2026, 2, 17)


def asked(
    exchange: Exchange = HOSE,
    quantity: int = 100,
    price: int | None = 25_300,
    order_type: OrderType = OrderType.LO,
) -> OrderTerms:
    return OrderTerms("XYZ", exchange, Side.BUY, order_type, quantity, price)


def codes(terms: OrderTerms, moment: str, day: date = DAY, *, loaded: bool, queue: bool = False) -> list[RuleCode]:
    found = order_violations(terms, None, at(moment, day), day_loaded=loaded, queue_next_day=queue)
    return [violation.code for violation in found]


@pytest.mark.parametrize("day", [SUNDAY, SATURDAY, TET])
@pytest.mark.parametrize("exchange", Exchange)
def test_a_closed_day_without_data_for_anybody_is_closed_and_no_symbol_is_unknown(
    exchange: Exchange, day: date
) -> None:
    [closed] = order_violations(asked(exchange), None, at("10:00", day), day_loaded=False)
    assert closed.code is RuleCode.CLOSED_DAY
    assert closed.allowed == {SUNDAY: "2026-03-16", SATURDAY: "2026-03-16", TET: "2026-02-23"}[day]


def test_a_day_that_a_person_closed_is_closed_too() -> None:
    calendar = TradingCalendar((CalendarOverride(DAY, OverrideKind.CLOSED, "storm", "operator"),))
    [closed] = order_violations(asked(), None, at("10:00"), calendar=calendar, day_loaded=False)
    assert closed.code is RuleCode.CLOSED_DAY


@pytest.mark.parametrize(
    ("moment", "said", "allowed"),
    [("05:59", "after 06:00", "2026-03-11T06:00+07:00"), ("06:00", "in a few minutes", None)],
)
def test_before_the_days_load_the_data_are_missing_and_no_symbol_is_unknown(
    moment: str, said: str, allowed: str | None
) -> None:
    [missing] = order_violations(asked(), None, at(moment), day_loaded=False)
    assert (missing.code, missing.given, missing.allowed) == (RuleCode.REFERENCE_DATA_MISSING, "XYZ", allowed)
    assert "2026-03-11" in missing.message
    assert said in missing.message


def test_once_the_day_is_loaded_a_symbol_without_data_is_unknown() -> None:
    assert codes(asked(), "10:00", loaded=True) == [RuleCode.UNKNOWN_SYMBOL]


def test_an_order_that_may_wait_for_another_day_is_denied_when_no_day_knows_its_symbol() -> None:
    assert codes(asked(), "10:00", SUNDAY, loaded=False, queue=True) == [RuleCode.UNKNOWN_SYMBOL]
    assert codes(asked(), "05:00", loaded=False, queue=True) == [RuleCode.REFERENCE_DATA_MISSING]


def test_what_needs_no_reference_data_is_checked_without_them() -> None:
    assert codes(asked(HOSE, 600_050, None), "10:00", SUNDAY, loaded=False) == [
        RuleCode.CLOSED_DAY,
        RuleCode.PRICE_MISSING,
        RuleCode.QUANTITY_NOT_A_LOT,
        RuleCode.QUANTITY_ABOVE_MAXIMUM,
    ]
    assert codes(asked(UPCOM, 50, 25_300, OrderType.MTL), "10:00", loaded=True) == [
        RuleCode.UNKNOWN_SYMBOL,
        RuleCode.ORDER_TYPE_NOT_ON_EXCHANGE,
        RuleCode.UNEXPECTED_PRICE,
        RuleCode.ODD_LOT_NEEDS_LIMIT,
    ]
    assert codes(asked(HNX), "15:30", loaded=True) == [RuleCode.UNKNOWN_SYMBOL, RuleCode.NO_PHASE_TODAY]


def test_the_exchange_knows_its_symbols_and_says_all_the_rest() -> None:
    found = exchange_violations(asked(quantity=150), None, at("12:00"))
    assert [violation.code for violation in found] == [
        RuleCode.UNKNOWN_SYMBOL,
        RuleCode.PHASE_TAKES_NOTHING,
        RuleCode.QUANTITY_NOT_A_LOT,
    ]


def test_a_change_of_an_order_without_todays_data_is_checked_as_far_as_it_can_be() -> None:
    found = amend_violations(
        asked(quantity=1_000),
        Amendment(quantity=250),
        None,
        at("10:00", SUNDAY),
        filled=0,
        whereabouts=Whereabouts.AT_EXCHANGE,
    )
    assert [violation.code for violation in found] == [RuleCode.AMEND_NOT_NOW, RuleCode.QUANTITY_NOT_A_LOT]
