"""What holds for every price, instant and quantity."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from market.bands import band_for
from market.calendar import is_trading_day, next_trading_day, previous_trading_day, settlement_date
from market.clock import MarketClock
from market.fees import FeeSchedule, commission, sale_tax
from market.lots import is_odd_lot, is_round_lot, nearest_quantities
from market.offering import CONTINUOUS_LIMIT_ORDERS, EVERYTHING
from market.phases import PhaseName, next_boundary, phase_at, phase_to_send_in, phases_of
from market.ticks import is_on_tick, next_tick_down, next_tick_up, tick_at_or_above, tick_at_or_below
from market.vocabulary import Exchange, InstrumentKind, OrderType

EXCHANGES = st.sampled_from(Exchange)
KINDS = st.sampled_from(InstrumentKind)
PRICES = st.integers(1, 500_000)
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001 - made aware by the strategy


@given(EXCHANGES, KINDS, PRICES)
def test_neighbouring_prices_are_valid_and_have_nothing_between(
    exchange: Exchange, kind: InstrumentKind, price: int
) -> None:
    below, above = tick_at_or_below(exchange, kind, price), tick_at_or_above(exchange, kind, price)
    assert below <= price <= above
    assert below == 0 or is_on_tick(exchange, kind, below)
    assert is_on_tick(exchange, kind, above)
    if is_on_tick(exchange, kind, price):
        assert below == above == price
        assert next_tick_down(exchange, kind, next_tick_up(exchange, kind, price)) == price


@given(EXCHANGES, KINDS, st.integers(1_000, 300_000), st.booleans())
def test_ceiling_and_floor_are_valid_prices_around_a_valid_reference(
    exchange: Exchange,
    kind: InstrumentKind,
    rough: int,
    first_day: bool,
) -> None:
    reference = tick_at_or_above(exchange, kind, rough)
    band = band_for(exchange, kind, reference, first_day=first_day)
    assert band.floor < reference < band.ceiling
    assert is_on_tick(exchange, kind, band.ceiling)
    assert is_on_tick(exchange, kind, band.floor)
    assert band.holds(reference)


@given(EXCHANGES, INSTANTS)
def test_the_phase_holds_its_instant_and_the_next_boundary_is_after_it(exchange: Exchange, instant: datetime) -> None:
    phase = phase_at(exchange, instant)
    assert phase.start <= instant < phase.end
    assert next_boundary(exchange, instant) == phase.end
    assert phase_at(exchange, phase.end).name is not phase.name


@given(EXCHANGES, INSTANTS)
def test_a_phase_to_send_in_takes_the_order_and_is_not_over(exchange: Exchange, instant: datetime) -> None:
    for offering in (CONTINUOUS_LIMIT_ORDERS, EVERYTHING):
        for order_type in OrderType:
            phase = phase_to_send_in(exchange, order_type, instant, offering=offering)
            if phase is not None:
                assert phase.takes(order_type, offering)
                assert instant < phase.end
                assert order_type in offering.types


@given(st.dates(date(2025, 1, 1), date(2027, 12, 1)))
def test_trading_days_settle_two_trading_days_later(day: date) -> None:
    following = next_trading_day(day)
    assert is_trading_day(following)
    assert previous_trading_day(following) <= day or not is_trading_day(day)
    assert settlement_date(day) == next_trading_day(following)
    assert bool(phases_of(Exchange.HOSE, day)) is is_trading_day(day)


def test_settlement_follows_the_published_holiday_weeks() -> None:
    assert settlement_date(date(2025, 8, 28)) == date(2025, 9, 3)
    assert settlement_date(date(2025, 8, 29)) == date(2025, 9, 4)
    assert settlement_date(date(2026, 2, 12)) == date(2026, 2, 23)


def test_a_day_of_each_exchange_has_its_phases_in_order() -> None:
    names = {exchange: [phase.name for phase in phases_of(exchange, date(2026, 3, 11))] for exchange in Exchange}
    am, rest, pm, close = PhaseName.CONT_AM, PhaseName.BREAK, PhaseName.CONT_PM, PhaseName.CLOSE_AUCTION
    assert names == {
        Exchange.HOSE: [PhaseName.OPEN_AUCTION, am, rest, pm, close],
        Exchange.HNX: [am, rest, pm, close, PhaseName.PLO],
        Exchange.UPCOM: [am, rest, pm],
    }


@given(st.integers(1, 2_000_000))
def test_a_quantity_is_a_lot_or_has_lots_around_it(quantity: int) -> None:
    if is_round_lot(quantity) or is_odd_lot(quantity):
        return
    around = nearest_quantities(quantity, 2_000_000)
    assert all(is_round_lot(each) and abs(each - quantity) < 100 for each in around)


@given(st.lists(st.integers(1, 10**10), min_size=1, max_size=10), st.integers(0, 10_000))
def test_commission_and_tax_only_grow_and_round_half_up(values: list[int], ppm: int) -> None:
    schedule, total = FeeSchedule(ppm, ppm), 0
    for value in values:
        before = commission(schedule, total)
        total += value
        assert commission(schedule, total) >= before
    exact = total * ppm
    assert abs(commission(schedule, total) * 1_000_000 - exact) <= 500_000
    assert sale_tax(schedule, total) == commission(schedule, total)


@given(INSTANTS, st.integers(0, 600), st.integers(0, 86_400))
def test_a_market_clock_reaches_an_instant_when_it_says(anchor: datetime, rate: int, seconds: int) -> None:
    clock = MarketClock(anchor, anchor + timedelta(days=3), rate, 1)
    target = clock.anchor_market + timedelta(seconds=seconds)
    wait = clock.wall_seconds_until(target, anchor)
    if rate == 0:
        assert wait is None
    else:
        assert wait is not None
        assert abs(clock.at(anchor + timedelta(seconds=wait)) - target) < timedelta(milliseconds=1)
