"""The market's time as data: wall time shifted and stretched, so that a simulated day can be any hour."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MarketClock:
    """Market time = `anchor_market` + (wall - `anchor_wall`) x `rate`; `version` grows with every setting."""

    anchor_wall: datetime
    anchor_market: datetime
    rate: int
    version: int

    def at(self, wall: datetime) -> datetime:
        return self.anchor_market + (wall - self.anchor_wall) * self.rate

    def wall_at(self, market: datetime) -> datetime:
        """When the market shows, or showed, `market`; never before the clock was set to what it shows now."""
        if self.rate == 0:
            return self.anchor_wall
        return max(self.anchor_wall, self.anchor_wall + (market - self.anchor_market) / self.rate)

    def wall_seconds_until(self, market: datetime, wall: datetime) -> float | None:
        """Seconds of wall time until the market shows `market`; None while the clock stands still."""
        if self.rate == 0:
            return None
        return max(0.0, (market - self.at(wall)).total_seconds() / self.rate)
