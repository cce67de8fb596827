"""An alert for each band that differs from the one the rules give."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import AlertKind
from ledger.alerting import raise_alert
from ledger.instruments import load_instruments
from market.band_checks import BandDiscrepancy, band_discrepancy
from market.bands import Band
from market.instrument import Instrument
from market.vocabulary import BandDay

_KIND = AlertKind.BAND_DISCREPANCY


async def tell_bands(connection: AsyncConnection, symbols: Collection[str], trading_date: date) -> int:
    """Alert about each of `symbols` whose band differs, people's words laid over; returns how many do.

    The told band counts all the same (VN-A8): the exchange knows what made the day unusual.
    """
    found = await load_instruments(connection, symbols, trading_date)
    bought = {each.conversion.underlying for each in found.values() if each.conversion is not None}
    shares = await load_instruments(connection, bought, trading_date) if bought else {}
    differing = 0
    for instrument in found.values():
        discrepancy = band_discrepancy(instrument, _underlying(instrument, shares))
        if discrepancy is not None:
            differing += 1
            await raise_alert(connection, _KIND, _key(instrument), _words(discrepancy))
    return differing


def _underlying(instrument: Instrument, shares: dict[str, Instrument]) -> Band | None:
    share = None if instrument.conversion is None else shares.get(instrument.conversion.underlying)
    return None if share is None else share.band


def _key(instrument: Instrument) -> str:
    """What makes the day unusual belongs to the fact: a person's word on it is compared anew."""
    day = "" if instrument.band_day is BandDay.NORMAL else f":{instrument.band_day}"
    conversion = "" if instrument.conversion is None else f":{instrument.conversion}"
    return f"{_KIND}:{instrument.trading_date}:{instrument.symbol}{day}{conversion}"


def _words(found: BandDiscrepancy) -> str:
    return (
        f"{found.symbol} on {found.trading_date}: the exchange's band is {_band(found.told)},"
        f" the rules' is {_band(found.computed)} for the reference {found.told.reference:,} VND."
        " The exchange's counts; look why."
    )


def _band(band: Band) -> str:
    return f"{band.floor:,} to {band.ceiling:,} VND"
