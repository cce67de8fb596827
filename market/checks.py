"""The one entry point of the exchanges' rules: an order in, every broken rule out, in a fixed order."""

from collections.abc import Iterator
from datetime import datetime

from market.calendar import VIETNAM, is_trading_day, next_trading_day
from market.instrument import Instrument
from market.lots import LOT, MAXIMUM_QUANTITY, is_odd_lot, is_round_lot, nearest_quantities
from market.phases import next_date_to_send, phase_to_send_in
from market.terms import OrderTerms
from market.ticks import is_on_tick, tick_at_or_above, tick_at_or_below, tick_size
from market.violations import RuleCode, Violation
from market.vocabulary import OrderType, SecurityStatus

_NOT_TRADING = frozenset({SecurityStatus.RESTRICTED, SecurityStatus.HALTED, SecurityStatus.SUSPENDED})


def order_violations(terms: OrderTerms, instrument: Instrument | None, now: datetime) -> tuple[Violation, ...]:
    """All rules of the exchange that `terms` break at `now`; empty when it may be sent now or later today."""
    if instrument is None:
        return (_unknown_symbol(terms, now),)
    return (
        *_listing(terms, instrument),
        *_time(terms, now),
        *_kind(terms),
        *_quantity(terms),
        *_price(terms, instrument),
    )


def _unknown_symbol(terms: OrderTerms, now: datetime) -> Violation:
    day = now.astimezone(VIETNAM).date()
    return Violation(
        RuleCode.UNKNOWN_SYMBOL,
        "VN-A9",
        f"{terms.symbol} has no reference data for {day}; only symbols listed today can be traded.",
        f"{terms.symbol} không có dữ liệu tham chiếu ngày {day}; chỉ giao dịch được mã niêm yết hôm nay.",
        given=terms.symbol,
    )


def _listing(terms: OrderTerms, instrument: Instrument) -> Iterator[Violation]:
    if terms.exchange is not instrument.exchange:
        yield Violation(
            RuleCode.WRONG_EXCHANGE,
            "VN-G",
            f"{terms.symbol} trades on {instrument.exchange}, not on {terms.exchange}.",
            f"{terms.symbol} giao dịch trên {instrument.exchange}, không phải {terms.exchange}.",
            given=terms.exchange.value,
            allowed=instrument.exchange.value,
        )
    if instrument.status in _NOT_TRADING:
        yield Violation(
            RuleCode.SYMBOL_NOT_TRADING,
            "VN-A10",
            f"{terms.symbol} is {instrument.status.lower()}; orders are taken for securities in normal trading.",
            f"{terms.symbol} đang ở trạng thái {instrument.status}; chỉ nhận lệnh cho mã giao dịch bình thường.",
            given=instrument.status.value,
            allowed=SecurityStatus.NORMAL.value,
        )


def _time(terms: OrderTerms, now: datetime) -> Iterator[Violation]:
    if terms.order_type is not OrderType.LO:
        return
    day = now.astimezone(VIETNAM).date()
    if not is_trading_day(day):
        following = next_trading_day(day)
        yield Violation(
            RuleCode.CLOSED_DAY,
            "VN-A12",
            f"{day} is not a trading day; the next one is {following}.",
            f"{day} không phải ngày giao dịch; ngày giao dịch kế tiếp là {following}.",
            given=day.isoformat(),
            allowed=following.isoformat(),
        )
    elif phase_to_send_in(terms.exchange, terms.order_type, now) is None:
        following = next_date_to_send(terms.exchange, terms.order_type, now) or next_trading_day(day)
        yield Violation(
            RuleCode.NO_PHASE_TODAY,
            "VN-A2",
            f"No later phase of {terms.exchange} today takes {terms.order_type}; the next date is {following}.",
            f"{terms.exchange} hôm nay không còn phiên nhận lệnh {terms.order_type}; ngày kế tiếp là {following}.",
            given=now.astimezone(VIETNAM).strftime("%H:%M:%S"),
            allowed=following.isoformat(),
        )


def _kind(terms: OrderTerms) -> Iterator[Violation]:
    if terms.order_type is not OrderType.LO:
        yield Violation(
            RuleCode.ORDER_TYPE_NOT_OFFERED,
            "VN-A2",
            f"{terms.order_type} is not offered on {terms.exchange} by this service; LO is.",
            f"Dịch vụ chưa nhận lệnh {terms.order_type} trên {terms.exchange}; chỉ nhận lệnh LO.",
            given=terms.order_type.value,
            allowed=OrderType.LO.value,
        )


def _quantity(terms: OrderTerms) -> Iterator[Violation]:
    quantity, maximum = terms.quantity, MAXIMUM_QUANTITY[terms.exchange]
    if not is_round_lot(quantity) and not is_odd_lot(quantity):
        yield Violation(
            RuleCode.QUANTITY_NOT_A_LOT,
            "VN-A6",
            f"{quantity} shares are neither an odd lot (1 to 99) nor a multiple of {LOT}.",
            f"{quantity} cổ phiếu không phải lô lẻ (1 đến 99) và không là bội số của {LOT}.",
            given=quantity,
            allowed=LOT,
            nearest=nearest_quantities(quantity),
        )
    if quantity > maximum:
        yield Violation(
            RuleCode.QUANTITY_ABOVE_MAXIMUM,
            "VN-A6",
            f"{quantity} shares exceed the maximum of {maximum} per order on {terms.exchange}.",
            f"{quantity} cổ phiếu vượt mức tối đa {maximum} mỗi lệnh trên {terms.exchange}.",
            given=quantity,
            allowed=maximum,
        )


def _price(terms: OrderTerms, instrument: Instrument) -> Iterator[Violation]:
    price = terms.price
    if price is None:
        if terms.order_type is OrderType.LO:
            yield Violation(
                RuleCode.PRICE_MISSING,
                "VN-A4",
                f"{terms.order_type} needs a price.",
                f"Lệnh {terms.order_type} phải có giá.",
                allowed=f"{instrument.floor} to {instrument.ceiling}",
            )
        return
    exchange, kind = instrument.exchange, instrument.kind
    if not is_on_tick(exchange, kind, price):
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
    yield from _band(price, instrument)


def _band(price: int, instrument: Instrument) -> Iterator[Violation]:
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
