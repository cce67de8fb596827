"""Requests to the broker: each is written down before it leaves, sent once, and answered with a typed outcome.

Only the execution whose own insert created the attempt may send (I4); any other returns what is booked.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import assert_never

from temporalio import activity

from activities.inbox_messages import from_book
from activities.signatures import BrokerActivities, SendCancel, SendOrder
from broker.market_clock import ClockSource
from broker.port import Accepted, Broker, CancelRequest, NoAnswer, NotSent, Outcome, Refused, SubmitRequest, Unknown
from ledger.attempts import Attempt
from ledger.ledger import Ledger
from market.calendar import VIETNAM
from orders.evidence import Answer, ClosedHere, RequestAnswered
from orders.order import Action, CloseReason
from orders.stored import StoredOrder


class ConnectedBrokerActivities(BrokerActivities):
    """Broker activities of the accounts behind one connection."""

    def __init__(self, ledger: Ledger, broker: Broker, clock: ClockSource) -> None:
        self._ledger = ledger
        self._broker = broker
        self._clock = clock

    @activity.defn
    async def submit(self, send: SendOrder) -> StoredOrder:
        if datetime.now(UTC) > send.send_by:
            return await self._close_too_old(send)
        attempt = await self._ledger.start_attempt(send.order_id, Action.SUBMIT, send.order_id)
        if not isinstance(attempt, Attempt):
            return await self._ledger.book(send.order_id)
        request = SubmitRequest(attempt.broker_account, attempt.request_id, attempt.terms)
        return await self._send(send.order_id, attempt.request_id, lambda: self._broker.submit(request))

    @activity.defn
    async def cancel(self, send: SendCancel) -> StoredOrder:
        attempt = await self._ledger.start_attempt(send.order_id, Action.CANCEL, send.intent_id)
        if not isinstance(attempt, Attempt):
            return await self._ledger.book(send.order_id)
        request = CancelRequest(attempt.broker_account, attempt.request_id, attempt.broker_order_id, attempt.terms)
        return await self._send(send.order_id, attempt.request_id, lambda: self._broker.cancel(request))

    @activity.defn
    async def resolve(self, order_id: str) -> StoredOrder:
        stored = await self._ledger.give_up_attempts(order_id)
        book = await self._broker.audit_book(stored.order.account_id)
        if isinstance(book, NoAnswer):
            activity.logger.warning("the audit book gave no answer: %s", book.text)
            return stored
        today = (await self._clock.read()).at(datetime.now(UTC)).astimezone(VIETNAM).date()
        connection = await self._ledger.connection_of(order_id)
        booked = await self._ledger.orders_at_broker(connection, today, [row.broker_order_id for row in book.rows])
        await self._ledger.store_raw(connection, today, from_book(book, booked))
        await self._ledger.route(connection, today)
        return await self._ledger.book(order_id)

    async def _close_too_old(self, send: SendOrder) -> StoredOrder:
        late = f"could only be sent after {send.send_by.isoformat()}, the time it was good for"
        closed = ClosedHere(CloseReason.TOO_OLD, late)
        await self._ledger.record(send.order_id, f"close:{send.order_id}:{closed.reason}", closed, "workflow")
        return await self._ledger.book(send.order_id)

    async def _send(self, order_id: str, request_id: str, call: Callable[[], Awaitable[Outcome]]) -> StoredOrder:
        outcome = await call()
        return await self._ledger.finish_attempt(request_id, order_id, _answered(request_id, outcome))


def _answered(request_id: str, outcome: Outcome) -> RequestAnswered:
    match outcome:
        case Accepted():
            return RequestAnswered(request_id, Answer.ACCEPTED)
        case Refused():
            return RequestAnswered(request_id, Answer.REFUSED, outcome.code, outcome.text)
        case NotSent():
            return RequestAnswered(request_id, Answer.NOT_SENT, text=outcome.text)
        case Unknown():
            return RequestAnswered(request_id, Answer.UNKNOWN, text=outcome.text)
        case _:
            assert_never(outcome)
