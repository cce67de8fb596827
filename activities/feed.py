"""Listening to one broker connection through one broker day."""

import asyncio
from contextlib import aclosing
from datetime import date

from temporalio import activity

from activities.adoption import Adoption
from activities.announcing import OrderAnnouncer
from activities.balance_check import BalanceCheck
from activities.batching import batches
from activities.book_sweep import BookSweep
from activities.broker_days import BrokerDays
from activities.inbox_messages import from_stream
from activities.intake import Intake
from broker.port import Broker, Heard, Interrupted
from ledger.ledger import Ledger
from orders.stored import StoredOrder

_AT_ONCE = 20


class BrokerListener:
    """Resumes open orders, reads the books once, then follows the stream.

    Beside it, what others placed at the broker is taken in, and what the accounts own is compared with the broker.
    """

    def __init__(
        self, ledger: Ledger, broker: Broker, days: BrokerDays, announcer: OrderAnnouncer, intake: Intake
    ) -> None:
        self._ledger = ledger
        self._broker = broker
        self._days = days
        self._announcer = announcer
        self._intake = intake

    async def listen(self) -> None:
        """Ends when another broker day begins; the stream connects again by itself."""
        today = await self._days.today()
        await self._resume_open_orders()
        sweep = BookSweep(self._ledger, self._broker, self._days, self._intake)
        await sweep.read(today)
        adoption = Adoption(self._ledger, self._broker, self._days, self._intake)
        async with asyncio.TaskGroup() as group:
            check = BalanceCheck(self._ledger, self._broker, self._days, self._intake.connection_id, sweep.times_read)
            keeping = (sweep.keep(today), adoption.keep(today), check.keep(today))
            beside = [group.create_task(each) for each in keeping]
            await self._follow(today, sweep)
            for task in beside:
                task.cancel()

    async def _follow(self, today: date, sweep: BookSweep) -> None:
        cursor = await self._ledger.cursor(self._intake.connection_id, today)
        async with aclosing(self._broker.follow(cursor)) as stream, aclosing(batches(stream)) as arriving:
            async for batch in arriving:
                # Asked before anything is stored: request ids begin anew each day, and the first words of a new one
                # would be taken for yesterday's orders. The new day's listener hears them again.
                if await self._days.today() != today:
                    return
                await self._take_in(today, batch, sweep)

    async def _take_in(self, today: date, batch: list[Heard | Interrupted], sweep: BookSweep) -> None:
        """With nothing heard it drives what still waits in the inbox."""
        heard = [item for item in batch if isinstance(item, Heard)]
        received = [from_stream(item.raw, item.reading) for item in heard if item.reading is not None]
        await self._intake.messages(today, received)
        for sign in batch:
            if isinstance(sign, Interrupted):
                activity.logger.warning("the stream was interrupted (%s): reading the books", sign.why)
                sweep.want()

    async def _resume_open_orders(self) -> None:
        limit = asyncio.Semaphore(_AT_ONCE)

        async def one(stored: StoredOrder) -> None:
            async with limit:
                await self._announcer.resume(stored)

        await asyncio.gather(*(one(stored) for stored in await self._ledger.open_orders()))
