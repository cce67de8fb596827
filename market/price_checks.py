"""Checks of the price: there or not as its type asks, on the tick, inside the band (VN-A4, VN-A5, VN-A7)."""

from collections.abc import Iterator

from market.instrument import Instrument
from market.order_types import type_row
from market.ticks import is_on_tick, tick_at_or_above, tick_at_or_below, tick_size
from market.violations import RuleCode, Violation
from market.vocabulary import OrderType


def price_field(order_type: OrderType, price: int | None, instrument: Instrument) -> Iterator[Violation]:
    has_price = type_row(order_type).has_price
    if has_price and price is None:
        yield Violation(
            RuleCode.PRICE_MISSING,
            "VN-A4",
            f"{order_type} needs a price.",
            f"Lệnh {order_type} phải có giá.",
            allowed=f"{instrument.floor} to {instrument.ceiling}",
        )
    if not has_price and price is not None:
        yield Violation(
            RuleCode.UNEXPECTED_PRICE,
            "VN-A4",
            f"{order_type} carries no price; leave it out, or send LO at {price} VND.",
            f"Lệnh {order_type} không có giá; hãy bỏ giá hoặc đặt lệnh LO giá {price} đồng.",
            given=price,
            allowed=OrderType.LO.value,
        )


def off_tick(price: int, instrument: Instrument) -> Iterator[Violation]:
    exchange, kind = instrument.exchange, instrument.kind
    if is_on_tick(exchange, kind, price):
        return
    step = tick_size(exchange, kind, price)
    nearest = (tick_at_or_below(exchange, kind, price), tick_at_or_above(exchange, kind, price))
    yield Violation(
        RuleCode.PRICE_OFF_TICK,
        "VN-A5",
        f"{price} VND is not a multiple of the tick of {step} VND; nearest are {nearest[0]} and {nearest[1]}.",
        f"Giá {price} đồng không theo bước giá {step} đồng; gần nhất là {nearest[0]} và {nearest[1]}.",
        given=price,
        allowed=step,
        nearest=nearest,
    )


def band_broken(price: int, instrument: Instrument) -> Iterator[Violation]:
    if price > instrument.ceiling:
        yield Violation(
            RuleCode.PRICE_ABOVE_CEILING,
            "VN-A7",
            f"{price} VND is above today's ceiling of {instrument.ceiling} VND.",
            f"Giá {price} đồng cao hơn giá trần {instrument.ceiling} đồng.",
            given=price,
            allowed=instrument.ceiling,
            nearest=(instrument.ceiling,),
        )
    if price < instrument.floor:
        yield Violation(
            RuleCode.PRICE_BELOW_FLOOR,
            "VN-A7",
            f"{price} VND is below today's floor of {instrument.floor} VND.",
            f"Giá {price} đồng thấp hơn giá sàn {instrument.floor} đồng.",
            given=price,
            allowed=instrument.floor,
            nearest=(instrument.floor,),
        )
