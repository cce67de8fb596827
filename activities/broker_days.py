"""Which day it is at the broker: by the market's clock, and by the calendar in force, which a person may change."""

import asyncio
from datetime import UTC, date, datetime

from broker.market_clock import ClockSource
from ledger.ledger import Ledger
from market.broker_day import broker_day
from market.calendar import PUBLISHED, TradingCalendar
from market.clock import MarketClock

_CALENDAR_SECONDS = 0.5


class BrokerDays:
    def __init__(self, ledger: Ledger, clock: ClockSource) -> None:
        self._ledger = ledger
        self._clock = clock
        self._calendar = PUBLISHED
        self._read_next = 0.0

    async def today(self) -> date:
        return await self.day_of(await self.market_now())

    async def day_of(self, market_now: datetime) -> date:
        return broker_day(market_now, await self.calendar())

    async def market_now(self) -> datetime:
        return (await self.clock()).at(datetime.now(UTC))

    async def clock(self) -> MarketClock:
        return await self._clock.read()

    async def calendar(self) -> TradingCalendar:
        """The calendar in force, read at most twice a second."""
        loop_time = asyncio.get_running_loop().time()
        if loop_time >= self._read_next:
            self._calendar = await self._ledger.calendar()
            self._read_next = loop_time + _CALENDAR_SECONDS
        return self._calendar

    def forget_calendar(self) -> None:
        """It was changed just now: the next look reads it."""
        self._read_next = 0.0
