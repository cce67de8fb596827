"""Price steps by exchange, kind of instrument and price (VN-A5). Prices are integer VND."""

from market.vocabulary import Exchange, InstrumentKind

_HOSE_MIDDLE = 10_000
_HOSE_UPPER = 50_000


def tick_size(exchange: Exchange, kind: InstrumentKind, price: int) -> int:
    """The step that `price` itself must stand on, chosen by the price and not by the reference (VN-A5, VN-A8)."""
    if exchange is Exchange.HOSE:
        return _hose_tick(kind, price)
    if exchange is Exchange.HNX and kind is InstrumentKind.ETF:
        return 1
    return 100


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


def _hose_tick(kind: InstrumentKind, price: int) -> int:
    if kind in (InstrumentKind.ETF, InstrumentKind.COVERED_WARRANT) or price < _HOSE_MIDDLE:
        return 10
    return 50 if price < _HOSE_UPPER else 100
