"""The exchange's own ceiling and floor win; computed ones cross-check them (VN-A8)."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from market.bands import Band, band_for, computable
from market.instrument import Instrument
from market.vocabulary import InstrumentKind
from market.warrants import warrant_band


@dataclass(frozen=True, slots=True)
class BandDiscrepancy:
    """The feed's band differs from the rules': the feed's counts, and somebody should look (VN-A8)."""

    symbol: str
    trading_date: date
    told: Band
    computed: Band


def computed_band(instrument: Instrument, underlying: Band | None = None) -> Band | None:
    """The band that the rules give for the told reference; None where only the exchange can tell it.

    `underlying` is the band of the share that a covered warrant buys: without it, or without a person's word on the
    conversion, a warrant's band cannot be computed.
    """
    if instrument.kind is InstrumentKind.COVERED_WARRANT:
        if underlying is None or instrument.conversion is None:
            return None
        return warrant_band(instrument.reference, underlying, Fraction(instrument.conversion.ratio))
    if not computable(instrument.exchange, instrument.band_day):
        return None
    return band_for(instrument.exchange, instrument.kind, instrument.reference, day=instrument.band_day)


def band_discrepancy(instrument: Instrument, underlying: Band | None = None) -> BandDiscrepancy | None:
    """Where the told and the computed band differ; None when they agree or nothing can be computed."""
    computed = computed_band(instrument, underlying)
    if computed is None or computed == instrument.band:
        return None
    return BandDiscrepancy(instrument.symbol, instrument.trading_date, instrument.band, computed)
