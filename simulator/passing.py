"""Market time passes with the other participants in it: they act at fixed instants, whatever the pace of the wall."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from market.calendar import VIETNAM
from simulator.participants import Participants
from simulator.state import ExchangeState
from simulator.trading_day import FinishedDay, advance

SPACING = timedelta(milliseconds=500)
"""Of market time, between two instants at which participants act; the whole second is one of them."""

MOST_INSTANTS = 600
"""Carried out on one way, the latest ones (five minutes): a jump over years stays quick."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def pass_time(state: ExchangeState, participants: Participants, until: datetime) -> list[FinishedDay]:
    """Let the market run to `until`, participants acting on the way after what happens by itself; the ended days."""
    finished: list[FinishedDay] = []
    if participants.enabled:
        for instant in instants(state.now, until):
            finished += _advance(state, participants, instant)
            participants.step(state, number_of(instant))
    return finished + _advance(state, participants, until)


def instants(after: datetime, until: datetime) -> Iterator[datetime]:
    """The latest `MOST_INSTANTS` after `after` up to `until`, itself included."""
    last = number_of(until)
    first = max(number_of(after) + 1, last - MOST_INSTANTS + 1)
    for number in range(first, last + 1):
        yield (_EPOCH + number * SPACING).astimezone(VIETNAM)


def number_of(instant: datetime) -> int:
    """Which instant is the latest at `instant`; they are counted through all days."""
    return (instant - _EPOCH) // SPACING


def _advance(state: ExchangeState, participants: Participants, until: datetime) -> list[FinishedDay]:
    finished = advance(state, until)
    if finished:
        participants.forget()
    return finished
