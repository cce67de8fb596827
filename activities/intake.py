"""From the broker's words to the orders they are about: store first, then route, then tell each order's workflow.

What could not be routed or told stays in the inbox and is driven again with the next call, so a death anywhere in
between loses nothing and repeats nothing.
"""

import asyncio
from collections.abc import Sequence
from datetime import date

from activities.announcing import OrderAnnouncer
from activities.inbox_messages import from_book
from broker.port import Book
from failpoints import failpoint
from ledger.inbox import InboxMessage
from ledger.ledger import Ledger
from ledger.routing import RoutedOrder

_AT_ONCE = 20


class Intake:
    """What one broker connection says goes into the ledger, and on to the orders."""

    def __init__(self, connection_id: str, ledger: Ledger, announcer: OrderAnnouncer) -> None:
        self.connection_id = connection_id
        self._ledger = ledger
        self._announcer = announcer

    async def messages(self, trading_date: date, received: Sequence[InboxMessage]) -> None:
        """Take in what came on the stream; with nothing received it drives what still waits."""
        if received:
            await self._ledger.store_raw(self.connection_id, trading_date, received)
            failpoint("after_storing_messages")
        routed = await self._ledger.route(self.connection_id, trading_date)
        if routed:
            failpoint("after_routing")
        await self._announce(routed)

    async def book(self, trading_date: date, book: Book) -> None:
        """Take in what a book tells beyond what is booked, and note its request ids as taken (LC-91)."""
        ids = [row.broker_order_id for row in book.rows]
        booked = await self._ledger.orders_at_broker(self.connection_id, trading_date, ids)
        taken = frozenset(row.request_id for row in book.shown if row.request_id)
        await self._ledger.saw_request_ids(self.connection_id, trading_date, taken)
        await self.messages(trading_date, from_book(book, booked))

    async def _announce(self, routed: Sequence[RoutedOrder]) -> None:
        limit = asyncio.Semaphore(_AT_ONCE)

        async def one(order: RoutedOrder) -> None:
            async with limit:
                await self._announcer.evidence(order.stored, order.summary)

        await asyncio.gather(*(one(order) for order in routed))
