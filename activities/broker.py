"""Requests to the broker: each is written down before it leaves, sent once, and answered with a typed outcome.

Only the execution whose own insert created the attempt may send (I4); any other returns what is booked.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from math import ceil
from typing import assert_never

from temporalio import activity

from activities.broker_days import BrokerDays
from activities.inbox_messages import from_book
from activities.signatures import BrokerActivities, SendAmend, SendCancel
from activities.signs_of_life import signs_of_life
from broker.port import (
    Accepted,
    AmendRequest,
    Book,
    BookRow,
    Broker,
    CancelRequest,
    NoAnswer,
    NotSent,
    OddRow,
    Outcome,
    Refused,
    SubmitRequest,
    Unknown,
)
from failpoints import failpoint
from ledger.attempts import Attempt, AttemptOutcome
from ledger.ledger import Ledger
from orders.amending import awaits_look
from orders.evidence import Answer, RequestAnswered
from orders.order import Action, Order
from orders.stored import StoredOrder


async def _call_nobody() -> None:
    return None


class ConnectedBrokerActivities(BrokerActivities):
    """Broker activities of the accounts behind one connection; `code_needed` hears of a request that a one-time code
    would have let out."""

    def __init__(
        self,
        ledger: Ledger,
        broker: Broker,
        days: BrokerDays,
        code_needed: Callable[[], Awaitable[None]] = _call_nobody,
    ) -> None:
        self._ledger = ledger
        self._broker = broker
        self._days = days
        self._code_needed = code_needed

    @activity.defn
    async def submit(self, order_id: str) -> StoredOrder:
        failpoint("before_attempt")
        attempt = await self._start(order_id, Action.SUBMIT, order_id)
        failpoint("after_attempt")
        if not isinstance(attempt, Attempt):
            return await self._ledger.book(order_id)
        request = SubmitRequest(attempt.broker_account, attempt.request_id, attempt.terms, attempt.sent_before)
        return await self._finish(order_id, attempt, self._broker.submit(request))

    @activity.defn
    async def cancel(self, send: SendCancel) -> StoredOrder:
        attempt = await self._start(send.order_id, Action.CANCEL, send.intent_id)
        failpoint("after_cancel_attempt")
        if not isinstance(attempt, Attempt):
            return await self._ledger.book(send.order_id)
        request = CancelRequest(
            attempt.broker_account, attempt.request_id, attempt.broker_order_id, attempt.terms, attempt.sent_before
        )
        return await self._finish(send.order_id, attempt, self._broker.cancel(request))

    @activity.defn
    async def amend(self, send: SendAmend) -> StoredOrder:
        attempt = await self._start(send.order_id, Action.AMEND, send.intent_id)
        failpoint("after_amend_attempt")
        if not isinstance(attempt, Attempt):
            return await self._ledger.book(send.order_id)
        request = AmendRequest(
            attempt.broker_account,
            attempt.request_id,
            attempt.broker_order_id,
            attempt.terms,
            attempt.wanted,
            attempt.filled,
            attempt.sent_before,
        )
        return await self._finish(send.order_id, attempt, self._broker.amend(request))

    @activity.defn
    async def resolve(self, order_id: str) -> StoredOrder:
        return await self._look(order_id, for_amend=False)

    @activity.defn
    async def look_for_amend(self, order_id: str) -> StoredOrder:
        return await self._look(order_id, for_amend=True)

    async def _look(self, order_id: str, *, for_amend: bool) -> StoredOrder:
        async with signs_of_life():
            stored = await self._ledger.give_up_attempts(order_id)
            account = await self._ledger.account(stored.order.account_id)
            if account is None:
                raise LookupError(f"order {order_id} has no account {stored.order.account_id}")
            book = await self._broker.audit_book(account.broker_account)
            if isinstance(book, NoAnswer):
                activity.logger.warning("the audit book gave no answer: %s", book.text)
                return stored
            if stored.order.trading_date != await self._days.today():
                return stored  # today's book has its request ids for other orders; the day's end asks the history
            news = from_book(_rows_of(stored.order, book), {stored.order.broker_order_id: stored.order})
            await self._ledger.store_raw(account.connection_id, stored.order.trading_date, news)
            await self._ledger.route(account.connection_id, stored.order.trading_date)
            if for_amend:
                await self._show_amend(stored.order, book)
            return await self._ledger.book(order_id)

    async def _show_amend(self, before: Order, book: Book) -> None:
        """The look began after the amendment had ended without a confirmation: the row shows what became of it."""
        for row in _rows_of(before, book).rows:
            looked_up = None if row.report is None else awaits_look(before, row.report)
            if looked_up is not None and row.broker_order_id == before.broker_order_id:
                key = f"amend_look:{before.order_id}:{looked_up.request_id}"
                await self._ledger.record(before.order_id, key, looked_up, "audit book")

    async def _start(self, order_id: str, action: Action, intent_id: str) -> AttemptOutcome:
        return await self._ledger.start_attempt(
            order_id, action, intent_id, await self._days.today(), datetime.now(UTC)
        )

    async def _finish(self, order_id: str, attempt: Attempt, sending: Awaitable[Outcome]) -> StoredOrder:
        async with signs_of_life():
            outcome = await sending
            failpoint("after_send")
            booked = await self._ledger.finish_attempt(
                attempt.request_id, order_id, _answered(attempt.request_id, _proven(attempt, outcome))
            )
            if isinstance(outcome, NotSent) and outcome.needs_otp is not None:
                await self._code_needed()
            return booked


def _rows_of(order: Order, book: Book) -> Book:
    """The order's own rows: what the book tells of other orders is the feed's to take in."""
    sent = {request.request_id for request in order.requests if request.request_id}

    def is_own(row: BookRow | OddRow) -> bool:
        return row.request_id in sent or (bool(order.broker_order_id) and row.broker_order_id == order.broker_order_id)

    return Book(tuple(row for row in book.rows if is_own(row)), tuple(row for row in book.odd if is_own(row)))


def _proven(attempt: Attempt, outcome: Outcome) -> Outcome:
    """A refusal of the repeat may be for the very reason that the first one was taken (LC-43)."""
    if not attempt.sent_before or isinstance(outcome, Accepted | Unknown):
        return outcome
    return Unknown(f"an earlier request of the same intent may have arrived; now: {outcome.text}")


def _answered(request_id: str, outcome: Outcome) -> RequestAnswered:
    match outcome:
        case Accepted():
            return RequestAnswered(request_id, Answer.ACCEPTED)
        case Refused():
            return RequestAnswered(request_id, Answer.REFUSED, outcome.code, outcome.text)
        case NotSent():
            wait_seconds = ceil(outcome.wait_seconds)  # never sooner than the broker said
            text = outcome.text if outcome.needs_otp is None else f"waits for a one-time code: {outcome.text}"
            return RequestAnswered(request_id, Answer.NOT_SENT, text=text, wait_seconds=wait_seconds)
        case Unknown():
            return RequestAnswered(request_id, Answer.UNKNOWN, text=outcome.text)
        case _:
            assert_never(outcome)
