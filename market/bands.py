"""Daily price bands around the reference price, in integer arithmetic (VN-A7, VN-A8)."""

from dataclasses import dataclass

from market.ticks import next_tick_down, next_tick_up, tick_at_or_above, tick_at_or_below
from market.vocabulary import Exchange, InstrumentKind

_NORMAL_PERCENT = {Exchange.HOSE: 7, Exchange.HNX: 10, Exchange.UPCOM: 15}
_WIDE_PERCENT = {Exchange.HOSE: 20, Exchange.HNX: 30, Exchange.UPCOM: 40}


@dataclass(frozen=True, slots=True)
class Band:
    """Reference, ceiling and floor of one day in VND; ceiling and floor are themselves valid prices."""

    reference: int
    ceiling: int
    floor: int

    def holds(self, price: int) -> bool:
        return self.floor <= price <= self.ceiling


def band_for(exchange: Exchange, kind: InstrumentKind, reference: int, *, first_day: bool = False) -> Band:
    """The band computed from `reference`: ceiling rounds down, floor up; a collapsed band opens by a tick (VN-A8)."""
    percent = (_WIDE_PERCENT if first_day else _NORMAL_PERCENT)[exchange]
    ceiling = tick_at_or_below(exchange, kind, reference * (100 + percent) // 100)
    floor = tick_at_or_above(exchange, kind, -(-reference * (100 - percent) // 100))
    if ceiling > reference > floor:
        return Band(reference, ceiling, floor)
    lower = next_tick_down(exchange, kind, reference)
    return Band(reference, next_tick_up(exchange, kind, reference), lower if lower > 0 else reference)
