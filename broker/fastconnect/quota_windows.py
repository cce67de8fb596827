"""What one quota has counted and has promised: when the next call may leave."""

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from broker.fastconnect.quotas import Call, Quota

JITTER_SECONDS = 0.05
"""Calls leave this much farther apart than the quota asks, as the way to SSI does not take equally long each time."""


@dataclass(order=True, frozen=True, slots=True)
class Place:
    """Where a call stands in the queue: the more urgent first, then the older."""

    urgency: int
    number: int


@dataclass(frozen=True, slots=True)
class Reservation:
    """The place of a call that was told to come again: from `due` on, and for nobody behind it before `until`."""

    place: Place
    call: Call = field(compare=False)
    due: float = field(compare=False)
    until: float = field(compare=False)


class QuotaWindow:
    """The calls that one quota has counted, as the times at which they left."""

    def __init__(self, quota: Quota) -> None:
        self._limit = quota.limit
        self._seconds = quota.seconds + JITTER_SECONDS
        self._left: deque[float] = deque(maxlen=quota.limit)

    def free_at(self, now: float, reserved: Iterable[Reservation] = ()) -> float:
        """When one more call may leave, after each that is `reserved` in this window has left when it is due."""
        if not self._limit:
            return math.inf
        leaving = [max(now, each.due) for each in reserved]
        counted = sorted((*self._left, *leaving)) if leaving else self._left
        return -math.inf if len(counted) < self._limit else counted[-self._limit] + self._seconds

    def take(self, now: float) -> None:
        self._left.append(now)
