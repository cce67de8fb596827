"""Limit orders as the simulator's measurements draw them: one kind in process and over HTTP, so that they compare."""

from collections.abc import Mapping
from random import Random

from market.terms import OrderTerms
from market.vocabulary import OrderType, Side
from simulator.symbols import LISTINGS

SYMBOLS = ("VIC", "FPT", "HPG", "SHS", "ACV")
"""Of all three exchanges."""
STEP = 100

_TICKS = 10
_EXCHANGES = {listing.symbol: listing.exchange for listing in LISTINGS}


def drawn_terms(chance: Random, references: Mapping[str, int]) -> OrderTerms:
    """1 to 20 lots, bought or sold within ten ticks of the symbol's reference price (VND): about half of them trade."""
    symbol = chance.choice(SYMBOLS)
    price = references[symbol] + chance.randint(-_TICKS, _TICKS) * STEP
    quantity = chance.randint(1, 20) * STEP
    side = chance.choice((Side.BUY, Side.SELL))
    return OrderTerms(symbol, _EXCHANGES[symbol], side, OrderType.LO, quantity, price)
