"""What a refusal offers instead would itself be taken, and nothing nearer would be."""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from market.amendments import Amendment, amend_violations
from market.bands import band_for
from market.instrument import Instrument
from market.lots import is_odd_lot, is_round_lot
from market.price_checks import band_broken, off_tick
from market.quantity_checks import above_maximum, not_a_lot
from market.ticks import is_on_tick, tick_at_or_above
from market.violations import RuleCode, Violation
from market.vocabulary import BandDay, Exchange, InstrumentKind, Whereabouts
from tests.market.market_of_cases import DAY, HNX, HOSE, at, order, security

COMPUTED_DAYS = (BandDay.NORMAL, BandDay.FIRST_DAY, BandDay.RETURN_DAY, BandDay.TREASURY_SHARES_EX_DATE)


@st.composite
def listed(draw: st.DrawFn) -> Instrument:
    exchange, kind = draw(st.sampled_from(Exchange)), draw(st.sampled_from(InstrumentKind))
    reference = tick_at_or_above(exchange, kind, draw(st.integers(1, 120_000)))
    band = band_for(exchange, kind, reference, day=draw(st.sampled_from(COMPUTED_DAYS)))
    return Instrument("ABC", "ABC", exchange, kind, DAY, reference, band.ceiling, band.floor)


def price_refusals(price: int, security: Instrument) -> list[Violation]:
    return [*off_tick(price, security), *band_broken(price, security)]


@given(listed(), st.data())
def test_every_nearest_price_is_taken_and_none_nearer_is(security: Instrument, data: st.DataObject) -> None:
    price = data.draw(st.integers(max(1, security.floor - 200), security.ceiling + 200))
    for refusal in price_refusals(price, security):
        assert refusal.nearest
        assert [price_refusals(near, security) for near in refusal.nearest] == [[] for _ in refusal.nearest]
        below = max((near for near in refusal.nearest if near < price), default=None)
        above = min((near for near in refusal.nearest if near > price), default=None)
        for nearer in range(price if below is None else below + 1, price if above is None else above):
            assert price_refusals(nearer, security)
        # A side that is left out has no valid price at all.
        assert below is not None or price <= security.floor
        assert above is not None or price >= security.ceiling


@given(listed(), st.integers(1, 200_000))
def test_a_refused_price_beyond_the_band_is_offered_the_bands_end_alone(security: Instrument, price: int) -> None:
    assume(not security.band.holds(price))
    end = security.ceiling if price > security.ceiling else security.floor
    assert {refusal.nearest for refusal in price_refusals(price, security)} == {(end,)}


def test_a_told_ceiling_off_the_tick_is_never_offered() -> None:
    odd = replace(security(HOSE), ceiling=27_071)
    [refusal] = band_broken(27_100, odd)
    assert (refusal.allowed, refusal.nearest) == (27_071, (27_050,))
    assert is_on_tick(odd.exchange, odd.kind, 27_050)


def test_a_band_that_holds_no_price_offers_none() -> None:
    impossible = replace(security(HOSE), ceiling=25_301, floor=25_301)
    [refusal] = off_tick(25_301, impossible)
    assert refusal.nearest == ()
    assert refusal.message.endswith("tick of 50 VND.")


def size_refusals(exchange: Exchange, quantity: int) -> list[Violation]:
    return [*not_a_lot(exchange, quantity), *above_maximum(exchange, quantity)]


@given(st.sampled_from(Exchange), st.integers(-200, 2_000_000))
def test_every_nearest_quantity_is_taken_and_none_nearer_is(exchange: Exchange, quantity: int) -> None:
    for refusal in size_refusals(exchange, quantity):
        assert refusal.nearest
        assert all(size_refusals(exchange, near) == [] for near in refusal.nearest)
        nearest = min(refusal.nearest, key=lambda near: abs(near - quantity))
        between = range(min(nearest, quantity) + 1, max(nearest, quantity))
        assert all(size_refusals(exchange, nearer) for nearer in between[:300])


@given(st.integers(101, 5_000), st.integers(0, 4_000))
def test_an_amendment_is_offered_no_quantity_that_has_traded_already(quantity: int, filled: int) -> None:
    placed = security(HNX)
    found = amend_violations(
        order(placed, 10_000),
        Amendment(quantity=quantity),
        placed,
        at("10:00"),
        filled=filled,
        whereabouts=Whereabouts.AT_EXCHANGE,
    )
    for refusal in found:
        if refusal.code is RuleCode.QUANTITY_NOT_A_LOT:
            assert all(near > filled and is_round_lot(near) for near in refusal.nearest)


def test_the_published_examples_name_what_is_valid() -> None:
    assert price_refusals(10_480, security(HOSE, 9_800))[0].nearest == (10_450,)
    assert price_refusals(36_251, security(HOSE, 39_000))[0].nearest == (36_300,)
    assert price_refusals(50, security(HNX, 12_300))[0].nearest == (11_100,)
    assert {refusal.nearest for refusal in size_refusals(HOSE, 500_150)} == {(500_000,)}
    assert size_refusals(HNX, 50) == []
    assert is_odd_lot(50)
