"""A trading stream that connects again by itself, resumes by NotifyID, and says wherever messages may be missing."""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import structlog

from broker.fastconnect.messages import read_message
from broker.fastconnect.unknowns import Replay, SsiBehaviour
from broker.port import Heard, Interrupted, Interruption, Reading, StreamLost

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
GROWTH = 1.5
"""Gentle, so that a short outage is over for us soon after it is over, and a long one still costs few calls."""

STEADY_SECONDS = 10.0
"""A connection that lasted this long was a good one: the next pause is short again. Longer would keep us away most of
the time from a hub that ends each connection early."""

_log = structlog.get_logger()

Open = Callable[[int], AsyncGenerator[str, None]]


class BackOff:
    """Pauses between connections: from half a second up to half a minute, each at random between half of it and all of
    it, so that not every client of a hub that comes back calls it at once."""

    def __init__(self) -> None:
        self._next = FIRST_PAUSE_SECONDS

    def lasted(self, seconds: float) -> None:
        if seconds >= STEADY_SECONDS:
            self._next = FIRST_PAUSE_SECONDS

    def pause(self) -> float:
        longest, self._next = self._next, min(self._next * GROWTH, LONGEST_PAUSE_SECONDS)
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing


class Numbers:
    """The running numbers heard so far, and the holes in them. Times in seconds of any steady clock."""

    def __init__(self, resume_from: int, behaviour: SsiBehaviour) -> None:
        self._behaviour = behaviour
        self._asked = resume_from
        self._last = max(resume_from, 0)
        self._first_after_opening = True
        self._hole: Interrupted | None = None
        self._heard_before_hole = 0
        self._rests_until = 0.0

    def opened(self) -> int:
        """A connection begins: where to resume."""
        self._first_after_opening = True
        last, self._heard_before_hole = self._heard_before_hole or self._last, 0
        if last:
            again = self._behaviour.replay is not Replay.WITH_LAST
            self._asked = last if again else last + 1
        return self._asked

    def is_to_hear_again(self, sign: Interrupted) -> bool:
        """Whether the stream is to be opened anew before the hole: no book tells executions one by one, so only a
        resumed stream has those that were lost. The same hole is not asked for twice."""
        if sign.why is not Interruption.GAP or not self._behaviour.numbers_are_consecutive:
            return False
        self._heard_before_hole = sign.after
        return True

    def hear(self, reading: Reading | None, now: float) -> Interrupted | None:
        """Take note of one message (None: a sign of life); the sign that is due before it."""
        number = reading.sequence if reading is not None else None
        if number is not None:
            self._note(number)
        if self._hole is None or now < self._rests_until:
            return None
        sign, self._hole = self._hole, None
        if not self._behaviour.numbers_are_consecutive:
            self._rests_until = now + self._behaviour.gap_rest_seconds
        return sign

    def _note(self, number: int) -> None:
        first, self._first_after_opening = self._first_after_opening, False
        if first and self._asked > 0 and number < self._asked:
            self._hole = Interrupted(Interruption.NUMBERS_RESTARTED, self._asked, number)
            self._last = number
            return
        if self._last and number > self._last + 1:
            why = Interruption.RESUME_TOO_OLD if first else Interruption.GAP
            after = self._last if self._hole is None else self._hole.after
            self._hole = Interrupted(why if self._hole is None else self._hole.why, after, number)
        self._last = max(self._last, number)


async def follow(
    open_stream: Open, resume_from: int, behaviour: SsiBehaviour
) -> AsyncGenerator[Heard | Interrupted, None]:
    """Messages and signs for as long as it is iterated; it ends only with the code that iterates it."""
    numbers, back_off, again = Numbers(resume_from, behaviour), BackOff(), False
    clock = asyncio.get_running_loop().time
    while True:
        begun = clock()
        try:
            async with aclosing(open_stream(numbers.opened())) as messages:
                async for raw in messages:
                    if again:
                        yield Interrupted(Interruption.REOPENED, 0, 0)
                        again = False
                    reading = read_message(raw) if raw else None
                    sign = numbers.hear(reading, clock())
                    if sign is not None:
                        yield sign
                    yield Heard(raw, reading)
                    if sign is not None and numbers.is_to_hear_again(sign):
                        break
        except StreamLost as lost:
            _log.warning("broker_stream_lost", reason=str(lost))
        again = True
        back_off.lasted(clock() - begun)
        await asyncio.sleep(back_off.pause())
