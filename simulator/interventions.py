"""What a person does to the market from outside: securities halted and resumed, days closed, money moved."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from market.bands import band_for
from market.calendar import CalendarOverride, TradingCalendar
from market.phases import CONTINUOUS
from market.vocabulary import BandDay, SecurityStatus
from simulator.accounts import Account, Position
from simulator.matching import cross_boards
from simulator.security import Security
from simulator.state import ExchangeState


def set_status(state: ExchangeState, security: Security, status: SecurityStatus) -> None:
    """The exchange's word about a security from now on (VN-A10).

    What waited through a halt meets at one price when trading resumes, as in an auction.
    """
    was_tradable = security.is_tradable
    security.day = replace(security.day, status=status)
    state.changes.securities[security.symbol] = None
    if not was_tradable and security.is_tradable and state.phase_of_security(security).name in CONTINUOUS:
        cross_boards(state, security)


def set_band_day(state: ExchangeState, security: Security, band_day: BandDay) -> None:
    """What widens today's band (VN-A7); orders that rest beyond a narrower one stay.

    Raises ValueError where only the exchange's own figures tell the band.
    """
    listing, day = security.listing, security.day
    band = band_for(listing.exchange, listing.kind, day.reference, day=band_day)
    security.day = replace(day, ceiling=band.ceiling, floor=band.floor, band_day=band_day)
    state.changes.securities[security.symbol] = None


def set_reference(state: ExchangeState, security: Security, reference: int) -> None:
    """Today's reference (VND), with the band around it as on a day of its kind; orders that rest beyond it stay."""
    listing, day = security.listing, security.day
    band = band_for(listing.exchange, listing.kind, reference, day=day.band_day)
    security.day = replace(day, reference=band.reference, ceiling=band.ceiling, floor=band.floor)
    state.changes.securities[security.symbol] = None


def set_last(state: ExchangeState, security: Security, price: int) -> None:
    """A last price (VND) without a trade: the day's prices follow, its volume, trades and minutes do not."""
    day = security.day
    security.day = replace(
        day, open=day.open or price, high=max(day.high, price), low=min(day.low or price, price), last=price
    )
    state.changes.securities[security.symbol] = None


def set_foreign_room(state: ExchangeState, security: Security, room: int | None) -> None:
    """Shares that foreigners may still buy; None when the exchange tells none."""
    security.day = replace(security.day, foreign_room=room)
    state.changes.securities[security.symbol] = None


def override_day(state: ExchangeState, override: CalendarOverride) -> None:
    """A person's word on a day after today replaces any earlier one on it."""
    kept = (each for each in state.calendar.overrides if (each.day, each.exchange) != (override.day, override.exchange))
    state.calendar = TradingCalendar((*kept, override), state.calendar.deviations)


def forget_override(state: ExchangeState, day: date) -> None:
    """The published calendar counts again for `day`."""
    kept = tuple(each for each in state.calendar.overrides if each.day != day)
    state.calendar = TradingCalendar(kept, state.calendar.deviations)


def move(state: ExchangeState, account: Account, cash: int, shares: Mapping[str, int]) -> None:
    """Settled cash (VND) and shares that come from, or go, outside of trading; shares come without a cost."""
    account.cash += cash
    for symbol, quantity in shares.items():
        account.positions.setdefault(symbol, Position()).settled += quantity
    state.changes.accounts[account.number] = None
