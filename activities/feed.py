"""Listening to the broker: each message is stored before anything else, then routed, then announced to its order.

What could not be routed or announced stays in the inbox and is driven again with the next batch, so a death
anywhere in between loses nothing and repeats nothing.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import UTC, date, datetime

from temporalio import activity

from activities.announcing import OrderAnnouncer
from activities.inbox_messages import from_book, from_stream
from broker.market_clock import ClockSource
from broker.port import Broker, NoAnswer
from ledger.inbox import InboxMessage
from ledger.ledger import Ledger
from market.calendar import VIETNAM

_BATCH_SECONDS = 0.05
_BATCH_SIZE = 200


class BrokerListener:
    """The feed of one connection through one trading date."""

    def __init__(
        self, connection_id: str, ledger: Ledger, broker: Broker, clock: ClockSource, announcer: OrderAnnouncer
    ) -> None:
        self._connection_id = connection_id
        self._ledger = ledger
        self._broker = broker
        self._clock = clock
        self._announcer = announcer

    async def listen(self) -> None:
        """Resume open orders, read the books once, then follow the stream until the trading date changes."""
        trading_date = await self._market_date()
        await self.resume_open_orders()
        await self.sweep(trading_date)
        cursor = await self._ledger.cursor(self._connection_id, trading_date)
        async with aclosing(_batches(self._broker.stream(cursor))) as batches:
            async for batch in batches:
                activity.heartbeat()
                await self._take_in(trading_date, [from_stream(raw, self._broker.read(raw)) for raw in batch if raw])
                if await self._market_date() != trading_date:
                    return

    async def resume_open_orders(self) -> None:
        for stored in await self._ledger.open_orders():
            await self._announcer.resume(stored)

    async def sweep(self, trading_date: date) -> None:
        """Read the audit book of each account, so that nothing rests on the stream alone (LC-91)."""
        for account in await self._ledger.accounts_of(self._connection_id):
            book = await self._broker.audit_book(account.account_id)
            if isinstance(book, NoAnswer):
                activity.logger.warning("no audit book of %s: %s", account.account_id, book.text)
                continue
            ids = [row.broker_order_id for row in book.rows]
            booked = await self._ledger.orders_at_broker(self._connection_id, trading_date, ids)
            await self._take_in(trading_date, from_book(book, booked))

    async def _take_in(self, trading_date: date, received: list[InboxMessage] | tuple[InboxMessage, ...]) -> None:
        if received:
            await self._ledger.store_raw(self._connection_id, trading_date, received)
        for routed in await self._ledger.route(self._connection_id, trading_date):
            await self._announcer.evidence(routed.stored, routed.summary)

    async def _market_date(self) -> date:
        return (await self._clock.read()).at(datetime.now(UTC)).astimezone(VIETNAM).date()


async def _batches(stream: AsyncIterator[str]) -> AsyncGenerator[list[str], None]:
    """What arrives within 50 ms as one batch, so that an order is signalled once and not per message."""
    arriving = asyncio.ensure_future(_next(stream))
    try:
        while (first := await arriving) is not None:
            batch = [first]
            closes = asyncio.get_running_loop().time() + _BATCH_SECONDS
            while True:
                arriving = asyncio.ensure_future(_next(stream))
                patience = max(0.0, closes - asyncio.get_running_loop().time())
                done, _ = await asyncio.wait({arriving}, timeout=patience)
                if not done or len(batch) >= _BATCH_SIZE:
                    break
                following = arriving.result()
                if following is None:
                    break
                batch.append(following)
            yield batch
    finally:
        arriving.cancel()


async def _next(stream: AsyncIterator[str]) -> str | None:
    return await anext(stream, None)
