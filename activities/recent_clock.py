"""The market's time beside a busy stream: its clock is read once a second, not for each message."""

import asyncio
import math
from datetime import UTC, datetime

from temporalio import activity

from activities.broker_days import BrokerDays
from broker.market_clock import FRESH_SECONDS
from broker.market_data import MarketMessage
from broker.market_picture import is_ahead
from market.clock import MarketClock

_READ_SECONDS = 1.0
_DOUBT_AGAIN_SECONDS = 10.0


class RecentClock:
    def __init__(self, days: BrokerDays) -> None:
        self._days = days
        self._clock: MarketClock | None = None
        self._read_next = -math.inf
        self._doubt_next = -math.inf

    async def now_at(self, message: MarketMessage) -> datetime:
        """The market's time for `message`; one of the future may be the first word of a clock that was just set, so
        the clock is read anew for it, but not for each of many."""
        loop_time = asyncio.get_running_loop().time
        now = await self._now()
        if not is_ahead(message, now) or loop_time() < self._doubt_next:
            return now
        await asyncio.sleep(FRESH_SECONDS)
        self._read_next = -math.inf
        now = await self._now()
        if is_ahead(message, now):
            self._doubt_next = loop_time() + _DOUBT_AGAIN_SECONDS
            activity.logger.warning("market messages of the future are left out at %s, such as %s", now, message)
        return now

    async def _now(self) -> datetime:
        loop_time = asyncio.get_running_loop().time()
        if self._clock is None or loop_time >= self._read_next:
            self._clock = await self._days.clock()
            self._read_next = loop_time + _READ_SECONDS
        return self._clock.at(datetime.now(UTC))
