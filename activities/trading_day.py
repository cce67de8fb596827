"""Following the market through one broker day: the day's instruments, its phases, settlements, and its end."""

import asyncio
import math
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from temporalio import activity

from activities.account_opening import AccountOpening
from activities.announcing import OrderAnnouncer
from activities.broker_days import BrokerDays
from activities.day_end import DayEnd
from activities.reference_data import ReferenceDataCaller
from broker.port import Broker
from ledger.ledger import Ledger
from market.calendar import CalendarOverride
from market.phases import Phase, phase_at
from market.vocabulary import Exchange, PhaseName

_LOOK_SECONDS = 0.25
_CALL_AGAIN_SECONDS = 2.0
_ASK_AGAIN_SECONDS = 10.0


class _Shown(NamedTuple):
    """What orders that wait for a phase are told of."""

    clock_version: int
    overrides: tuple[CalendarOverride, ...]
    phase: PhaseName
    start: datetime


class MarketWatcher:
    """Runs from the start of a broker day, or of the process, to the first instant of another day."""

    def __init__(
        self,
        ledger: Ledger,
        broker: Broker,
        reference: ReferenceDataCaller,
        days: BrokerDays,
        announcer: OrderAnnouncer,
        day_end: DayEnd,
    ) -> None:
        self._ledger = ledger
        self._days = days
        self._opening = AccountOpening(ledger, broker, days)
        self._reference = reference
        self._announcer = announcer
        self._day_end = day_end
        self._ask_next = 0.0

    async def watch(self) -> None:
        """What it has announced, it announces again after a restart: an order that waits looks for itself.

        A day that a person closes or reopens is announced like a clock that was set (LC-82), and a person's word on a
        security to the orders for it (VN-A10).
        """
        today = await self._days.today()
        if not await self._is_loaded(today):
            return
        async with asyncio.TaskGroup() as group:
            opening = group.create_task(self._opening.keep(today))
            await self._watch_phases(today)
            opening.cancel()

    async def _watch_phases(self, today: date) -> None:
        seen: dict[Exchange, _Shown] = {}
        word_id, _ = await self._ledger.words_since(0)
        while True:
            clock = await self._days.clock()
            now = clock.at(datetime.now(UTC))
            if await self._days.day_of(now) != today:
                return
            calendar = await self._days.calendar()
            for exchange in Exchange:
                phase = phase_at(exchange, now, calendar=calendar)
                # Its end is left out: a phase that goes on wakes nobody.
                state = _Shown(clock.version, calendar.overrides, phase.name, phase.start)
                if seen.get(exchange) != state:
                    seen[exchange] = state
                    await self._phase_changed(exchange, phase, now)
            word_id = await self._follow_words(word_id)
            await self._ask_how_orders_ended()
            await asyncio.sleep(_LOOK_SECONDS)

    async def _is_loaded(self, today: date) -> bool:
        """Wait until the day's reference data are there; False when the day is over before that.

        Nothing can be accepted before; yesterday's are never used (VN-A9).
        """
        called_at = -math.inf
        while not await self._ledger.instruments_loaded(today):
            if await self._days.today() != today:
                return False
            loop_time = asyncio.get_running_loop().time()
            if loop_time >= called_at + _CALL_AGAIN_SECONDS:
                activity.logger.info("asking for the reference data of %s", today)
                await self._reference.ask(today)
                called_at = loop_time
            await asyncio.sleep(_LOOK_SECONDS)
        return True

    async def _phase_changed(self, exchange: Exchange, phase: Phase, now: datetime) -> None:
        """Waiting orders are woken one after the other in the order of their acceptance."""
        await self._ledger.settle_due(now)
        await self._wake(await self._ledger.waiting_orders(exchange), f"{exchange} {phase.name}")

    async def _follow_words(self, word_id: int) -> int:
        """Wake the orders for securities that a person has spoken of since `word_id`; the number of the last word."""
        last_id, symbols = await self._ledger.words_since(word_id)
        if symbols:
            await self._wake(await self._ledger.waiting_orders(symbols=symbols), "a person's word on the security")
        return last_id

    async def _wake(self, order_ids: Sequence[str], why: str) -> None:
        for order_id in order_ids:
            stored = await self._ledger.load(order_id)
            if stored is not None:
                await self._announcer.phase(stored, why)

    async def _ask_how_orders_ended(self) -> None:
        loop_time = asyncio.get_running_loop().time()
        if loop_time < self._ask_next:
            return
        self._ask_next = loop_time + _ASK_AGAIN_SECONDS
        await self._day_end.ask()
