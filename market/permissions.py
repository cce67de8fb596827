"""Whether an order may be amended or cancelled now, and if not, when (VN-A3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from market.calendar import PUBLISHED, TradingCalendar, day_of
from market.citations import Citation, Confidence, cite
from market.order_types import Expiry, type_row
from market.phases import Phase, phase_at, phases_of
from market.sessions import PERIODIC_FROZEN_MINUTES
from market.statuses import status_of_phases
from market.vocabulary import Exchange, OrderType, PhaseName, SecurityStatus, Whereabouts


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """Whether the exchange cancels a resting LO, and amends its price or its quantity, in a phase."""

    exchange: Exchange
    phase: PhaseName
    allowed: bool
    cited: Citation


def _rows(exchange: Exchange, cited: Citation, phases: dict[PhaseName, bool]) -> tuple[ChangeRow, ...]:
    return tuple(ChangeRow(exchange, phase, allowed, cited) for phase, allowed in phases.items())


CHANGES: tuple[ChangeRow, ...] = (
    *_rows(
        Exchange.HOSE,
        cite("VN-A3", Confidence.HIGH, "S1 S5 S9 S16 S17 S18"),
        {
            PhaseName.OPEN_AUCTION: False,
            PhaseName.CONT_AM: True,
            PhaseName.BREAK: False,
            PhaseName.CONT_PM: True,
            PhaseName.CLOSE_AUCTION: False,
        },
    ),
    # Its last minutes are frozen, see PERIODIC_FROZEN_MINUTES.
    *_rows(Exchange.HOSE, cite("VN-A3", Confidence.HIGH, "S5 S6 S16"), {PhaseName.PERIODIC_AUCTION: True}),
    *_rows(
        Exchange.HNX,
        cite("VN-A3", Confidence.HIGH, "S2 S7 S17 S18 S58"),
        {
            PhaseName.CONT_AM: True,
            PhaseName.BREAK: False,
            PhaseName.CONT_PM: True,
            PhaseName.CLOSE_AUCTION: False,
            PhaseName.PLO: False,
        },
    ),
    *_rows(
        Exchange.UPCOM,
        cite("VN-A3", Confidence.HIGH, "S3"),
        {PhaseName.CONT_AM: True, PhaseName.BREAK: False, PhaseName.CONT_PM: True},
    ),
)

_ALLOWED = {(row.exchange, row.phase): row.allowed for row in CHANGES}


@dataclass(frozen=True, slots=True)
class Permission:
    """The answer to one request to amend or cancel.

    `next_allowed` is set only when it is refused now and possible later, which is always before the order dies.
    """

    allowed: bool
    next_allowed: datetime | None = None


def change_permission(
    whereabouts: Whereabouts,
    order_type: OrderType,
    exchange: Exchange,
    now: datetime,
    status: SecurityStatus = SecurityStatus.NORMAL,
    calendar: TradingCalendar = PUBLISHED,
) -> Permission:
    """Whether an unfilled order may be amended or cancelled at `now`; the exchange treats both alike (VN-A3).

    A request that is allowed may still arrive after its phase, and what an exchange does with a cancel of a halted
    security is not told (VN-A10): its phases count here, and the broker's answer decides.
    """
    match whereabouts:
        case Whereabouts.HELD_HERE | Whereabouts.AT_BROKER:
            return Permission(allowed=True)
        case Whereabouts.AT_EXCHANGE:
            return _at_exchange(order_type, exchange, now, status, calendar)
        case _:
            assert_never(whereabouts)


def _at_exchange(
    order_type: OrderType, exchange: Exchange, now: datetime, status: SecurityStatus, calendar: TradingCalendar
) -> Permission:
    phase = phase_at(exchange, now, status, calendar)
    # What dies with its phase can never be changed; MTL rests as an LO (VN-C4).
    if type_row(order_type).expires is not Expiry.END_OF_DAY:
        return Permission(allowed=False)
    if _changes_until(phase) > now:
        return Permission(allowed=True)
    later = phases_of(exchange, day_of(now), status_of_phases(exchange, status), calendar)
    # An LO outlives every phase in which it can be changed.
    starts = (each.start for each in later if each.start > now and _changes_until(each) > each.start)
    return Permission(allowed=False, next_allowed=next(starts, None))


def _changes_until(phase: Phase) -> datetime:
    """Up to which instant of `phase` orders may be changed; its start when never."""
    if not _ALLOWED.get((phase.exchange, phase.name), False):
        return phase.start
    if phase.name is PhaseName.PERIODIC_AUCTION:
        return phase.end - timedelta(minutes=PERIODIC_FROZEN_MINUTES)
    return phase.end
