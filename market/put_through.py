"""The rules of put-through trades, which this service knows and does not offer (VN-A6, VN-A10)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

from market.calendar import PUBLISHED, VIETNAM, TradingCalendar
from market.citations import Citation, Confidence, cite
from market.instrument import Instrument
from market.listing_checks import tradable
from market.lots import PUT_THROUGH_MINIMUM
from market.offering import EVERYTHING
from market.price_checks import band_broken
from market.quantity_checks import FIRST_PRICE_DAYS
from market.violations import RuleCode, Violation
from market.vocabulary import Exchange
from market.words import either, figure, figure_vi

_LISTED = cite("VN-A1", Confidence.HIGH, "S7 S10")
_AFTER_HOURS = cite("VN-D7", Confidence.MEDIUM, "S5 S7 S10")
_UPCOM = cite("VN-A1", Confidence.HIGH, "S3 S8")
_LISTED_ON = (Exchange.HOSE, Exchange.HNX)


@dataclass(frozen=True, slots=True)
class PutThroughRow:
    """Hours of a trading day in which put-through trades are made, `end` left out."""

    exchange: Exchange
    start: time
    end: time
    board: str
    cited: Citation


PUT_THROUGH_HOURS: tuple[PutThroughRow, ...] = (
    *(PutThroughRow(each, time(9), time(11, 30), "in session", _LISTED) for each in _LISTED_ON),
    *(PutThroughRow(each, time(13), time(14, 45), "in session", _LISTED) for each in _LISTED_ON),
    *(PutThroughRow(each, time(14, 45), time(15), "after hours", _AFTER_HOURS) for each in _LISTED_ON),
    PutThroughRow(Exchange.UPCOM, time(9), time(11, 30), "in session", _UPCOM),
    PutThroughRow(Exchange.UPCOM, time(13), time(15), "in session", _UPCOM),
)


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
    hours = _hours_of(instrument.exchange)
    if trades and any(start <= local.time() < end for start, end in hours):
        return
    told = [(f"{start:%H:%M}", f"{end:%H:%M}") for start, end in hours]
    spans = either([f"from {start} to {end}" for start, end in told], "and")
    spans_vi = either([f"từ {start} đến {end}" for start, end in told], "và")
    yield Violation(
        RuleCode.PHASE_TAKES_NOTHING,
        "VN-D7",
        f"Put-through trades on {instrument.exchange} are made {spans} of a trading day.",
        f"Giao dịch thỏa thuận trên {instrument.exchange} {spans_vi} ngày giao dịch.",
        given=local.isoformat(timespec="minutes"),
        allowed=", ".join(f"{start} to {end}" for start, end in told),
    )


def _hours_of(exchange: Exchange) -> list[tuple[time, time]]:
    """Start and end of the hours of `exchange`, rows that follow each other as one."""
    joined: list[tuple[time, time]] = []
    for row in PUT_THROUGH_HOURS:
        if row.exchange is not exchange:
            continue
        start = joined.pop()[0] if joined and joined[-1][1] == row.start else row.start
        joined.append((start, row.end))
    return joined


def _first_day(instrument: Instrument, traded_today: bool | None) -> Iterator[Violation]:  # noqa: FBT001 - a fact, not a switch
    if instrument.band_day not in FIRST_PRICE_DAYS:
        return
    if instrument.exchange is Exchange.UPCOM and traded_today is not False:
        return
    on_upcom = instrument.exchange is Exchange.UPCOM
    until, until_vi = (" before it has a price", " khi chưa có giá") if on_upcom else ("", "")
    yield Violation(
        RuleCode.PUT_THROUGH_FIRST_DAY,
        "VN-A10",
        f"{instrument.symbol} takes no put-through trade on its first day or its day of return{until}.",
        f"{instrument.symbol} không được giao dịch thỏa thuận trong ngày giao dịch đầu tiên hoặc ngày giao dịch trở lại"
        f"{until_vi}.",
        given=instrument.band_day.value,
    )


def _minimum(instrument: Instrument, quantity: int) -> Iterator[Violation]:
    minimum = PUT_THROUGH_MINIMUM[instrument.exchange]
    if quantity < minimum:
        yield Violation(
            RuleCode.PUT_THROUGH_BELOW_MINIMUM,
            "VN-A6",
            f"A put-through trade on {instrument.exchange} has at least {figure(minimum)} shares.",
            f"Giao dịch thỏa thuận trên {instrument.exchange} tối thiểu {figure_vi(minimum)} cổ phiếu.",
            given=quantity,
            allowed=minimum,
            nearest=(minimum,),
        )
