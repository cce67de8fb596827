"""The feed drives the phases, with the clock behind it: one goes on while it is shown, is halted, or begins early.

VN-C1, LC-80. Each word counts for some seconds and is renewed while it is shown, so that the clock counts again soon
after the feed is lost. Whatever a feed shows, it never opens a day or an hour that the calendar holds closed.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from market.calendar import TradingCalendar, day_of
from market.deviations import PhaseDeviation
from market.feed_sessions import GRACE, PHASES_SHOWN, FeedSession, contradiction
from market.phases import Phase, phase_at, phases_of, previous_boundary
from market.vocabulary import Exchange, PhaseName

LEAD = timedelta(seconds=3)
"""So long before its end a phase that is still shown is prolonged, so that nothing is sent into the next too early."""

SHORTEST, LONGEST = timedelta(seconds=10), timedelta(seconds=60)
"""By how much: the longer it has gone on, the longer, since every order that waits looks again each time."""


def words_count_from(exchange: Exchange, now: datetime, calendar: TradingCalendar) -> datetime:
    """What was told of a session before the table's last boundary says nothing about the phase after it."""
    return previous_boundary(exchange, now, calendar=calendar.tabled)


def phase_deviation(
    exchange: Exchange, shown: FeedSession, now: datetime, calendar: TradingCalendar
) -> PhaseDeviation | None:
    """What is to be laid over the phases now; with the `since` of a known deviation it takes that one's place.

    `shown` goes by words that count (`words_count_from`).
    """
    today = phases_of(exchange, day_of(now), calendar=calendar)
    current = next((phase for phase in today if phase.start <= now < phase.end), None)
    if current is None:
        return _goes_on_after_the_last(today, shown, now)
    if current.name in PHASES_SHOWN[shown]:
        return _prolonged(current, shown, now, calendar)
    running = calendar.deviation_at(exchange, now)
    tabled = phase_at(exchange, now, calendar=calendar.tabled)
    if running is not None and tabled.name in PHASES_SHOWN[shown]:
        return replace(running, until=now)
    return _otherwise(tabled, shown, now, calendar)


def _goes_on_after_the_last(today: tuple[Phase, ...], shown: FeedSession, now: datetime) -> PhaseDeviation | None:
    """A closing auction that is shown just after its end; what also stands for closed is no such word."""
    if not today or not today[-1].end <= now <= today[-1].end + GRACE:
        return None
    last, names = today[-1], PHASES_SHOWN[shown]
    if last.name not in names or PhaseName.CLOSED in names:
        return None
    return _until_renewed(last.exchange, last.name, last.end, now)


def _prolonged(current: Phase, shown: FeedSession, now: datetime, calendar: TradingCalendar) -> PhaseDeviation | None:
    if current.end - now > LEAD:
        return None
    if phase_at(current.exchange, current.end, calendar=calendar).name in PHASES_SHOWN[shown]:
        return None
    running = calendar.deviation_at(current.exchange, now)
    if running is None or running.until != current.end:
        return PhaseDeviation(current.exchange, day_of(now), current.name, current.end, current.end + SHORTEST)
    so_far = running.until - running.since
    return replace(running, until=running.until + min(LONGEST, max(SHORTEST, so_far)))


def _otherwise(tabled: Phase, shown: FeedSession, now: datetime, calendar: TradingCalendar) -> PhaseDeviation | None:
    """The table's phase is not the one that is shown: a halt, or the one before it, counts at once, others do later."""
    exchange = tabled.exchange
    if shown is FeedSession.HALT:
        return _until_renewed(exchange, PhaseName.HALTED, now, now)
    before = phase_at(exchange, tabled.start - timedelta(microseconds=1), calendar=calendar.tabled)
    if before.name in PHASES_SHOWN[shown] and now - tabled.start <= GRACE:
        return _until_renewed(exchange, before.name, tabled.start, now)
    if contradiction(exchange, shown, now, calendar) is None:
        return None
    name = _named(exchange, shown, now, calendar)
    return None if name is None else _until_renewed(exchange, name, now, now)


def _until_renewed(exchange: Exchange, name: PhaseName, since: datetime, now: datetime) -> PhaseDeviation:
    return PhaseDeviation(exchange, day_of(now), name, since, now + SHORTEST)


def _named(exchange: Exchange, shown: FeedSession, now: datetime, calendar: TradingCalendar) -> PhaseName | None:
    """The phase that is meant: the last one so shown that has begun, else the next; None where there is none."""
    if PhaseName.CLOSED in PHASES_SHOWN[shown]:
        return PhaseName.CLOSED
    today = phases_of(exchange, day_of(now), calendar=calendar.tabled)
    named = [phase for phase in today if phase.name in PHASES_SHOWN[shown]]
    begun = [phase for phase in named if phase.start <= now]
    return next((phase.name for phase in (*reversed(begun), *named)), None)
