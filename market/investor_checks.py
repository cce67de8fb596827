"""Checks against the same investor's other orders and the room left for foreigners (VN-C7)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from market.calendar import VIETNAM, TradingCalendar, day_of
from market.facts import OwnOrder, TradingFacts
from market.instrument import Instrument
from market.offering import Offering
from market.phases import AUCTIONS, CONTINUOUS, Phase, phase_to_send_in, phases_of
from market.terms import OrderTerms
from market.time_checks import phase_status
from market.violations import RuleCode, Violation
from market.vocabulary import PhaseName, SecurityStatus, Side
from market.words import SIDE_VI, figure, figure_vi


def opposite_order(
    terms: OrderTerms,
    instrument: Instrument | None,
    now: datetime,
    facts: TradingFacts,
    calendar: TradingCalendar,
    offering: Offering,
) -> Iterator[Violation]:
    """No buy and sell of one symbol entered in the same auction; orders carried in from before do not count."""
    own = _other_side(terms, facts)
    phase = _phase(terms, instrument, now, calendar, offering) if own else None
    if phase is None or phase.name not in AUCTIONS:
        return
    start, end = _auction(phase, phase_status(instrument, now, offering), calendar)
    for order in own:
        # What waits for the end of the same halt is entered together, however short the rest of the auction is.
        if start <= order.entered_at < end or order.entered_at == phase.start:
            yield Violation(
                RuleCode.OPPOSITE_ORDER,
                "VN-C7",
                f"A {order.side} of {terms.symbol} ({order.order_id}) is entered in the same auction, which ends at "
                f"{_clock(end)}; an investor may be on one side of an auction only.",
                f"Đã có lệnh {SIDE_VI[order.side]} {terms.symbol} ({order.order_id}) trong cùng đợt khớp lệnh định kỳ "
                f"đến {_clock(end)}; nhà đầu tư chỉ được đặt một chiều.",
                given=terms.side.value,
                allowed=order.side.value,
            )
            return


def self_crossing(
    terms: OrderTerms,
    instrument: Instrument | None,
    now: datetime,
    facts: TradingFacts,
    calendar: TradingCalendar,
    offering: Offering,
) -> Iterator[Violation]:
    """In continuous trading both sides may be live, but must not be made to meet each other."""
    own = _other_side(terms, facts)
    phase = _phase(terms, instrument, now, calendar, offering) if own else None
    if phase is None or phase.name not in CONTINUOUS:
        return
    for order in own:
        if order.entered_at < phase.end and _meets(terms, order):
            yield Violation(
                RuleCode.SELF_CROSSING,
                "VN-C7",
                f"The order could trade with the same investor's {order.side} ({order.order_id}).",
                f"Lệnh có thể khớp với lệnh {SIDE_VI[order.side]} ({order.order_id}) của cùng nhà đầu tư.",
                given=terms.price,
                allowed=order.price,
            )
            return


def room_exceeded(
    terms: OrderTerms, instrument: Instrument | None, facts: TradingFacts, entered: int = 0
) -> Iterator[Violation]:
    """A foreign buy takes its room when it is entered (VN-A11); `entered` shares of it have theirs already."""
    if not facts.foreign_investor or terms.side is Side.SELL:
        return
    told = None if instrument is None else instrument.foreign_room
    room, needed = told if facts.foreign_room is None else facts.foreign_room, terms.quantity - entered
    if room is None or needed <= room:
        return
    yield Violation(
        RuleCode.FOREIGN_ROOM_EXCEEDED,
        "VN-C7",
        f"Foreign investors may still buy {figure(room)} shares of {terms.symbol}; {figure(needed)} are asked for.",
        f"Room khối ngoại của {terms.symbol} còn {figure_vi(room)} cổ phiếu; lệnh cần {figure_vi(needed)}.",
        given=needed,
        allowed=room,
    )


def _other_side(terms: OrderTerms, facts: TradingFacts) -> list[OwnOrder]:
    return [order for order in facts.own_orders if order.symbol == terms.symbol and order.side is not terms.side]


def _auction(phase: Phase, status: SecurityStatus, calendar: TradingCalendar) -> tuple[datetime, datetime]:
    """Start and end of the auction that `phase` belongs to: one that is halted and goes on is one auction."""
    phases = phases_of(phase.exchange, day_of(phase.start), status, calendar)
    before = _parts(phase, (each for each in reversed(phases) if each.start < phase.start))
    after = _parts(phase, (each for each in phases if each.start > phase.start))
    parts = (*before, phase, *after)
    return min(each.start for each in parts), max(each.end for each in parts)


def _parts(auction: Phase, neighbours: Iterable[Phase]) -> Iterator[Phase]:
    for each in neighbours:
        if (each.name, each.number) == (auction.name, auction.number):
            yield each
        elif each.name is not PhaseName.HALTED:
            return


def _phase(
    terms: OrderTerms, instrument: Instrument | None, now: datetime, calendar: TradingCalendar, offering: Offering
) -> Phase | None:
    status = phase_status(instrument, now, offering)
    return phase_to_send_in(terms.exchange, terms.order_type, now, status, calendar, offering)


def _meets(terms: OrderTerms, order: OwnOrder) -> bool:
    if terms.price is None or order.price is None:
        return True
    return terms.price >= order.price if terms.side is Side.BUY else terms.price <= order.price


def _clock(instant: datetime) -> str:
    return instant.astimezone(VIETNAM).strftime("%H:%M")
