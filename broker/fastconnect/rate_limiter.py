"""Waiting for a turn under SSI's rate limits: cancels first, then amendments, orders and queries, oldest first.

Own code, because no library orders who waits: `limits` counts and does not wait, `aiolimiter` and `pyrate-limiter`
wait in the order of arrival, so a burst of orders would stand before the cancel that should stop them.
"""

import asyncio
import math
from bisect import insort
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from broker.fastconnect.quotas import Call, Quota, QuotaScope

_JITTER_SECONDS = 0.05
"""Calls leave this much farther apart than the quota asks, as the way to SSI does not take equally long each time."""


@dataclass(frozen=True, slots=True)
class Late:
    """There is no turn in time; one would come in `seconds` at the earliest (infinite: never)."""

    seconds: float


class _Window:
    """The calls that one quota has counted, as the times at which they left."""

    def __init__(self, quota: Quota) -> None:
        self._limit = quota.limit
        self._seconds = quota.seconds + _JITTER_SECONDS
        self._left: deque[float] = deque(maxlen=quota.limit)

    def free_at(self) -> float:
        if not self._limit:
            return math.inf
        return -math.inf if len(self._left) < self._limit else self._left[0] + self._seconds

    def take(self, now: float) -> None:
        self._left.append(now)


@dataclass(order=True, slots=True)
class _Waiter:
    urgency: int
    number: int
    call: Call = field(compare=False)
    turn: asyncio.Future[None] = field(compare=False)


class RateLimiter:
    """Turns of one connection. Times are the running event loop's."""

    def __init__(self, quotas: Iterable[Quota], scope: QuotaScope) -> None:
        self._quotas = tuple(quotas)
        self._scope = scope
        self._windows: dict[tuple[str, str, Quota], _Window] = {}
        self._paused: dict[tuple[str, str], float] = {}
        self._waiting: list[_Waiter] = []
        self._numbers = count()
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def quotas(self) -> tuple[Quota, ...]:
        return self._quotas

    def obey(self, quotas: Iterable[Quota]) -> None:
        """Take over SSI's quotas; what an unchanged one has counted stays counted."""
        self._quotas = tuple(quotas)
        self._give_turns()

    def pause(self, call: Call, seconds: float) -> None:
        """SSI has throttled this call of this account: nobody repeats it for `seconds`."""
        until = asyncio.get_running_loop().time() + seconds
        key = (call.account, call.name)
        self._paused[key] = max(until, self._paused.get(key, until))

    async def turn(self, call: Call, patience: float) -> Late | None:
        """None when the call may leave now; `Late` at once when it cannot within `patience` seconds, else after it."""
        loop = asyncio.get_running_loop()
        earliest = self._free_at(call) - loop.time()
        if earliest > patience:
            return Late(earliest)
        waiter = _Waiter(call.urgency, next(self._numbers), call, loop.create_future())
        insort(self._waiting, waiter)
        self._give_turns()
        if waiter.turn.done():
            return None
        try:
            await asyncio.wait({waiter.turn}, timeout=patience)
        finally:
            if not waiter.turn.done():
                self._waiting.remove(waiter)
                self._give_turns()
        return None if waiter.turn.done() else Late(max(0.0, self._free_at(call) - loop.time()))

    def _give_turns(self) -> None:
        """Wake everybody whose turn it is; who waits keeps its windows from all behind it."""
        now = asyncio.get_running_loop().time()
        claimed: set[_Window] = set()
        next_free = math.inf
        for waiter in tuple(self._waiting):
            windows = self._windows_of(waiter.call)
            free_at = self._free_at(waiter.call)
            if free_at > now or not claimed.isdisjoint(windows):
                claimed.update(windows)
                # Who only stands behind another is woken with it: its own time may be past already.
                next_free = min(next_free, free_at if free_at > now else math.inf)
                continue
            self._waiting.remove(waiter)
            for window in windows:
                window.take(now)
            if not waiter.turn.done():
                waiter.turn.set_result(None)
        self._wake_at(next_free)

    def _wake_at(self, instant: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        finite = math.isfinite(instant)
        self._alarm = asyncio.get_running_loop().call_at(instant, self._give_turns) if finite else None

    def _free_at(self, call: Call) -> float:
        paused = self._paused.get((call.account, call.name), -math.inf)
        return max((paused, *(window.free_at() for window in self._windows_of(call))))

    def _windows_of(self, call: Call) -> list[_Window]:
        return [self._window(call, quota) for quota in self._quotas if quota.covers(call)]

    def _window(self, call: Call, quota: Quota) -> _Window:
        name = call.name.lower() if self._scope is QuotaScope.EACH_CALL else ""
        key = (call.account, name, quota)
        if key not in self._windows:
            self._windows[key] = _Window(quota)
        return self._windows[key]
