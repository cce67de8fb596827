"""Checks of the day and the security: listed today, on this exchange, on a trading day, and trading."""

from collections.abc import Iterator
from datetime import date, datetime

from market.calendar import VIETNAM, TradingCalendar, next_trading_day
from market.instrument import Instrument
from market.offering import Offering
from market.statuses import Trading, trades_on, trading_of
from market.terms import OrderTerms
from market.violations import RuleCode, Violation
from market.vocabulary import Exchange, SecurityStatus


def unknown_symbol(terms: OrderTerms, now: datetime) -> Violation:
    day = now.astimezone(VIETNAM).date()
    return Violation(
        RuleCode.UNKNOWN_SYMBOL,
        "VN-A9",
        f"{terms.symbol} has no reference data for {day}; only symbols listed today can be traded.",
        f"{terms.symbol} không có dữ liệu tham chiếu ngày {day}; chỉ giao dịch được mã niêm yết hôm nay.",
        given=terms.symbol,
    )


def wrong_exchange(terms: OrderTerms, instrument: Instrument) -> Iterator[Violation]:
    if terms.exchange is not instrument.exchange:
        yield Violation(
            RuleCode.WRONG_EXCHANGE,
            "VN-G",
            f"{terms.symbol} trades on {instrument.exchange}, not on {terms.exchange}.",
            f"{terms.symbol} giao dịch trên {instrument.exchange}, không phải {terms.exchange}.",
            given=terms.exchange.value,
            allowed=instrument.exchange.value,
        )


def closed_day(terms: OrderTerms, now: datetime, calendar: TradingCalendar) -> Iterator[Violation]:
    day = now.astimezone(VIETNAM).date()
    if not calendar.is_trading_day(day, terms.exchange):
        following = next_trading_day(day, calendar, terms.exchange)
        yield Violation(
            RuleCode.CLOSED_DAY,
            "VN-A12",
            f"{day} is not a trading day; the next one is {following}.",
            f"{day} không phải ngày giao dịch; ngày giao dịch kế tiếp là {following}.",
            given=day.isoformat(),
            allowed=following.isoformat(),
        )


def not_trading(
    terms: OrderTerms, instrument: Instrument, now: datetime, calendar: TradingCalendar, offering: Offering
) -> Iterator[Violation]:
    if not tradable(instrument, offering):
        yield Violation(
            RuleCode.SYMBOL_NOT_TRADING,
            "VN-A10",
            f"{terms.symbol} is {instrument.status.lower()}; orders are taken for securities in normal trading.",
            f"{terms.symbol} đang ở trạng thái {instrument.status}; chỉ nhận lệnh cho mã giao dịch bình thường.",
            given=instrument.status.value,
            allowed=SecurityStatus.NORMAL.value,
        )
        return
    day = now.astimezone(VIETNAM).date()
    if not trades_on(instrument.exchange, instrument.status, day):
        following = _next_day(instrument.exchange, instrument.status, day, calendar)
        yield Violation(
            RuleCode.SYMBOL_NOT_TRADING_TODAY,
            "VN-D5",
            f"{terms.symbol} is {instrument.status.lower()} and trades on Fridays only; the next one is {following}.",
            f"{terms.symbol} bị {instrument.status}, chỉ giao dịch thứ Sáu; phiên kế tiếp là {following}.",
            given=day.isoformat(),
            allowed=following.isoformat(),
        )


def tradable(instrument: Instrument, offering: Offering) -> bool:
    """Whether the exchange trades such a security at all, and the product with it."""
    trading = trading_of(instrument.exchange, instrument.status)
    if trading is Trading.NONE:
        return False
    return trading is Trading.AS_USUAL or offering.restricted_securities


def _next_day(exchange: Exchange, status: SecurityStatus, day: date, calendar: TradingCalendar) -> date:
    following = next_trading_day(day, calendar, exchange)
    while not trades_on(exchange, status, following):
        following = next_trading_day(following, calendar, exchange)
    return following
