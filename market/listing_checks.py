"""Checks of the day and the security: listed today, on this exchange, on a trading day, and trading."""

from collections.abc import Iterator
from datetime import date, datetime

from market.broker_day import DAY_STARTS
from market.calendar import VIETNAM, TradingCalendar, day_of, next_trading_day
from market.instrument import Instrument
from market.offering import Offering
from market.statuses import Trading, trades_on, trading_of
from market.terms import OrderTerms
from market.violations import RuleCode, Violation
from market.vocabulary import Exchange, SecurityStatus
from market.words import STATUS_VI, either


def unlisted(
    terms: OrderTerms, now: datetime, calendar: TradingCalendar, *, day_loaded: bool, any_day: bool = False
) -> Iterator[Violation]:
    """Why a security without reference data takes no order.

    With `day_loaded` others have theirs, so that this one is not listed. A closed day has none for anybody, which
    says nothing of the security, unless `any_day`'s data would have done.
    """
    trades = calendar.is_trading_day(day_of(now), terms.exchange)
    if day_loaded or (any_day and not trades):
        yield _unknown_symbol(terms, now)
    elif trades:
        yield _not_loaded_yet(terms, now)


def _unknown_symbol(terms: OrderTerms, now: datetime) -> Violation:
    day = day_of(now)
    return Violation(
        RuleCode.UNKNOWN_SYMBOL,
        "VN-A9",
        f"{terms.symbol} has no reference data for {day}; only symbols listed today can be traded.",
        f"{terms.symbol} không có dữ liệu tham chiếu ngày {day}; chỉ giao dịch được mã niêm yết hôm nay.",
        given=terms.symbol,
    )


def _not_loaded_yet(terms: OrderTerms, now: datetime) -> Violation:
    """The broker's day begins with the load; before that nobody asks for the data."""
    local = now.astimezone(VIETNAM)
    starts = datetime.combine(local.date(), DAY_STARTS, VIETNAM)
    clock = starts.strftime("%H:%M")
    when, when_vi = ("in a few minutes", "sau ít phút") if starts <= local else (f"after {clock}", f"sau {clock}")
    return Violation(
        RuleCode.REFERENCE_DATA_MISSING,
        "VN-A9",
        f"The reference data of {local.date()} are not loaded yet; try again {when}.",
        f"Chưa có dữ liệu tham chiếu ngày {local.date()}; hãy thử lại {when_vi}.",
        given=terms.symbol,
        allowed=None if starts <= local else starts.isoformat(timespec="minutes"),
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
    day = day_of(now)
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
        yield _not_tradable(instrument, offering)
        return
    day = day_of(now)
    if not trades_on(instrument.exchange, instrument.status, day):
        following = _next_day(instrument.exchange, instrument.status, day, calendar)
        yield Violation(
            RuleCode.SYMBOL_NOT_TRADING_TODAY,
            "VN-D5",
            f"{terms.symbol} is {instrument.status.lower()} and trades on Fridays only; the next one is {following}.",
            f"{terms.symbol} {STATUS_VI[instrument.status]}, chỉ giao dịch thứ Sáu; phiên kế tiếp là {following}.",
            given=day.isoformat(),
            allowed=following.isoformat(),
        )


def _not_tradable(instrument: Instrument, offering: Offering) -> Violation:
    taken = [each for each in SecurityStatus if _trades(instrument.exchange, each, offering)]
    traded = either([each.lower() for each in taken], "or")
    traded_vi = either([STATUS_VI[each] for each in taken], "hoặc")
    return Violation(
        RuleCode.SYMBOL_NOT_TRADING,
        "VN-A10",
        f"{instrument.symbol} is {instrument.status.lower()} and takes no orders; it trades while it is {traded}.",
        f"{instrument.symbol} đang {STATUS_VI[instrument.status]}, không nhận lệnh; chỉ nhận lệnh cho mã {traded_vi}.",
        given=instrument.status.value,
        allowed=", ".join(taken),
    )


def tradable(instrument: Instrument, offering: Offering) -> bool:
    """Whether the exchange trades such a security at all, and the product with it."""
    return _trades(instrument.exchange, instrument.status, offering)


def _trades(exchange: Exchange, status: SecurityStatus, offering: Offering) -> bool:
    trading = trading_of(exchange, status)
    if trading is Trading.NONE:
        return False
    return trading is Trading.AS_USUAL or offering.restricted_securities


def _next_day(exchange: Exchange, status: SecurityStatus, day: date, calendar: TradingCalendar) -> date:
    following = next_trading_day(day, calendar, exchange)
    while not trades_on(exchange, status, following):
        following = next_trading_day(following, calendar, exchange)
    return following
