"""The rules of put-through trades, which this service knows and does not offer (VN-A6, VN-A10)."""

from collections.abc import Iterator
from datetime import datetime, time

from market.calendar import PUBLISHED, VIETNAM, TradingCalendar
from market.instrument import Instrument
from market.listing_checks import tradable
from market.lots import PUT_THROUGH_MINIMUM
from market.offering import EVERYTHING
from market.price_checks import band_broken
from market.quantity_checks import FIRST_PRICE_DAYS
from market.violations import RuleCode, Violation
from market.vocabulary import Exchange

_HOURS = ((time(9), time(11, 30)), (time(13), time(15)))
"""In session to 14:45 and after hours to 15:00 on a board of its own on HOSE and HNX (VN-A1, VN-D7)."""


def put_through_violations(
    instrument: Instrument,
    quantity: int,
    price: int,
    now: datetime,
    *,
    traded_today: bool | None = None,
    calendar: TradingCalendar = PUBLISHED,
) -> tuple[Violation, ...]:
    """Every rule a put-through trade would break at `now`; its prices have no tick beyond the dong (VN-A5)."""
    return (
        *_hours(instrument, now, calendar),
        *_first_day(instrument, traded_today),
        *_minimum(instrument, quantity),
        *band_broken(price, instrument),
    )


def _hours(instrument: Instrument, now: datetime, calendar: TradingCalendar) -> Iterator[Violation]:
    local = now.astimezone(VIETNAM)
    trades = calendar.is_trading_day(local.date(), instrument.exchange) and tradable(instrument, EVERYTHING)
    if trades and any(start <= local.time() < end for start, end in _HOURS):
        return
    yield Violation(
        RuleCode.PHASE_TAKES_NOTHING,
        "VN-D7",
        "Put-through trades are made from 09:00 to 11:30 and from 13:00 to 15:00 of a trading day.",
        "Giao dịch thỏa thuận từ 09:00 đến 11:30 và từ 13:00 đến 15:00 ngày giao dịch.",
        given=local.isoformat(timespec="minutes"),
        allowed="09:00 to 11:30, 13:00 to 15:00",
    )


def _first_day(instrument: Instrument, traded_today: bool | None) -> Iterator[Violation]:  # noqa: FBT001 - a fact, not a switch
    if instrument.band_day not in FIRST_PRICE_DAYS:
        return
    if instrument.exchange is Exchange.UPCOM and traded_today is not False:
        return
    yield Violation(
        RuleCode.PUT_THROUGH_FIRST_DAY,
        "VN-A10",
        f"{instrument.symbol} takes no put-through trade on its first day or its day of return.",
        f"{instrument.symbol} không được giao dịch thỏa thuận trong ngày giao dịch đầu tiên.",
        given=instrument.band_day.value,
    )


def _minimum(instrument: Instrument, quantity: int) -> Iterator[Violation]:
    minimum = PUT_THROUGH_MINIMUM[instrument.exchange]
    if quantity < minimum:
        yield Violation(
            RuleCode.PUT_THROUGH_BELOW_MINIMUM,
            "VN-A6",
            f"A put-through trade on {instrument.exchange} has at least {minimum} shares.",
            f"Giao dịch thỏa thuận trên {instrument.exchange} tối thiểu {minimum} cổ phiếu.",
            given=quantity,
            allowed=minimum,
            nearest=(minimum,),
        )
