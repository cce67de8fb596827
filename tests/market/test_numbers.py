"""Bands of every kind, what the feed's figures are held against, and the fee tables."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from market.band_checks import band_discrepancy, computed_band
from market.bands import Band, band_for, computable
from market.fees import SSI_ONLINE, Channel, FeePlan, FeeSchedule, fee_schedule
from market.instrument_words import Conversion
from market.reserve import reserve_price
from market.vocabulary import BandDay, Exchange, InstrumentKind, OrderType
from market.warrants import warrant_band
from tests.market.market_of_cases import ETF, HNX, HOSE, STOCK, UPCOM, order, security

WARRANT = replace(security(HOSE, 1_500, kind=InstrumentKind.COVERED_WARRANT), ceiling=1_780, floor=1_220)
FIRST, RETURN, NORMAL = BandDay.FIRST_DAY, BandDay.RETURN_DAY, BandDay.NORMAL


@pytest.mark.parametrize(
    ("exchange", "kind", "reference", "day", "ceiling", "floor"),
    [
        (HOSE, STOCK, 39_000, NORMAL, 41_700, 36_300),
        (HOSE, STOCK, 9_800, NORMAL, 10_450, 9_120),
        (HOSE, STOCK, 49_000, NORMAL, 52_400, 45_600),
        (HOSE, STOCK, 140, NORMAL, 150, 130),
        (HNX, STOCK, 900, NORMAL, 1_000, 800),
        (HNX, STOCK, 100, NORMAL, 200, 100),
        (UPCOM, STOCK, 600, NORMAL, 700, 500),
        (HOSE, STOCK, 33_900, FIRST, 40_650, 27_150),
        (HOSE, STOCK, 43_050, NORMAL, 46_050, 40_050),
        (HOSE, ETF, 23_450, NORMAL, 25_090, 21_810),
        (HNX, STOCK, 10_000, RETURN, 13_000, 7_000),
        (UPCOM, STOCK, 10_000, BandDay.TREASURY_SHARES_EX_DATE, 14_000, 6_000),
        (UPCOM, STOCK, 10_000, BandDay.LARGE_CASH_EX_DATE, 14_000, 6_000),
    ],
)
def test_bands_match_the_published_pairs(
    exchange: Exchange, kind: InstrumentKind, reference: int, day: BandDay, ceiling: int, floor: int
) -> None:
    assert band_for(exchange, kind, reference, day=day) == Band(reference, ceiling, floor)


def test_a_band_that_only_the_exchange_knows_is_not_computed() -> None:
    day = BandDay.LARGE_CASH_EX_DATE
    assert not computable(HOSE, day)
    assert computed_band(replace(security(HOSE), band_day=day)) is None
    with pytest.raises(ValueError, match="publishes"):
        band_for(HOSE, STOCK, 10_000, day=day)


@pytest.mark.parametrize(
    ("reference", "ratio", "expected"),
    [
        (1_500, Fraction(5), Band(1_500, 2_040, 960)),
        (1_500, Fraction(49_617, 10_000), Band(1_500, 2_040, 960)),
        (300, Fraction(4), Band(300, 970, 10)),
    ],
)
def test_a_warrant_follows_the_band_of_its_share(reference: int, ratio: Fraction, expected: Band) -> None:
    assert warrant_band(reference, Band(39_000, 41_700, 36_300), ratio) == expected


def test_the_feeds_band_is_held_against_the_computed_one_and_wins() -> None:
    listed = security(HOSE, 39_000)
    assert band_discrepancy(listed) is None
    told = replace(listed, ceiling=41_750)
    found = band_discrepancy(told)
    assert found is not None
    assert (found.told.ceiling, found.computed.ceiling) == (41_750, 41_700)
    assert told.band.ceiling == 41_750


def test_a_warrants_band_is_compared_only_when_its_share_and_conversion_are_known() -> None:
    share = Band(39_000, 41_700, 36_300)
    known = replace(WARRANT, conversion=Conversion("VIC", Decimal(10)))
    assert [band_discrepancy(WARRANT), band_discrepancy(WARRANT, share), band_discrepancy(known)] == [None] * 3
    assert band_discrepancy(replace(known, ceiling=1_770, floor=1_230), share) is None
    assert band_discrepancy(known, share) is not None


@pytest.mark.parametrize(
    ("plan", "channel", "day_value", "ppm"),
    [
        (FeePlan.STANDARD, Channel.ONLINE, 0, 1_500),
        (FeePlan.STANDARD, Channel.STAFF, 99_999_999, 3_500),
        (FeePlan.STANDARD, Channel.STAFF, 100_000_000, 3_000),
        (FeePlan.STANDARD, Channel.STAFF, 500_000_000, 2_500),
        (FeePlan.SELF_DIRECTED, Channel.ONLINE, 10**9, 270),
    ],
)
def test_a_commission_is_the_accounts_and_the_channels(
    plan: FeePlan, channel: Channel, day_value: int, ppm: int
) -> None:
    assert fee_schedule(plan, channel, day_value) == FeeSchedule(ppm)


def test_the_online_commission_is_the_tables_and_a_self_directed_account_has_no_staff() -> None:
    assert fee_schedule(FeePlan.STANDARD, Channel.ONLINE) == SSI_ONLINE
    with pytest.raises(ValueError, match="no channel STAFF"):
        fee_schedule(FeePlan.SELF_DIRECTED, Channel.STAFF)


@pytest.mark.parametrize("order_type", OrderType)
def test_cash_is_set_aside_at_the_highest_price_an_order_can_trade_at(order_type: OrderType) -> None:
    listed = security(HNX)
    price = reserve_price(order(listed, order_type=order_type), listed, closing_price=25_000)
    expected = {OrderType.LO: listed.reference, OrderType.PLO: 25_000}
    assert price == expected.get(order_type, listed.ceiling)
    assert reserve_price(order(listed, order_type=OrderType.PLO), listed) == listed.ceiling
