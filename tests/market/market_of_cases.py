"""The default day, security and order of the worked cases, and how a test asks the rules about them."""

from dataclasses import replace
from datetime import date, datetime

from market.bands import band_for
from market.calendar import VIETNAM
from market.checks import exchange_violations, order_violations
from market.facts import NO_FACTS, TradingFacts
from market.instrument import Instrument
from market.offering import EVERYTHING
from market.terms import OrderTerms
from market.violations import RuleCode
from market.vocabulary import BandDay, Exchange, InstrumentKind, OrderType, SecurityStatus, Side

HOSE, HNX, UPCOM = Exchange.HOSE, Exchange.HNX, Exchange.UPCOM
STOCK, ETF = InstrumentKind.STOCK, InstrumentKind.ETF
DAY = date(2026, 3, 11)


def at(moment: str, day: date = DAY) -> datetime:
    return datetime.fromisoformat(f"{day} {moment}").replace(tzinfo=VIETNAM)


def security(
    exchange: Exchange,
    reference: int = 25_300,
    *,
    kind: InstrumentKind = STOCK,
    status: SecurityStatus = SecurityStatus.NORMAL,
    band_day: BandDay = BandDay.NORMAL,
) -> Instrument:
    band = band_for(exchange, kind, reference, day=band_day)
    return Instrument(
        "ABC", "ABC", exchange, kind, DAY, reference, band.ceiling, band.floor, status=status, band_day=band_day
    )


def order(
    listed: Instrument,
    quantity: int = 100,
    price: int | None = None,
    order_type: OrderType = OrderType.LO,
    side: Side = Side.BUY,
) -> OrderTerms:
    """An order for `listed`; an LO without a price stands at the reference."""
    if price is None and order_type is OrderType.LO:
        price = listed.reference
    return OrderTerms(listed.symbol, listed.exchange, side, order_type, quantity, price)


def at_exchange(terms: OrderTerms, listed: Instrument, now: datetime, facts: TradingFacts = NO_FACTS) -> list[RuleCode]:
    return [violation.code for violation in exchange_violations(terms, listed, now, facts=facts)]


def at_house(terms: OrderTerms, listed: Instrument, now: datetime, facts: TradingFacts = NO_FACTS) -> list[RuleCode]:
    found = order_violations(terms, listed, now, facts=facts, offering=EVERYTHING)
    return [violation.code for violation in found]


def with_room(listed: Instrument, room: int) -> Instrument:
    return replace(listed, foreign_room=room)
