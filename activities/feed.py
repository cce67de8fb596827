"""Listening to one broker connection through one broker day."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import date

from temporalio import activity

from activities.announcing import OrderAnnouncer
from activities.broker_days import BrokerDays
from activities.inbox_messages import from_stream
from activities.intake import Intake
from broker.market_clock import ClockSource
from broker.port import Broker, NoAnswer
from ledger.ledger import Ledger
from orders.stored import StoredOrder

_BATCH_SECONDS = 0.03
_BATCH_SIZE = 200
_AT_ONCE = 20


class BrokerListener:
    """Resumes open orders, reads the books once, then follows the stream."""

    def __init__(
        self, ledger: Ledger, broker: Broker, clock: ClockSource, announcer: OrderAnnouncer, intake: Intake
    ) -> None:
        self._ledger = ledger
        self._broker = broker
        self._days = BrokerDays(ledger, clock)
        self._announcer = announcer
        self._intake = intake

    async def listen(self) -> None:
        """Ends when another broker day begins. Raises `StreamLost`."""
        today = await self._days.today()
        await self._resume_open_orders()
        await self._read_books(today)
        cursor = await self._ledger.cursor(self._intake.connection_id, today)
        async with aclosing(_batches(self._broker.stream(cursor))) as batches:
            async for batch in batches:
                # Asked before anything is stored: request ids begin anew each day, and the first words of a new one
                # would be taken for yesterday's orders. The new day's listener hears them again.
                if await self._days.today() != today:
                    return
                received = [from_stream(raw, self._broker.read(raw)) for raw in batch if raw]
                await self._intake.messages(today, received)

    async def _resume_open_orders(self) -> None:
        limit = asyncio.Semaphore(_AT_ONCE)

        async def one(stored: StoredOrder) -> None:
            async with limit:
                await self._announcer.resume(stored)

        await asyncio.gather(*(one(stored) for stored in await self._ledger.open_orders()))

    async def _read_books(self, today: date) -> None:
        """Nothing rests on the stream alone: what it may not tell again is in the books."""
        for account in await self._ledger.accounts_of(self._intake.connection_id):
            book = await self._broker.audit_book(account.broker_account)
            if isinstance(book, NoAnswer):
                activity.logger.warning("no audit book of %s: %s", account.account_id, book.text)
            elif await self._days.today() == today:
                await self._intake.book(today, book)


async def _batches(stream: AsyncIterator[str]) -> AsyncGenerator[list[str], None]:
    """What arrives within 30 ms as one batch, so that an order is signalled once and not per message."""
    arriving = asyncio.ensure_future(_next(stream))
    try:
        while (first := await arriving) is not None:
            batch = [first]
            closes = asyncio.get_running_loop().time() + _BATCH_SECONDS
            arriving = asyncio.ensure_future(_next(stream))
            while len(batch) < _BATCH_SIZE and await _arrives_until(closes, arriving):
                following = arriving.result()
                if following is None:
                    break
                batch.append(following)
                arriving = asyncio.ensure_future(_next(stream))
            yield batch
    finally:
        arriving.cancel()


async def _arrives_until(closes: float, arriving: asyncio.Future[str | None]) -> bool:
    """Whether a message is there in time; a stream that broke is told after the batch before it was handed on."""
    patience = max(0.0, closes - asyncio.get_running_loop().time())
    done, _ = await asyncio.wait({arriving}, timeout=patience)
    return bool(done) and arriving.exception() is None


async def _next(stream: AsyncIterator[str]) -> str | None:
    return await anext(stream, None)
