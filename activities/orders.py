"""The order's transactions: acceptance, booking, intents, closing before the send, checks on release."""

from datetime import UTC, datetime

from temporalio import activity

from activities.signatures import CloseUnsent, OrderActivities
from broker.market_clock import ClockSource
from failpoints import failpoint
from ledger.ledger import Ledger
from orders.commands import AmendOrder, CancelOrder, PlaceOrder
from orders.evidence import CancelAsked, ClosedHere
from orders.stored import StoredOrder
from risk.checks import Limits


class LedgerOrderActivities(OrderActivities):
    def __init__(self, ledger: Ledger, clock: ClockSource, limits: Limits) -> None:
        self._ledger = ledger
        self._clock = clock
        self._limits = limits

    @activity.defn
    async def accept(self, command: PlaceOrder) -> StoredOrder:
        now = datetime.now(UTC)
        market_now = (await self._clock.read()).at(now)
        accepted = await self._ledger.accept(command, market_now, now, self._limits)
        failpoint("after_acceptance")
        return accepted

    @activity.defn
    async def load(self, order_id: str) -> StoredOrder | None:
        return await self._ledger.load(order_id)

    @activity.defn
    async def book(self, order_id: str) -> StoredOrder:
        booked = await self._ledger.book(order_id)
        failpoint("after_booking")
        return booked

    @activity.defn
    async def ask_cancel(self, cancel: CancelOrder) -> StoredOrder:
        asked = CancelAsked(cancel.intent_id, cancel.user)
        await self._ledger.record(cancel.order_id, f"cancel:{cancel.order_id}:{cancel.intent_id}", asked, "client")
        return await self._ledger.book(cancel.order_id)

    @activity.defn
    async def ask_amend(self, amend: AmendOrder) -> StoredOrder:
        now = datetime.now(UTC)
        market_now = (await self._clock.read()).at(now)
        return await self._ledger.ask_amend(amend, market_now, now, self._limits)

    @activity.defn
    async def close_unsent(self, close: CloseUnsent) -> StoredOrder:
        closed = ClosedHere(close.reason, close.text)
        await self._ledger.record(close.order_id, f"close:{close.order_id}:{close.reason}", closed, "workflow")
        return await self._ledger.book(close.order_id)

    @activity.defn
    async def recheck(self, order_id: str) -> StoredOrder:
        return await self._ledger.recheck(order_id, await self._clock.read(), datetime.now(UTC), self._limits)
