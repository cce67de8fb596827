"""Daily price bands around the reference price, in integer arithmetic (VN-A7, VN-A8)."""

from dataclasses import dataclass

from market.citations import Citation, Confidence, cite
from market.ticks import next_tick_down, next_tick_up, tick_at_or_above, tick_at_or_below
from market.vocabulary import BandDay, Exchange, InstrumentKind


@dataclass(frozen=True, slots=True)
class Band:
    """Reference, ceiling and floor of one day in VND; ceiling and floor are themselves valid prices."""

    reference: int
    ceiling: int
    floor: int

    def holds(self, price: int) -> bool:
        return self.floor <= price <= self.ceiling


@dataclass(frozen=True, slots=True)
class BandRow:
    """How far a price may go from the reference; None where only the exchange's own figures tell."""

    exchange: Exchange
    day: BandDay
    percent: int | None
    cited: Citation


_NORMAL = cite("VN-A7", Confidence.HIGH, "S15 S19 S25")
_FIRST = cite("VN-A7", Confidence.HIGH, "S15 S19 S25 S55")
_RETURN = cite("VN-A7", Confidence.HIGH, "S15 S25")
_RETURN_HOSE = cite("VN-A7", Confidence.MEDIUM, "S15 S25")
_TREASURY = cite("VN-A7", Confidence.MEDIUM, "S19 S25")
_CASH = cite("VN-A7", Confidence.MEDIUM, "S25")

BANDS: tuple[BandRow, ...] = (
    BandRow(Exchange.HOSE, BandDay.NORMAL, 7, _NORMAL),
    BandRow(Exchange.HNX, BandDay.NORMAL, 10, _NORMAL),
    # VN-D8: one page prints 10; all others 15 since 2015-07-01.
    BandRow(Exchange.UPCOM, BandDay.NORMAL, 15, _NORMAL),
    BandRow(Exchange.HOSE, BandDay.FIRST_DAY, 20, _FIRST),
    BandRow(Exchange.HNX, BandDay.FIRST_DAY, 30, _FIRST),
    BandRow(Exchange.UPCOM, BandDay.FIRST_DAY, 40, _FIRST),
    BandRow(Exchange.HOSE, BandDay.RETURN_DAY, 20, _RETURN_HOSE),
    BandRow(Exchange.HNX, BandDay.RETURN_DAY, 30, _RETURN),
    BandRow(Exchange.UPCOM, BandDay.RETURN_DAY, 40, _RETURN),
    BandRow(Exchange.HOSE, BandDay.TREASURY_SHARES_EX_DATE, 20, _TREASURY),
    BandRow(Exchange.HNX, BandDay.TREASURY_SHARES_EX_DATE, 30, _TREASURY),
    BandRow(Exchange.UPCOM, BandDay.TREASURY_SHARES_EX_DATE, 40, _TREASURY),
    BandRow(Exchange.HOSE, BandDay.LARGE_CASH_EX_DATE, None, _CASH),
    BandRow(Exchange.HNX, BandDay.LARGE_CASH_EX_DATE, None, _CASH),
    BandRow(Exchange.UPCOM, BandDay.LARGE_CASH_EX_DATE, 40, _CASH),
)

_PERCENT = {(row.exchange, row.day): row.percent for row in BANDS}


def band_for(
    exchange: Exchange,
    kind: InstrumentKind,
    reference: int,
    *,
    first_day: bool = False,
    day: BandDay = BandDay.NORMAL,
) -> Band:
    """The band computed from `reference`: ceiling rounds down, floor up; a collapsed band opens by a tick (VN-A8).

    Raises ValueError on a day whose band only the exchange tells, see `computable`.
    """
    percent = _PERCENT[exchange, BandDay.FIRST_DAY if first_day else day]
    if percent is None:
        raise ValueError(f"{exchange} publishes the band of a {day} day; it is not computed")
    ceiling = tick_at_or_below(exchange, kind, reference * (100 + percent) // 100)
    floor = tick_at_or_above(exchange, kind, -(-reference * (100 - percent) // 100))
    if ceiling > reference > floor:
        return Band(reference, ceiling, floor)
    lower = next_tick_down(exchange, kind, reference)
    return Band(reference, next_tick_up(exchange, kind, reference), lower if lower > 0 else reference)


def computable(exchange: Exchange, day: BandDay) -> bool:
    """Whether the band of such a day follows from the reference (VN-A7)."""
    return _PERCENT[exchange, day] is not None
