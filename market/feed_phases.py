"""The feed drives the phases, with the clock behind it: one goes on while it is shown, is halted, or begins early.

VN-C1, LC-80. Whatever a feed shows, it never opens a day or an hour that the calendar holds closed.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from market.calendar import VIETNAM, TradingCalendar
from market.deviations import PhaseDeviation
from market.feed_sessions import PHASES_SHOWN, FeedSession, contradiction
from market.phases import Phase, phase_at, phases_of
from market.vocabulary import Exchange, PhaseName

LEAD = timedelta(seconds=3)
"""So long before its end a phase that is still shown is prolonged, so that nothing is sent into the next too early."""

SHORTEST, LONGEST = timedelta(seconds=10), timedelta(seconds=60)
"""By how much: the longer it has gone on, the longer, since every order that waits looks again each time."""


def phase_deviation(
    exchange: Exchange, shown: FeedSession, now: datetime, calendar: TradingCalendar
) -> PhaseDeviation | None:
    """What is to be laid over the phases now; with the `since` of a known deviation it takes that one's place."""
    day = now.astimezone(VIETNAM).date()
    phases = phases_of(exchange, day, calendar=calendar)
    current = next((phase for phase in phases if phase.start <= now < phase.end), None)
    if current is None:
        return None
    if current.name in PHASES_SHOWN[shown]:
        return _prolonged(current, shown, now, calendar)
    running = _running(exchange, now, calendar)
    if running is not None and phase_at(exchange, now, calendar=calendar.tabled).name in PHASES_SHOWN[shown]:
        return replace(running, until=now)
    if shown is FeedSession.HALT:
        return PhaseDeviation(exchange, day, PhaseName.HALTED, now, current.end)
    if contradiction(exchange, shown, now, calendar) is None:
        return None
    name = _named(exchange, shown, now, calendar)
    return None if name is None else PhaseDeviation(exchange, day, name, now, current.end)


def _prolonged(current: Phase, shown: FeedSession, now: datetime, calendar: TradingCalendar) -> PhaseDeviation | None:
    if current.end - now > LEAD:
        return None
    if phase_at(current.exchange, current.end, calendar=calendar).name in PHASES_SHOWN[shown]:
        return None
    running = _running(current.exchange, now, calendar)
    if running is None or running.until != current.end:
        day = now.astimezone(VIETNAM).date()
        return PhaseDeviation(current.exchange, day, current.name, current.end, current.end + SHORTEST)
    so_far = running.until - running.since
    return replace(running, until=running.until + min(LONGEST, max(SHORTEST, so_far)))


def _running(exchange: Exchange, now: datetime, calendar: TradingCalendar) -> PhaseDeviation | None:
    found = calendar.deviations_on(now.astimezone(VIETNAM).date(), exchange)
    return next((each for each in reversed(found) if each.since <= now < each.until), None)


def _named(exchange: Exchange, shown: FeedSession, now: datetime, calendar: TradingCalendar) -> PhaseName | None:
    """The phase that is meant: the last one so shown that has begun, else the next; None where there is none."""
    if PhaseName.CLOSED in PHASES_SHOWN[shown]:
        return PhaseName.CLOSED
    today = phases_of(exchange, now.astimezone(VIETNAM).date(), calendar=calendar.tabled)
    named = [phase for phase in today if phase.name in PHASES_SHOWN[shown]]
    begun = [phase for phase in named if phase.start <= now]
    return next((phase.name for phase in (*reversed(begun), *named)), None)
