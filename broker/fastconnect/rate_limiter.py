"""Waiting for a turn under SSI's rate limits: cancels first, then amendments, orders and queries, oldest first.

Own code, because no library orders who waits: `limits` counts and does not wait, `aiolimiter` and `pyrate-limiter`
wait in the order of arrival, so a burst of orders would stand before the cancel that should stop them.
"""

import asyncio
import math
from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from broker.fastconnect.quota_windows import Place, QuotaWindow, Reservation
from broker.fastconnect.quotas import Call, Quota, QuotaScope, Urgency

RESERVED_SECONDS = 5.0
"""How long the turn of a cancel that was told to come again is kept for it: longer than its caller rounds up."""


@dataclass(frozen=True, slots=True)
class Late:
    """There is no turn in time; one would come in `seconds` at the earliest (infinite: never)."""

    seconds: float


@dataclass(order=True, slots=True)
class _Waiter:
    place: Place
    call: Call = field(compare=False)
    turn: asyncio.Future[None] = field(compare=False)


class RateLimiter:
    """Turns of one connection. Times are the running event loop's."""

    def __init__(self, quotas: Iterable[Quota], scope: QuotaScope) -> None:
        self._quotas = tuple(quotas)
        self._scope = scope
        self._windows: dict[tuple[str, str, Quota], QuotaWindow] = {}
        self._paused: dict[tuple[str, str], float] = {}
        self._waiting: list[_Waiter] = []
        self._reserved: list[Reservation] = []
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
        """None when the call may leave now; `Late` at once when it cannot within `patience` seconds, else after it.

        A cancel that is late finds its turn kept when it comes again (`RESERVED_SECONDS`).
        """
        loop = asyncio.get_running_loop()
        place = self._place_of(call, loop.time())
        if self._free_at(call, place) - loop.time() > patience:
            return self._late(call, place)
        waiter = _Waiter(place, call, loop.create_future())
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
        return None if waiter.turn.done() else self._late(call, place)

    def _place_of(self, call: Call, now: float) -> Place:
        """The place that is kept for this call, or a new one."""
        self._reserved = [each for each in self._reserved if each.until > now]
        for each in self._reserved:
            if each.call == call:
                self._reserved.remove(each)
                return each.place
        return Place(call.urgency, next(self._numbers))

    def _late(self, call: Call, place: Place) -> Late:
        now = asyncio.get_running_loop().time()
        seconds = max(0.0, self._free_at(call, place) - now)
        if call.urgency is Urgency.CANCEL and math.isfinite(seconds):
            self._reserved.append(Reservation(place, call, now + seconds, now + seconds + RESERVED_SECONDS))
        return Late(seconds)

    def _give_turns(self) -> None:
        """Wake everybody whose turn it is; who waits keeps its windows from all behind it."""
        now = asyncio.get_running_loop().time()
        claimed: set[QuotaWindow] = set()
        next_free = math.inf
        for waiter in tuple(self._waiting):
            windows = self._windows_of(waiter.call)
            free_at = self._free_at(waiter.call, waiter.place)
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
        ends = (each.until for each in self._reserved if self._waiting and each.until > now)
        self._wake_at(min((next_free, *ends)))

    def _wake_at(self, instant: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        finite = math.isfinite(instant)
        self._alarm = asyncio.get_running_loop().call_at(instant, self._give_turns) if finite else None

    def _free_at(self, call: Call, place: Place) -> float:
        now = asyncio.get_running_loop().time()
        before = [each for each in self._reserved if each.place < place and each.until > now]
        free = self._paused.get((call.account, call.name), -math.inf)
        for window in self._windows_of(call):
            reserved = [each for each in before if window in self._windows_of(each.call)]
            free = max(free, window.free_at(now, reserved))
        return free

    def _windows_of(self, call: Call) -> list[QuotaWindow]:
        return [self._window(call, quota) for quota in self._quotas if quota.covers(call)]

    def _window(self, call: Call, quota: Quota) -> QuotaWindow:
        name = call.name.lower() if self._scope is QuotaScope.EACH_CALL else ""
        key = (call.account, name, quota)
        if key not in self._windows:
            self._windows[key] = QuotaWindow(quota)
        return self._windows[key]
