"""What a feed tells of a security through the day, above the reference data of its morning."""

from dataclasses import dataclass
from datetime import date

from market.bands import Band
from market.vocabulary import SecurityStatus


@dataclass(frozen=True, slots=True)
class SecurityShown:
    """None stands for what was not told. `foreign_room` in shares; `traded`: a round lot was matched that day."""

    symbol: str
    trading_date: date
    band: Band | None = None
    status: SecurityStatus | None = None
    foreign_room: int | None = None
    traded: bool | None = None
