"""The entry points of the exchanges' rules: an order in, every broken rule out, in the order of `RuleCode`."""

from collections.abc import Iterator
from datetime import datetime

from market.calendar import PUBLISHED, TradingCalendar
from market.facts import NO_FACTS, TradingFacts
from market.instrument import Instrument
from market.investor_checks import opposite_order, room_exceeded, self_crossing
from market.listing_checks import closed_day, not_trading, unlisted, wrong_exchange
from market.offering import EVERYTHING, OFFERED, Offering
from market.order_types import type_row
from market.price_checks import band_broken, off_tick, price_field
from market.quantity_checks import above_maximum, not_a_lot, odd_lot_barred
from market.terms import OrderTerms
from market.time_checks import refused_at_once, refused_today
from market.violations import RuleCode, Violation

_WAITS = frozenset({RuleCode.CLOSED_DAY, RuleCode.SYMBOL_NOT_TRADING_TODAY, RuleCode.NO_PHASE_TODAY})
"""What another day heals."""


def order_violations(
    terms: OrderTerms,
    instrument: Instrument | None,
    now: datetime,
    *,
    facts: TradingFacts = NO_FACTS,
    calendar: TradingCalendar = PUBLISHED,
    offering: Offering = OFFERED,
    queue_next_day: bool = False,
    day_loaded: bool = True,
) -> tuple[Violation, ...]:
    """All rules that `terms` break at `now`; empty when the order may be sent now, or held and sent later today.

    With `queue_next_day` it may also wait for another trading date (`market.sending.next_sending` tells which).
    Without an `instrument` all is checked that needs none; `day_loaded`: others have reference data for today.
    """
    missing = () if instrument else unlisted(terms, now, calendar, day_loaded=day_loaded, any_day=queue_next_day)
    found = (
        *missing,
        *_listing(terms, instrument, now, calendar, offering),
        *refused_today(terms, instrument, now, facts, calendar, offering),
        *_numbers(terms, instrument, facts, offering),
        *opposite_order(terms, instrument, now, facts, calendar, offering),
        *room_exceeded(terms, instrument, facts),
    )
    return tuple(each for each in found if each.code not in _WAITS) if queue_next_day else found


def exchange_violations(
    terms: OrderTerms,
    instrument: Instrument | None,
    now: datetime,
    *,
    facts: TradingFacts = NO_FACTS,
    calendar: TradingCalendar = PUBLISHED,
) -> tuple[Violation, ...]:
    """All rules for which the exchange itself would refuse `terms` if they reached it at `now`."""
    return (
        *(() if instrument else unlisted(terms, now, calendar, day_loaded=True)),
        *_listing(terms, instrument, now, calendar, EVERYTHING),
        *refused_at_once(terms, instrument, now, facts, calendar),
        *_numbers(terms, instrument, facts, EVERYTHING),
        *opposite_order(terms, instrument, now, facts, calendar, EVERYTHING),
        *room_exceeded(terms, instrument, facts),
    )


def order_warnings(
    terms: OrderTerms,
    instrument: Instrument,
    now: datetime,
    *,
    facts: TradingFacts = NO_FACTS,
    calendar: TradingCalendar = PUBLISHED,
    offering: Offering = OFFERED,
) -> tuple[Violation, ...]:
    """What deserves a second look and stops nothing: an order that would meet the investor's own."""
    return tuple(self_crossing(terms, instrument, now, facts, calendar, offering))


def _listing(
    terms: OrderTerms, instrument: Instrument | None, now: datetime, calendar: TradingCalendar, offering: Offering
) -> Iterator[Violation]:
    if instrument is not None:
        yield from wrong_exchange(terms, instrument)
    if terms.order_type in offering.types:
        yield from closed_day(terms, now, calendar)
    if instrument is not None:
        yield from not_trading(terms, instrument, now, calendar, offering)


def _numbers(
    terms: OrderTerms, instrument: Instrument | None, facts: TradingFacts, offering: Offering
) -> Iterator[Violation]:
    if terms.order_type in offering.types:
        yield from price_field(terms.order_type, terms.price, instrument)
    yield from not_a_lot(terms.exchange, terms.quantity)
    if terms.order_type in offering.types:
        yield from odd_lot_barred(terms, instrument, facts, offering)
    yield from above_maximum(terms.exchange, terms.quantity)
    if instrument is not None and terms.price is not None and not _has_needless_price(terms, offering):
        yield from off_tick(terms.price, instrument)
        yield from band_broken(terms.price, instrument)


def _has_needless_price(terms: OrderTerms, offering: Offering) -> bool:
    return terms.order_type in offering.types and not type_row(terms.order_type).has_price
