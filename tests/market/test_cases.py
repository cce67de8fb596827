"""The worked cases of the rule study that an LO in continuous trading meets, by their numbers there (VN-E)."""

from datetime import datetime

import pytest

from market.bands import Band, band_for
from market.calendar import VIETNAM
from market.checks import order_violations
from market.instrument import Instrument
from market.terms import OrderTerms
from market.violations import RuleCode
from market.vocabulary import Exchange, InstrumentKind, OrderType, SecurityStatus, Side

HOSE, HNX, UPCOM = Exchange.HOSE, Exchange.HNX, Exchange.UPCOM
STOCK, ETF = InstrumentKind.STOCK, InstrumentKind.ETF
DAY = "2026-03-11"
OFF_TICK, NOT_A_LOT, TOO_MANY = (
    RuleCode.PRICE_OFF_TICK,
    RuleCode.QUANTITY_NOT_A_LOT,
    RuleCode.QUANTITY_ABOVE_MAXIMUM,
)
ABOVE, BELOW, TYPE = RuleCode.PRICE_ABOVE_CEILING, RuleCode.PRICE_BELOW_FLOOR, RuleCode.ORDER_TYPE_NOT_OFFERED


def instrument(
    exchange: Exchange, reference: int, kind: InstrumentKind = STOCK, *, first_day: bool = False
) -> Instrument:
    band = band_for(exchange, kind, reference, first_day=first_day)
    day = datetime.fromisoformat(DAY).date()
    return Instrument("ABC", "ABC", exchange, kind, day, reference, band.ceiling, band.floor)


def codes(
    listed: Instrument, quantity: int, price: int | None, at: str = f"{DAY} 10:00", order_type: OrderType = OrderType.LO
) -> list[RuleCode]:
    asked = OrderTerms(listed.symbol, listed.exchange, Side.BUY, order_type, quantity, price)
    now = datetime.fromisoformat(at).replace(tzinfo=VIETNAM)
    return [violation.code for violation in order_violations(asked, listed, now)]


@pytest.mark.parametrize(
    ("case", "listed", "quantity", "price", "expected"),
    [
        (1, instrument(HOSE, 39_000), 1_000, 41_700, []),
        (2, instrument(HOSE, 39_000), 1_000, 41_750, [ABOVE]),
        (3, instrument(HOSE, 39_000), 1_000, 36_250, [BELOW]),
        (5, instrument(HOSE, 9_800), 100, 9_990, []),
        (7, instrument(HOSE, 9_800), 100, 10_480, [OFF_TICK, ABOVE]),
        (8, instrument(HOSE, 49_000), 100, 50_050, [OFF_TICK]),
        (10, instrument(HOSE, 140), 100, 150, []),
        (11, instrument(HNX, 900), 100, 800, []),
        (13, instrument(UPCOM, 600), 100, 800, [ABOVE]),
        (15, instrument(HOSE, 33_900, first_day=True), 100, 40_650, []),
        (18, instrument(HOSE, 23_450, ETF), 100, 23_460, []),
        (45, instrument(HOSE, 25_300), 150, 25_300, [NOT_A_LOT]),
        (46, instrument(HOSE, 25_300), 50, 25_300, []),
        (49, instrument(HOSE, 25_300), 500_100, 25_300, [TOO_MANY]),
    ],
)
def test_a_worked_case_gives_exactly_its_violations(
    case: int, listed: Instrument, quantity: int, price: int, expected: list[RuleCode]
) -> None:
    assert codes(listed, quantity, price) == expected, f"case {case}"


@pytest.mark.parametrize(
    ("exchange", "reference", "first_day", "ceiling", "floor"),
    [
        (HOSE, 39_000, False, 41_700, 36_300),
        (HOSE, 9_800, False, 10_450, 9_120),
        (HOSE, 49_000, False, 52_400, 45_600),
        (HOSE, 140, False, 150, 130),
        (HNX, 900, False, 1_000, 800),
        (HNX, 100, False, 200, 100),
        (UPCOM, 600, False, 700, 500),
        (HOSE, 33_900, True, 40_650, 27_150),
        (HOSE, 43_050, False, 46_050, 40_050),
    ],
)
def test_bands_match_the_published_pairs(
    exchange: Exchange,
    reference: int,
    first_day: bool,
    ceiling: int,
    floor: int,
) -> None:
    assert band_for(exchange, STOCK, reference, first_day=first_day) == Band(reference, ceiling, floor)


def test_an_etf_of_hose_has_its_own_tick_in_the_band() -> None:
    assert band_for(HOSE, ETF, 23_450) == Band(23_450, 25_090, 21_810)


@pytest.mark.parametrize("order_type", [each for each in OrderType if each is not OrderType.LO])
def test_every_other_type_is_denied_by_its_code(order_type: OrderType) -> None:
    assert codes(instrument(HOSE, 25_300), 100, None, order_type=order_type) == [TYPE]


def test_case_37_an_order_in_the_break_breaks_no_rule_since_the_afternoon_takes_it() -> None:
    assert codes(instrument(HOSE, 25_300), 100, 25_300, f"{DAY} 12:00") == []


def test_case_35_an_lo_after_the_last_phase_is_told_the_next_date() -> None:
    listed = instrument(HNX, 12_300)
    assert codes(listed, 500, 12_300, f"{DAY} 14:50") == [RuleCode.NO_PHASE_TODAY]
    assert codes(listed, 500, 12_300, f"{DAY} 14:29:59") == []


def test_upcom_takes_an_lo_until_fifteen_hundred() -> None:
    listed = instrument(UPCOM, 39_300)
    assert codes(listed, 500, 39_300, f"{DAY} 14:59:59") == []
    assert codes(listed, 500, 39_300, f"{DAY} 15:00") == [RuleCode.NO_PHASE_TODAY]


@pytest.mark.parametrize("at", ["2026-02-17 10:00", "2026-01-02 10:00", "2026-08-22 10:00"])
def test_cases_57_and_58_a_closed_day_takes_nothing(at: str) -> None:
    assert codes(instrument(HOSE, 25_300), 100, 25_300, at) == [RuleCode.CLOSED_DAY]


def test_case_56_a_suspended_security_takes_nothing() -> None:
    listed = instrument(HOSE, 25_300)
    suspended = Instrument(
        listed.symbol,
        listed.name,
        listed.exchange,
        listed.kind,
        listed.trading_date,
        listed.reference,
        listed.ceiling,
        listed.floor,
        SecurityStatus.SUSPENDED,
    )
    assert codes(suspended, 100, 25_300) == [RuleCode.SYMBOL_NOT_TRADING]


def test_every_broken_rule_is_returned_with_its_numbers_in_the_stated_order() -> None:
    listed = instrument(HOSE, 25_300)
    asked = OrderTerms("ABC", HNX, Side.BUY, OrderType.LO, 500_150, 30_001)
    found = order_violations(asked, listed, datetime(2026, 3, 11, 15, 30, tzinfo=VIETNAM))
    assert [violation.code for violation in found] == [
        RuleCode.WRONG_EXCHANGE,
        RuleCode.NO_PHASE_TODAY,
        NOT_A_LOT,
        OFF_TICK,
        ABOVE,
    ]
    order_of_codes = list(RuleCode)
    assert [order_of_codes.index(violation.code) for violation in found] == sorted(
        order_of_codes.index(violation.code) for violation in found
    )
    off_tick = found[3]
    assert (off_tick.given, off_tick.allowed, off_tick.nearest) == (30_001, 50, (30_000, 30_050))
    assert all(violation.message and violation.message_vi and violation.rule for violation in found)


def test_a_symbol_without_todays_data_is_unknown() -> None:
    asked = OrderTerms("XYZ", HOSE, Side.BUY, OrderType.LO, 100, 25_300)
    found = order_violations(asked, None, datetime(2026, 3, 11, 10, tzinfo=VIETNAM))
    assert [violation.code for violation in found] == [RuleCode.UNKNOWN_SYMBOL]
