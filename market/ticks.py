"""Price steps by exchange, kind of instrument and price (VN-A5). Prices are integer VND."""

from dataclasses import dataclass

from market.citations import Citation, Confidence, cite
from market.vocabulary import Exchange, InstrumentKind

PUT_THROUGH_TICK = 1

_STOCK, _FUND = InstrumentKind.STOCK, InstrumentKind.FUND
_ETF, _WARRANT = InstrumentKind.ETF, InstrumentKind.COVERED_WARRANT
_HOSE = cite("VN-A5", Confidence.HIGH, "S15 S23")
_HOSE_LISTED_PRODUCTS = cite("VN-A5", Confidence.HIGH, "S23 S24")
_HNX = cite("VN-A5", Confidence.HIGH, "S7 S15 S23 S58")
_HNX_ETF = cite("VN-A5", Confidence.HIGH, "S23 S58")
_UPCOM = cite("VN-A5", Confidence.HIGH, "S8 S15 S27")
# No text names a step for these kinds there; the exchange's step for shares stands in.
_HNX_OTHERS = cite("VN-A5", Confidence.ASSUMED, "S7 S15 S23 S58")
_UPCOM_OTHERS = cite("VN-A5", Confidence.ASSUMED, "S8 S15 S27")


@dataclass(frozen=True, slots=True)
class TickRow:
    """The step of prices from `from_price` up to the next row of the same exchange and kind."""

    exchange: Exchange
    kinds: tuple[InstrumentKind, ...]
    from_price: int
    step: int
    cited: Citation


TICKS: tuple[TickRow, ...] = (
    TickRow(Exchange.HOSE, (_STOCK, _FUND), 0, 10, _HOSE),
    TickRow(Exchange.HOSE, (_STOCK, _FUND), 10_000, 50, _HOSE),
    TickRow(Exchange.HOSE, (_STOCK, _FUND), 50_000, 100, _HOSE),
    TickRow(Exchange.HOSE, (_ETF, _WARRANT), 0, 10, _HOSE_LISTED_PRODUCTS),
    TickRow(Exchange.HNX, (_STOCK,), 0, 100, _HNX),
    TickRow(Exchange.HNX, (_FUND, _WARRANT), 0, 100, _HNX_OTHERS),
    TickRow(Exchange.HNX, (_ETF,), 0, 1, _HNX_ETF),
    TickRow(Exchange.UPCOM, (_STOCK,), 0, 100, _UPCOM),
    TickRow(Exchange.UPCOM, (_FUND, _ETF, _WARRANT), 0, 100, _UPCOM_OTHERS),
)

# From the highest price down: the first row that a price reaches has its step.
_STEPS = {
    (exchange, kind): tuple(
        (row.from_price, row.step)
        for row in sorted(TICKS, key=lambda row: -row.from_price)
        if row.exchange is exchange and kind in row.kinds
    )
    for exchange in Exchange
    for kind in InstrumentKind
}


def tick_size(exchange: Exchange, kind: InstrumentKind, price: int) -> int:
    """The step that `price` itself must stand on, chosen by the price and not by the reference (VN-A5, VN-A8)."""
    steps = _STEPS[exchange, kind]
    for from_price, step in steps:
        if price >= from_price:
            return step
    return steps[-1][1]


def is_on_tick(exchange: Exchange, kind: InstrumentKind, price: int) -> bool:
    return price % tick_size(exchange, kind, price) == 0


def tick_at_or_below(exchange: Exchange, kind: InstrumentKind, price: int) -> int:
    """The nearest valid price not above `price`."""
    return price - price % tick_size(exchange, kind, price)


def tick_at_or_above(exchange: Exchange, kind: InstrumentKind, price: int) -> int:
    """The nearest valid price not below `price`."""
    step = tick_size(exchange, kind, price)
    return -(-price // step) * step


def next_tick_up(exchange: Exchange, kind: InstrumentKind, price: int) -> int:
    """The lowest valid price above `price`."""
    return tick_at_or_above(exchange, kind, price + 1)


def next_tick_down(exchange: Exchange, kind: InstrumentKind, price: int) -> int:
    """The highest valid price below `price`: below 10,000 and 50,000 on HOSE the smaller step counts (VN-C4)."""
    return tick_at_or_below(exchange, kind, price - 1)
