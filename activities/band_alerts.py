"""An alert for each band that differs from the one the rules give."""

from collections.abc import Iterable

from ledger.accounts import AlertKind
from ledger.ledger import Ledger
from market.band_checks import BandDiscrepancy, band_discrepancy
from market.bands import Band
from market.instrument import Instrument


async def alert_discrepancies(ledger: Ledger, instruments: Iterable[Instrument]) -> int:
    """How many differ. The told band counts all the same (VN-A8): the exchange knows what made the day unusual."""
    discrepancies = [each for each in map(band_discrepancy, instruments) if each is not None]
    for each in discrepancies:
        key = f"{AlertKind.BAND_DISCREPANCY}:{each.trading_date}:{each.symbol}"
        await ledger.raise_alert(AlertKind.BAND_DISCREPANCY, key, _words(each))
    return len(discrepancies)


def _words(found: BandDiscrepancy) -> str:
    return (
        f"{found.symbol} on {found.trading_date}: the exchange's band is {_band(found.told)},"
        f" the rules' is {_band(found.computed)} for the reference {found.told.reference:,} VND."
        " The exchange's counts; look why."
    )


def _band(band: Band) -> str:
    return f"{band.floor:,} to {band.ceiling:,} VND"
