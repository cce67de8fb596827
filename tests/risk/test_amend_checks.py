"""Limits on an amendment: only what it needs beyond the order's own hold must be free."""

from dataclasses import replace

from market.amendments import Amendment
from market.reserve import cash_for
from market.terms import OrderTerms
from market.violations import RuleCode
from market.vocabulary import OrderType, Side
from orders.holds import hold
from orders.order import Order
from risk.amend_checks import amend_risk_violations
from risk.checks import TradingState, risk_violations
from tests.orders.test_races import TERMS, WORKING, fold, match
from tests.risk.test_checks import LIMITS, RICH

ORDER = replace(WORKING, terms=replace(TERMS, quantity=500))
EXTRA = cash_for(ORDER.fees, 0, 800 * 85_500) - hold(ORDER).cash
POOR = replace(RICH, available_cash=0, sellable_shares=0)


def codes(
    amendment: Amendment, order: Order = ORDER, available: int = 0, state: TradingState = TradingState.ACTIVE
) -> list[RuleCode]:
    snapshot = replace(POOR, available_cash=available, sellable_shares=available, state=state)
    return [violation.code for violation in amend_risk_violations(order, amendment, snapshot, LIMITS)]


def test_lc58_more_shares_need_the_extra_cash_to_the_dong() -> None:
    assert codes(Amendment(quantity=800), available=EXTRA) == []
    assert codes(Amendment(quantity=800), available=EXTRA - 1) == [RuleCode.INSUFFICIENT_CASH]


def test_a_smaller_or_cheaper_order_needs_nothing() -> None:
    assert codes(Amendment(quantity=400)) == []
    assert codes(Amendment(price=85_000)) == []


def test_what_has_filled_is_not_paid_again() -> None:
    filled = fold(match(300), order=ORDER)
    extra = cash_for(ORDER.fees, 300 * 85_500, 500 * 85_500) - hold(filled).cash
    assert codes(Amendment(quantity=800), filled, available=extra) == []
    assert codes(Amendment(quantity=800), filled, available=extra - 1) == [RuleCode.INSUFFICIENT_CASH]


def test_a_sale_to_grow_needs_the_extra_shares() -> None:
    sale = replace(ORDER, terms=replace(ORDER.terms, side=Side.SELL))
    assert codes(Amendment(quantity=800), sale, available=300) == []
    assert codes(Amendment(quantity=800), sale, available=299) == [RuleCode.INSUFFICIENT_SHARES]
    assert codes(Amendment(price=80_000), sale) == []


def test_the_firms_maximum_holds_for_the_new_quantity_and_hinders_no_smaller_one() -> None:
    rich = 10**12
    assert codes(Amendment(quantity=1_100), available=rich) == [RuleCode.QUANTITY_ABOVE_FIRM_LIMIT]
    large = replace(ORDER, terms=replace(TERMS, quantity=2_000))
    assert codes(Amendment(quantity=1_900), large, available=rich) == []


def test_an_account_that_may_only_reduce_may_shrink_a_buy_and_a_blocked_one_may_not() -> None:
    rich, reduced = 10**12, TradingState.REDUCE_ONLY
    assert codes(Amendment(quantity=400), state=reduced) == []
    assert codes(Amendment(quantity=600), available=rich, state=reduced) == [RuleCode.ACCOUNT_REDUCE_ONLY]
    assert codes(Amendment(price=85_600), available=rich, state=reduced) == [RuleCode.ACCOUNT_REDUCE_ONLY]
    assert codes(Amendment(quantity=400), state=TradingState.BLOCKED) == [RuleCode.ACCOUNT_BLOCKED]


def test_case_65_a_buy_without_a_price_is_measured_at_its_reserve_price() -> None:
    terms = OrderTerms("VIC", TERMS.exchange, Side.BUY, OrderType.MTL, 1_000, None)
    assert risk_violations(terms, RICH, LIMITS, reserve_price=27_050) == ()
    short = replace(RICH, available_cash=RICH.available_cash - 1)
    found = risk_violations(terms, short, LIMITS, reserve_price=27_050)
    assert [(each.code, each.given) for each in found] == [(RuleCode.INSUFFICIENT_CASH, 27_090_575)]
