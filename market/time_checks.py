"""Checks of the hour and the order type: whether a phase takes the order at once, or at least later today."""

from collections.abc import Iterator
from datetime import datetime

from market.calendar import VIETNAM, TradingCalendar, day_of, next_trading_day
from market.facts import TradingFacts
from market.instrument import Instrument
from market.listing_checks import tradable
from market.offering import EVERYTHING, Offering
from market.order_types import types_taken
from market.phases import next_date_to_send, phase_at, phase_to_send_in
from market.sessions import sessions_of
from market.statuses import trades_on
from market.terms import OrderTerms
from market.violations import RuleCode, Violation
from market.vocabulary import Exchange, OrderType, PhaseName, SecurityStatus
from market.words import PHASE_VI


def refused_today(
    terms: OrderTerms,
    instrument: Instrument | None,
    now: datetime,
    facts: TradingFacts,
    calendar: TradingCalendar,
    offering: Offering,
) -> Iterator[Violation]:
    """Why the order can be sent neither now nor in a later phase of the day."""
    if terms.order_type not in offering.types:
        yield _not_offered(terms, offering)
        return
    status = phase_status(instrument, now, offering)
    if terms.order_type not in types_on(terms.exchange, status):
        yield _not_on_exchange(terms, status)
        return
    if calendar.is_trading_day(day_of(now), terms.exchange):
        if phase_to_send_in(terms.exchange, terms.order_type, now, status, calendar, offering) is None:
            yield _no_phase_today(terms, now, status, calendar, offering)
        yield from _no_closing_price(terms, now, facts, calendar)


def refused_at_once(
    terms: OrderTerms, instrument: Instrument | None, now: datetime, facts: TradingFacts, calendar: TradingCalendar
) -> Iterator[Violation]:
    """Why the exchange refuses the order at this instant."""
    status = phase_status(instrument, now, EVERYTHING)
    phase = phase_at(terms.exchange, now, status, calendar)
    taken = types_taken(terms.exchange, phase.name)
    open_today = calendar.is_trading_day(day_of(now), terms.exchange)
    if open_today and not taken:
        yield _takes_nothing(terms, phase.name, phase.end)
    if terms.order_type not in types_on(terms.exchange, status):
        yield _not_on_exchange(terms, status)
    elif open_today and taken and terms.order_type not in taken:
        yield _not_in_phase(terms, phase.name, taken)
    yield from _no_closing_price(terms, now, facts, calendar)


def phase_status(instrument: Instrument | None, now: datetime, offering: Offering) -> SecurityStatus:
    """The status whose phases count: the exchange's normal ones for a security not known or not traded today."""
    if instrument is None:
        return SecurityStatus.NORMAL
    day = day_of(now)
    if tradable(instrument, offering) and trades_on(instrument.exchange, instrument.status, day):
        return instrument.status
    return SecurityStatus.NORMAL


def types_on(exchange: Exchange, status: SecurityStatus) -> frozenset[OrderType]:
    """Every type that some phase of a day takes for a security of `status`."""
    return _TYPES_ON[exchange, status is SecurityStatus.RESTRICTED]


_TYPES_ON = {
    (exchange, restricted): frozenset[OrderType]().union(
        *(types_taken(exchange, row.phase) for row in sessions_of(exchange, restricted=restricted))
    )
    for exchange in Exchange
    for restricted in (False, True)
}


def _names(types: frozenset[OrderType]) -> str:
    return ", ".join(order_type for order_type in OrderType if order_type in types)


def _not_offered(terms: OrderTerms, offering: Offering) -> Violation:
    sent = _names(offering.types)
    return Violation(
        RuleCode.ORDER_TYPE_NOT_OFFERED,
        "VN-A2",
        f"{terms.order_type} is not offered on {terms.exchange} by this service; {sent} is.",
        f"Dịch vụ chưa nhận lệnh {terms.order_type} trên {terms.exchange}; chỉ nhận lệnh {sent}.",
        given=terms.order_type.value,
        allowed=sent,
    )


def _not_on_exchange(terms: OrderTerms, status: SecurityStatus) -> Violation:
    taken = _names(types_on(terms.exchange, status))
    restricted = status is SecurityStatus.RESTRICTED
    whom, whom_vi = (" for restricted securities", " cho mã bị hạn chế") if restricted else ("", "")
    return Violation(
        RuleCode.ORDER_TYPE_NOT_ON_EXCHANGE,
        "VN-A2",
        f"{terms.exchange} never takes {terms.order_type}{whom}; it takes {taken}.",
        f"{terms.exchange} không nhận lệnh {terms.order_type}{whom_vi}; chỉ nhận {taken}.",
        given=terms.order_type.value,
        allowed=taken,
    )


def _not_in_phase(terms: OrderTerms, phase: PhaseName, taken: frozenset[OrderType]) -> Violation:
    return Violation(
        RuleCode.ORDER_TYPE_NOT_IN_PHASE,
        "VN-A2",
        f"{terms.exchange} does not take {terms.order_type} in {phase}; it takes {_names(taken)}.",
        f"{terms.exchange} không nhận lệnh {terms.order_type} trong {PHASE_VI[phase]}; chỉ nhận {_names(taken)}.",
        given=terms.order_type.value,
        allowed=_names(taken),
    )


def _takes_nothing(terms: OrderTerms, phase: PhaseName, until: datetime) -> Violation:
    clock = until.astimezone(VIETNAM).isoformat(timespec="minutes")
    return Violation(
        RuleCode.PHASE_TAKES_NOTHING,
        "VN-A1",
        f"{terms.exchange} takes no orders in {phase}, which ends at {clock}.",
        f"{terms.exchange} không nhận lệnh trong {PHASE_VI[phase]}, kết thúc lúc {clock}.",
        given=phase.value,
        allowed=clock,
    )


def _no_phase_today(
    terms: OrderTerms, now: datetime, status: SecurityStatus, calendar: TradingCalendar, offering: Offering
) -> Violation:
    local = now.astimezone(VIETNAM)
    found = next_date_to_send(terms.exchange, terms.order_type, now, status, calendar, offering)
    following = found or next_trading_day(local.date(), calendar, terms.exchange)
    return Violation(
        RuleCode.NO_PHASE_TODAY,
        "VN-A2",
        f"No later phase of {terms.exchange} today takes {terms.order_type}; the next date is {following}.",
        f"{terms.exchange} hôm nay không còn phiên nhận lệnh {terms.order_type}; ngày kế tiếp là {following}.",
        given=local.strftime("%H:%M:%S"),
        allowed=following.isoformat(),
    )


def _no_closing_price(
    terms: OrderTerms, now: datetime, facts: TradingFacts, calendar: TradingCalendar
) -> Iterator[Violation]:
    if terms.order_type is not OrderType.PLO or facts.traded_today is not False:
        return
    if phase_at(terms.exchange, now, calendar=calendar).name is PhaseName.PLO:
        yield Violation(
            RuleCode.NO_CLOSING_PRICE,
            "VN-D3",
            f"{terms.symbol} has no closing price made today, so nothing trades after the close.",
            f"{terms.symbol} hôm nay không có giá đóng cửa nên không giao dịch sau giờ.",
            given=terms.order_type.value,
        )
