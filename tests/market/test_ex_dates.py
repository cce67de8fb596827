"""The reference price on an ex-date: the broker's worked example, each kind, and what is left alone (VN-C2)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.ex_dates import EX_DATE_RULES, Entitlement, ex_date_band_day, ex_date_reference, is_published
from market.ticks import is_on_tick
from market.vocabulary import BandDay, Exchange, InstrumentKind

_STOCK = InstrumentKind.STOCK


def on_hose(base: int, *entitlements: Entitlement) -> int:
    return ex_date_reference(Exchange.HOSE, _STOCK, base, entitlements)


@pytest.mark.parametrize(
    ("base", "entitlement", "reference"),
    [
        # S20's example comes to 16,666 2/3 before it is brought to a tick.
        (20_000, Entitlement(offered=Fraction(1, 2), issue_price=10_000), 16_650),
        (85_500, Entitlement(cash=1_500), 84_000),
        (85_500, Entitlement(free=Fraction(1, 10)), 77_700),
        (100_000, Entitlement(free=Fraction(4)), 20_000),
        (5_000, Entitlement(free=Fraction(-9, 10)), 50_000),
        (9_990, Entitlement(cash=5), 9_990),
        (9_990, Entitlement(cash=6), 9_980),
    ],
)
def test_each_kind_of_right_lowers_or_raises_the_reference_by_the_formula(
    base: int, entitlement: Entitlement, reference: int
) -> None:
    assert on_hose(base, entitlement) == reference


def test_several_rights_on_one_day_are_taken_together() -> None:
    rights = Entitlement(offered=Fraction(1, 2), issue_price=10_000)
    assert on_hose(20_000, rights, Entitlement(cash=1_000), Entitlement(free=Fraction(1, 10))) == 15_000


def test_rights_dearer_than_the_base_adjust_nothing() -> None:
    assert on_hose(20_000, Entitlement(offered=Fraction(1), issue_price=20_050)) == 20_000


def test_cash_of_the_base_or_more_leaves_the_reference_to_the_exchange() -> None:
    everything = (Entitlement(cash=20_000),)
    assert on_hose(20_000, *everything) == 20_000
    assert is_published(Exchange.HOSE, 20_000, everything)
    assert not is_published(Exchange.UPCOM, 20_000, everything)
    assert ex_date_band_day(Exchange.UPCOM, 20_000, everything, treasury=False) is BandDay.LARGE_CASH_EX_DATE
    assert ex_date_band_day(Exchange.HNX, 20_000, everything, treasury=False) is BandDay.NORMAL


def test_treasury_shares_widen_the_band() -> None:
    free = (Entitlement(free=Fraction(1, 10)),)
    assert ex_date_band_day(Exchange.HOSE, 20_000, free, treasury=True) is BandDay.TREASURY_SHARES_EX_DATE
    assert ex_date_band_day(Exchange.HOSE, 20_000, free, treasury=False) is BandDay.NORMAL


@given(
    exchange=st.sampled_from(Exchange),
    base=st.integers(1_000, 500_000),
    cash=st.integers(0, 600_000),
    free=st.fractions(0, 50),
)
def test_the_reference_is_a_valid_price_and_never_above_the_base_by_more_than_its_tick(
    exchange: Exchange, base: int, cash: int, free: Fraction
) -> None:
    entitlements = (Entitlement(cash=cash, free=free),)
    reference = ex_date_reference(exchange, _STOCK, base, entitlements)
    assert reference == base or (is_on_tick(exchange, _STOCK, reference) and 0 < reference <= base + 100)


def test_every_part_of_the_rule_names_its_origin() -> None:
    assert {row.cited.rule for row in EX_DATE_RULES} == {"VN-C2", "VN-A7"}
    assert all(row.cited.sources for row in EX_DATE_RULES)
