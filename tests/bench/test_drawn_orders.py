"""Both of the simulator's measures draw the same orders, and the market takes them."""

from random import Random

from bench.drawn_orders import SYMBOLS, drawn_terms
from market.bands import band_for
from market.terms import OrderTerms
from market.vocabulary import Exchange, InstrumentKind, Side
from simulator.symbols import LISTINGS

LISTED = {listing.symbol: listing for listing in LISTINGS}
REFERENCES = {symbol: LISTED[symbol].first_reference for symbol in SYMBOLS}


def test_drawn_orders_lie_within_the_days_band_in_whole_lots_on_all_exchanges_and_both_sides() -> None:
    chance = Random(1)
    many = [drawn_terms(chance, REFERENCES) for _ in range(2_000)]
    for terms in many:
        band = band_for(terms.exchange, InstrumentKind.STOCK, REFERENCES[terms.symbol])
        assert terms.price is not None
        assert band.floor <= terms.price <= band.ceiling
        assert terms.quantity % 100 == 0 < terms.quantity
    assert {terms.exchange for terms in many} == set(Exchange)
    assert {terms.side for terms in many} == set(Side)


def drawn(chance: Random) -> list[OrderTerms]:
    return [drawn_terms(chance, REFERENCES) for _ in range(5)]


def test_a_seed_draws_the_same_orders_again() -> None:
    first, again, other = (drawn(Random(seed)) for seed in (1, 1, 2))
    assert first == again != other
