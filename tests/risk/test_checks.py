"""Money, shares and limits: a check at its boundary, and one dong or one share beyond it."""

from dataclasses import replace

from market.fees import SSI_ONLINE
from market.terms import OrderTerms
from market.violations import RuleCode
from market.vocabulary import Exchange, OrderType, Side
from risk.checks import Limits, Snapshot, TradingState, risk_violations

BUY = OrderTerms("VIC", Exchange.HOSE, Side.BUY, OrderType.LO, 1_000, 27_050)
SELL = replace(BUY, side=Side.SELL)
NEEDED = 27_090_575
RICH = Snapshot(NEEDED, 1_000, frozenset(), TradingState.ACTIVE, SSI_ONLINE)
LIMITS = Limits(maximum_order_quantity=1_000, maximum_positions=2)


def codes(terms: OrderTerms, snapshot: Snapshot = RICH) -> list[RuleCode]:
    return [violation.code for violation in risk_violations(terms, snapshot, LIMITS)]


def test_case_65_cash_for_price_and_commission_is_enough_to_the_dong() -> None:
    assert codes(BUY) == []
    poor = replace(RICH, available_cash=NEEDED - 1)
    assert codes(BUY, poor) == [RuleCode.INSUFFICIENT_CASH]
    assert risk_violations(BUY, poor, LIMITS)[0].given == NEEDED


def test_a_sale_needs_the_shares_it_sells() -> None:
    assert codes(SELL) == []
    assert codes(SELL, replace(RICH, sellable_shares=999)) == [RuleCode.INSUFFICIENT_SHARES]


def test_one_lot_above_the_firms_maximum_is_denied() -> None:
    assert codes(replace(SELL, quantity=1_100)) == [RuleCode.QUANTITY_ABOVE_FIRM_LIMIT, RuleCode.INSUFFICIENT_SHARES]


def test_a_new_symbol_beyond_the_limit_is_denied_and_an_owned_one_is_not() -> None:
    full = replace(RICH, open_symbols=frozenset({"FPT", "SHS"}))
    assert codes(BUY, full) == [RuleCode.TOO_MANY_POSITIONS]
    assert codes(replace(BUY, symbol="FPT"), full) == []
    assert codes(SELL, full) == []


def test_a_reduce_only_account_may_sell_and_a_blocked_one_may_not() -> None:
    reduced = replace(RICH, state=TradingState.REDUCE_ONLY)
    assert codes(BUY, reduced) == [RuleCode.ACCOUNT_REDUCE_ONLY]
    assert codes(SELL, reduced) == []
    assert codes(SELL, replace(RICH, state=TradingState.BLOCKED)) == [RuleCode.ACCOUNT_BLOCKED]
