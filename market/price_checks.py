"""Checks of the price: there or not as its type asks, on the tick, inside the band (VN-A4, VN-A5, VN-A7)."""

from collections.abc import Iterator

from market.instrument import Instrument
from market.order_types import type_row
from market.ticks import is_on_tick, tick_at_or_above, tick_at_or_below, tick_size
from market.violations import RuleCode, Violation
from market.vocabulary import OrderType
from market.words import figure, figure_vi, figures, figures_vi


def price_field(order_type: OrderType, price: int | None, instrument: Instrument | None) -> Iterator[Violation]:
    has_price = type_row(order_type).has_price
    if has_price and price is None:
        yield Violation(
            RuleCode.PRICE_MISSING,
            "VN-A4",
            f"{order_type} needs a price.",
            f"Lệnh {order_type} phải có giá.",
            allowed=None if instrument is None else f"{instrument.floor} to {instrument.ceiling}",
        )
    if not has_price and price is not None:
        yield Violation(
            RuleCode.UNEXPECTED_PRICE,
            "VN-A4",
            f"{order_type} carries no price; leave it out, or send LO at {figure(price)} VND.",
            f"Lệnh {order_type} không có giá; hãy bỏ giá hoặc đặt lệnh LO giá {figure_vi(price)} đồng.",
            given=price,
            allowed=OrderType.LO.value,
        )


def off_tick(price: int, instrument: Instrument) -> Iterator[Violation]:
    exchange, kind = instrument.exchange, instrument.kind
    if is_on_tick(exchange, kind, price):
        return
    step = tick_size(exchange, kind, price)
    nearest = nearest_prices(price, instrument)
    # A told band can be so narrow or so wrong that it holds no price at all.
    take, take_vi = (f"; take {figures(nearest)} VND", f"; hãy đặt {figures_vi(nearest)} đồng") if nearest else ("", "")
    yield Violation(
        RuleCode.PRICE_OFF_TICK,
        "VN-A5",
        f"{figure(price)} VND is not a multiple of the tick of {step} VND{take}.",
        f"Giá {figure_vi(price)} đồng không theo bước giá {step} đồng{take_vi}.",
        given=price,
        allowed=step,
        nearest=nearest,
    )


def band_broken(price: int, instrument: Instrument) -> Iterator[Violation]:
    if price > instrument.ceiling:
        yield Violation(
            RuleCode.PRICE_ABOVE_CEILING,
            "VN-A7",
            f"{figure(price)} VND is above today's ceiling of {figure(instrument.ceiling)} VND.",
            f"Giá {figure_vi(price)} đồng cao hơn giá trần {figure_vi(instrument.ceiling)} đồng.",
            given=price,
            allowed=instrument.ceiling,
            nearest=nearest_prices(price, instrument),
        )
    if price < instrument.floor:
        yield Violation(
            RuleCode.PRICE_BELOW_FLOOR,
            "VN-A7",
            f"{figure(price)} VND is below today's floor of {figure(instrument.floor)} VND.",
            f"Giá {figure_vi(price)} đồng thấp hơn giá sàn {figure_vi(instrument.floor)} đồng.",
            given=price,
            allowed=instrument.floor,
            nearest=nearest_prices(price, instrument),
        )


def nearest_prices(price: int, instrument: Instrument) -> tuple[int, ...]:
    """The prices on the tick and in the band next to one that is not; one alone beyond the band (VN-A5, VN-A7)."""
    exchange, kind = instrument.exchange, instrument.kind
    around = (
        tick_at_or_below(exchange, kind, min(price, instrument.ceiling)),
        tick_at_or_above(exchange, kind, max(price, instrument.floor)),
    )
    return tuple(each for each in around if instrument.band.holds(each))
