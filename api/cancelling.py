"""Cancelling an order: the wish is handed in durably, then its outcome is waited for within the limit of time."""

import asyncio
from dataclasses import dataclass
from typing import assert_never
from uuid import UUID, uuid4, uuid5

from api.finding import Booked, Found, Unread
from api.ledger_port import LedgerReads, read_row
from api.order_bodies import CancelOutcome, Source
from api.order_gateway import Delivered, NoAnswer, NoSuchRun, OrderGateway
from api.resources import Deadline, Patience
from orders.commands import CancelOrder
from orders.order import CloseReason, Life, Order, Request, RequestState
from orders.stored import StoredOrder

_CANCELED = frozenset({CloseReason.CANCELED, CloseReason.CANCELED_UNSENT})


@dataclass(frozen=True, slots=True)
class CancelAnswer:
    """`booked` is None while the order has no verdict yet, or none that can be read."""

    outcome: CancelOutcome
    reason: str | None
    booked: Booked | None


def intent_id_for(order_id: str, user: str, idempotency_key: str | None) -> str:
    """The same caller, order and key name the same intent; without a key each request is one of its own."""
    if idempotency_key is None:
        return str(uuid4())
    return str(uuid5(UUID(order_id), f"cancel\n{user}\n{idempotency_key}"))


def settled(order: Order, intent_id: str) -> tuple[CancelOutcome, str | None] | None:
    """The outcome that is already known for this wish; None while somebody must still act."""
    own = next((request for request in order.requests if request.intent_id == intent_id), None)
    if own is not None and not own.open:
        return _outcome_of(own.state), _reason(order, own)
    if order.life is not Life.CLOSED:
        return None
    if order.close_reason in _CANCELED:
        return CancelOutcome.DONE, None
    return CancelOutcome.TOO_LATE, f"The order is closed: {order.close_reason}."


async def cancel_order(
    cancel: CancelOrder,
    found: Found,
    gateway: OrderGateway,
    ledger: LedgerReads,
    deadline: Deadline,
    patience: Patience,
) -> CancelAnswer | NoAnswer:
    """Hand in the wish and wait for its outcome. `NoAnswer` means that the wish itself may not have arrived."""
    if isinstance(found, Unread):
        return await _ask_unread(cancel, gateway, deadline)
    booked, stored = (found, found.stored) if isinstance(found, Booked) else (None, None)
    delivered = await _ask(cancel, stored, gateway, deadline.left(patience.deciding))
    if isinstance(delivered, NoAnswer):
        return delivered
    if isinstance(delivered, Delivered):
        answer = await _wait(cancel, gateway, deadline, patience)
        if answer is not None:
            return _answer(cancel, Booked(answer, Source.WORKFLOW), handled=True)
    latest = await read_row(deadline.left(), ledger, cancel.order_id)
    if isinstance(latest, StoredOrder):
        return _answer(cancel, Booked(latest, Source.LEDGER), handled=False)
    if isinstance(delivered, NoSuchRun):
        return NoAnswer()
    return _answer(cancel, booked, handled=False)


async def _ask_unread(cancel: CancelOrder, gateway: OrderGateway, deadline: Deadline) -> CancelAnswer | NoAnswer:
    """While no row can be read nothing is booked, so nobody waits for an outcome; the wish itself is durable."""
    delivered = await _ask(cancel, None, gateway, deadline.left())
    return CancelAnswer(CancelOutcome.PENDING, None, None) if isinstance(delivered, Delivered) else NoAnswer()


def _answer(cancel: CancelOrder, booked: Booked | None, *, handled: bool) -> CancelAnswer:
    if booked is None:
        return CancelAnswer(CancelOutcome.PENDING, None, None)
    order = booked.stored.order
    known = settled(order, cancel.intent_id)
    if known is None and handled:
        known = _of_shared_cancel(order)
    outcome, reason = known or (CancelOutcome.PENDING, None)
    return CancelAnswer(outcome, reason, booked)


def _of_shared_cancel(order: Order) -> tuple[CancelOutcome, str | None] | None:
    """One open cancel serves every further press (LC-44): once ours was handled, the last outcome is ours too."""
    last = order.last_cancel
    return None if last is None or last.open else (_outcome_of(last.state), _reason(order, last))


def _reason(order: Order, request: Request) -> str | None:
    said = f"{request.code} {request.text}".strip()
    closed = f"The order is closed: {order.close_reason}." if request.state is RequestState.TOO_LATE else None
    return said or closed


def _outcome_of(state: RequestState) -> CancelOutcome:
    match state:
        case RequestState.DONE:
            return CancelOutcome.DONE
        case RequestState.TOO_LATE:
            return CancelOutcome.TOO_LATE
        case RequestState.REFUSED:
            return CancelOutcome.REFUSED
        case RequestState.ASKED | RequestState.SENDING | RequestState.UNKNOWN | RequestState.PENDING:
            return CancelOutcome.PENDING
        case _:
            assert_never(state)


async def _ask(
    cancel: CancelOrder, stored: StoredOrder | None, gateway: OrderGateway, seconds: float
) -> Delivered | NoSuchRun | NoAnswer:
    try:
        async with asyncio.timeout(seconds):
            return await gateway.ask_cancel(cancel, stored)
    except TimeoutError:
        return NoAnswer()


async def _wait(
    cancel: CancelOrder, gateway: OrderGateway, deadline: Deadline, patience: Patience
) -> StoredOrder | None:
    try:
        async with asyncio.timeout(deadline.left(patience.deciding)):
            answer = await gateway.cancel_outcome(cancel.order_id, cancel.intent_id)
    except TimeoutError:
        return None
    return answer if isinstance(answer, StoredOrder) else None
