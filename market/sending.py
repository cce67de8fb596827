"""When an order can next be sent, and until when it then lives (VN-A2, VN-A4)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never

from market.calendar import PUBLISHED, TradingCalendar, day_of
from market.offering import EVERYTHING, Offering
from market.order_types import Expiry, type_row
from market.phases import Phase, next_date_to_send, order_expiry, phase_to_send_in, phases_of
from market.vocabulary import Exchange, OrderType, SecurityStatus


@dataclass(frozen=True, slots=True)
class Sending:
    """The phase that takes an order next, from `at` on; `lives_until` is when what is left of it then dies."""

    phase: Phase
    at: datetime
    lives_until: datetime

    @property
    def trading_date(self) -> date:
        return day_of(self.at)


def next_sending(
    exchange: Exchange,
    order_type: OrderType,
    instant: datetime,
    status: SecurityStatus = SecurityStatus.NORMAL,
    calendar: TradingCalendar = PUBLISHED,
    offering: Offering = EVERYTHING,
) -> Sending | None:
    """Now, later today or on a later trading date; None when no phase of any day takes such an order.

    Whether a later date is wanted (`queue_next_day`) is the caller's decision.
    """
    phase = phase_to_send_in(exchange, order_type, instant, status, calendar, offering)
    if phase is None:
        day = next_date_to_send(exchange, order_type, instant, status, calendar, offering)
        if day is None:
            return None
        phases = phases_of(exchange, day, status, calendar)
        phase = next(each for each in phases if each.takes(order_type, offering))
    at = max(phase.start, instant)
    return Sending(phase, at, lives_until(order_type, phase, at, calendar))


def lives_until(
    order_type: OrderType, phase: Phase, sent_at: datetime, calendar: TradingCalendar = PUBLISHED
) -> datetime:
    """When an unfilled order sent at `sent_at` in `phase` dies; `sent_at` itself for the types that never rest."""
    expires = type_row(order_type).expires
    match expires:
        case Expiry.END_OF_DAY:
            return order_expiry(phase.exchange, day_of(phase.start), calendar)
        case Expiry.END_OF_PHASE:
            return phase.end
        case Expiry.AT_ONCE:
            return sent_at
        case _:
            assert_never(expires)
