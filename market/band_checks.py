"""The exchange's own ceiling and floor win; computed ones cross-check them and stand in before they are known."""

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from market.bands import Band, band_for, computable
from market.instrument import Instrument
from market.ticks import tick_at_or_below
from market.vocabulary import InstrumentKind
from market.warrants import warrant_band


@dataclass(frozen=True, slots=True)
class Underlying:
    """What a covered warrant's band is computed from: the share's band and how many warrants buy one share."""

    band: Band
    ratio: Fraction


@dataclass(frozen=True, slots=True)
class BandDiscrepancy:
    """The feed's band differs from the rules': the feed's counts, and somebody should look (VN-A8)."""

    symbol: str
    trading_date: date
    told: Band
    computed: Band


def computed_band(instrument: Instrument, underlying: Underlying | None = None) -> Band | None:
    """The band that the rules give for the told reference; None where only the exchange can tell it."""
    if instrument.kind is InstrumentKind.COVERED_WARRANT:
        if underlying is None:
            return None
        return warrant_band(instrument.reference, underlying.band, underlying.ratio)
    if not computable(instrument.exchange, instrument.band_day):
        return None
    return band_for(instrument.exchange, instrument.kind, instrument.reference, day=instrument.band_day)


def band_discrepancy(instrument: Instrument, underlying: Underlying | None = None) -> BandDiscrepancy | None:
    """Where the told and the computed band differ; None when they agree or nothing can be computed."""
    computed = computed_band(instrument, underlying)
    if computed is None or computed == instrument.band:
        return None
    return BandDiscrepancy(instrument.symbol, instrument.trading_date, instrument.band, computed)


def provisional_instrument(latest: Instrument, trading_date: date, close: int) -> Instrument | None:
    """What `latest` would be on `trading_date` after closing at `close`: for a preview, never for an order (VN-A9).

    None where the band cannot be computed. An ex-date or UPCOM's average makes the real reference another one.
    """
    reference = tick_at_or_below(latest.exchange, latest.kind, close)
    if latest.kind is InstrumentKind.COVERED_WARRANT or reference <= 0:
        return None
    band = band_for(latest.exchange, latest.kind, reference)
    return replace(
        latest,
        trading_date=trading_date,
        reference=reference,
        ceiling=band.ceiling,
        floor=band.floor,
        provisional=True,
    )
