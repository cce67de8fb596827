"""A security as it stands on one trading day: the day's reference data decide, never yesterday's."""

from dataclasses import dataclass
from datetime import date

from market.bands import Band
from market.instrument_words import Conversion
from market.vocabulary import BandDay, Exchange, InstrumentKind, SecurityStatus


@dataclass(frozen=True, slots=True)
class Instrument:
    """Reference data of `symbol` for `trading_date`; prices in VND.

    `foreign_room` is in shares, None where the exchange tells none. `conversion` is the share behind a covered warrant,
    None where nobody has told.
    """

    symbol: str
    name: str
    exchange: Exchange
    kind: InstrumentKind
    trading_date: date
    reference: int
    ceiling: int
    floor: int
    status: SecurityStatus = SecurityStatus.NORMAL
    band_day: BandDay = BandDay.NORMAL
    foreign_room: int | None = None
    conversion: Conversion | None = None

    @property
    def band(self) -> Band:
        return Band(self.reference, self.ceiling, self.floor)
