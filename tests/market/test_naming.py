"""The words of clients: order types and times in force in any case, and a hint for what is not offered."""

import pytest

from market.naming import order_type_named, time_in_force_named
from market.violations import RuleCode, Violation
from market.vocabulary import OrderType, TimeInForce


@pytest.mark.parametrize("order_type", OrderType)
def test_every_type_is_known_by_its_name(order_type: OrderType) -> None:
    assert order_type_named(f" {order_type.lower()} ") is order_type


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("MP", RuleCode.ORDER_TYPE_RENAMED, "MTL"),
        ("PT", RuleCode.PUT_THROUGH_NOT_OFFERED, "Put-through"),
        ("buy_in", RuleCode.PUT_THROUGH_NOT_OFFERED, "buy-in"),
        ("MARKET", RuleCode.ORDER_TYPE_UNKNOWN, "LO, ATO, ATC, MTL, MOK, MAK, PLO"),
    ],
)
def test_another_type_is_refused_with_a_hint(text: str, code: RuleCode, hint: str) -> None:
    found = order_type_named(text)
    assert isinstance(found, Violation)
    assert (found.code, found.given) == (code, text)
    assert hint in found.message
    assert found.message_vi


@pytest.mark.parametrize(
    ("text", "hint"), [("IOC", "MAK"), ("fok", "MOK"), ("GTC", "tomorrow"), ("X", "one trading day")]
)
def test_only_day_is_offered_as_time_in_force(text: str, hint: str) -> None:
    assert time_in_force_named("day") is TimeInForce.DAY
    found = time_in_force_named(text)
    assert isinstance(found, Violation)
    assert found.code is RuleCode.TIME_IN_FORCE_NOT_OFFERED
    assert hint in found.message
