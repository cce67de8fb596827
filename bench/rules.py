"""How many orders one core can check against every rule of the exchanges in a second: `python -m bench.rules`."""

import random
import time
from datetime import date, datetime, timedelta

from market.bands import band_for
from market.calendar import VIETNAM
from market.checks import order_violations
from market.facts import OwnOrder, TradingFacts
from market.instrument import Instrument
from market.offering import EVERYTHING
from market.terms import OrderTerms
from market.vocabulary import Exchange, InstrumentKind, OrderType, Side

AIM = 10_000
ORDERS = 20_000
_DAY = date(2026, 3, 11)
_NINE = datetime(2026, 3, 11, 9, tzinfo=VIETNAM)

Case = tuple[OrderTerms, Instrument, datetime, TradingFacts]


def cases(count: int, seed: int = 1) -> list[Case]:
    """Orders of every kind through a day, some of them wrong, each with an order of the investor on the other side."""
    chance = random.Random(seed)
    return [_case(chance) for _ in range(count)]


def _case(chance: random.Random) -> Case:
    exchange, order_type = chance.choice(list(Exchange)), chance.choice(list(OrderType))
    reference = chance.randrange(5_000, 90_000, 100)
    band = band_for(exchange, InstrumentKind.STOCK, reference)
    listed = Instrument(
        "ABC", "ABC", exchange, InstrumentKind.STOCK, _DAY, reference, band.ceiling, band.floor, foreign_room=10_000
    )
    price = chance.randrange(band.floor - 200, band.ceiling + 200, 50) if order_type is OrderType.LO else None
    terms = OrderTerms("ABC", exchange, Side.BUY, order_type, chance.choice((50, 100, 150, 1_000, 20_000)), price)
    now = _NINE + timedelta(seconds=chance.randrange(6 * 3_600))
    own = OwnOrder("own", "ABC", Side.SELL, OrderType.LO, band.ceiling, now - timedelta(minutes=1))
    return terms, listed, now, TradingFacts(traded_today=True, foreign_investor=True, own_orders=(own,))


def validations_per_second(count: int = ORDERS) -> float:
    prepared = cases(count)
    started = time.perf_counter()
    for terms, listed, now, facts in prepared:
        order_violations(terms, listed, now, facts=facts, offering=EVERYTHING)
    return count / (time.perf_counter() - started)


if __name__ == "__main__":
    print(f"{validations_per_second():,.0f} full validations a second on one core (aim: {AIM:,})")
