"""What was traded minute by minute, as charts want it: one bar per security and minute that saw a trade."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from market.calendar import VIETNAM


@dataclass(frozen=True, slots=True)
class MinuteBar:
    """Prices (VND) and shares of the round-lot trades in the minutes from `at` on."""

    symbol: str
    at: datetime
    open: int
    high: int
    low: int
    close: int
    volume: int

    @property
    def key(self) -> str:
        """Sorts by trading date, then security, then time."""
        local = self.at.astimezone(VIETNAM)
        return f"{local.date().isoformat()}|{self.symbol}|{local:%H%M}"


def bar_of_trade(symbol: str, at: datetime, price: int, quantity: int) -> MinuteBar:
    return MinuteBar(symbol, at.replace(second=0, microsecond=0), price, price, price, price, quantity)


def joined(earlier: MinuteBar, later: MinuteBar) -> MinuteBar:
    """Both as one bar that begins with `earlier`."""
    return replace(
        earlier,
        high=max(earlier.high, later.high),
        low=min(earlier.low, later.low),
        close=later.close,
        volume=earlier.volume + later.volume,
    )


def by_minutes(bars: Iterable[MinuteBar], minutes: int) -> list[MinuteBar]:
    """Bars of one minute (in their order of time) put together into bars of `minutes`, counted from midnight."""
    grouped: dict[tuple[str, datetime], MinuteBar] = {}
    for bar in bars:
        local = bar.at.astimezone(VIETNAM)
        start = local - timedelta(minutes=(local.hour * 60 + local.minute) % minutes)
        known = grouped.get((bar.symbol, start))
        grouped[bar.symbol, start] = replace(bar, at=start) if known is None else joined(known, bar)
    return list(grouped.values())
