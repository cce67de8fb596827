"""Changing an order: the wish is handed in durably, then its outcome is waited for within the limit of time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never
from uuid import UUID, uuid4, uuid5

from api.change_bodies import ChangeOutcome
from api.finding import Booked, Found, Undecided, Unread
from api.ledger_port import read_row
from api.order_bodies import Source
from api.order_gateway import Delivered, NoAnswer, NoSuchRun, OrderGateway, RunEnded
from api.resources import Deadline, Resources
from orders.commands import AmendOrder, CancelOrder
from orders.order import Action, Order, Request, RequestState
from orders.stored import StoredOrder

Wish = CancelOrder | AmendOrder


@dataclass(frozen=True, slots=True)
class Known:
    """What has become of a wish, and why."""

    outcome: ChangeOutcome
    reason: str | None = None


Judge = Callable[[Order, bool], Known | None]
"""What the booked order tells of one wish, None while somebody must still act; the flag: its workflow has read it."""


@dataclass(frozen=True, slots=True)
class ChangeAnswer:
    """`booked` is None while the order has no verdict yet, or none that can be read."""

    known: Known
    booked: Booked | None


_PENDING = Known(ChangeOutcome.PENDING)


def intent_id_for(action: Action, order_id: str, user: str, idempotency_key: str | None) -> str:
    """The same caller, order, action and key name the same intent; without a key each request is one of its own."""
    if idempotency_key is None:
        return str(uuid4())
    return str(uuid5(UUID(order_id), f"{action}\n{user}\n{idempotency_key}"))


def own_request(order: Order, intent_id: str) -> Request | None:
    """What is booked of the wish that has this id."""
    return next((request for request in order.requests if request.intent_id == intent_id), None)


def named_order(found: Found) -> str:
    match found:
        case Booked():
            return found.stored.order.order_id
        case Undecided() | Unread():
            return found.run.order_id
        case _:
            assert_never(found)


def known_of(order: Order, request: Request) -> Known:
    said = f"{request.code} {request.text}".strip()
    closed = closed_because(order) if request.state is RequestState.TOO_LATE else None
    return Known(_outcome_of(request.state), said or closed)


def closed_because(order: Order) -> str:
    return f"The order is closed: {order.close_reason}."


async def change_order(
    wish: Wish, found: Found, resources: Resources, deadline: Deadline, judge: Judge
) -> ChangeAnswer | NoAnswer:
    """Hand in the wish and wait for its outcome. `NoAnswer` means that the wish itself may not have arrived."""
    gateway, patience = resources.gateway, resources.patience
    if isinstance(found, Unread):
        return await _ask_unread(wish, gateway, deadline)
    booked, stored = (found, found.stored) if isinstance(found, Booked) else (None, None)
    delivered = await _ask(wish, stored, gateway, deadline.left(patience.deciding))
    if isinstance(delivered, NoAnswer):
        return delivered
    if isinstance(delivered, Delivered):
        answer = await _wait(wish, gateway, deadline.left(patience.deciding))
        if isinstance(answer, StoredOrder):
            return _answer(Booked(answer, Source.WORKFLOW), judge, handled=True)
    latest = await read_row(deadline.left(), resources.ledger, wish.order_id)
    if isinstance(latest, StoredOrder):
        return _answer(Booked(latest, Source.LEDGER), judge, handled=False)
    if isinstance(delivered, NoSuchRun):
        return NoAnswer()
    return _answer(booked, judge, handled=False)


async def _ask_unread(wish: Wish, gateway: OrderGateway, deadline: Deadline) -> ChangeAnswer | NoAnswer:
    """While no row can be read nothing is booked, so nobody waits for an outcome; the wish itself is durable."""
    delivered = await _ask(wish, None, gateway, deadline.left())
    return ChangeAnswer(_PENDING, None) if isinstance(delivered, Delivered) else NoAnswer()


def _answer(booked: Booked | None, judge: Judge, *, handled: bool) -> ChangeAnswer:
    known = None if booked is None else judge(booked.stored.order, handled)
    return ChangeAnswer(known or _PENDING, booked)


def _outcome_of(state: RequestState) -> ChangeOutcome:
    match state:
        case RequestState.DONE:
            return ChangeOutcome.DONE
        case RequestState.TOO_LATE:
            return ChangeOutcome.TOO_LATE
        case RequestState.REFUSED:
            return ChangeOutcome.REFUSED
        case RequestState.ASKED | RequestState.SENDING | RequestState.UNKNOWN | RequestState.PENDING:
            return ChangeOutcome.PENDING
        case _:
            assert_never(state)


async def _ask(
    wish: Wish, stored: StoredOrder | None, gateway: OrderGateway, seconds: float
) -> Delivered | NoSuchRun | NoAnswer:
    try:
        async with asyncio.timeout(seconds):
            match wish:
                case CancelOrder():
                    return await gateway.ask_cancel(wish, stored)
                case AmendOrder():
                    return await gateway.ask_amend(wish, stored)
                case _:
                    assert_never(wish)
    except TimeoutError:
        return NoAnswer()


async def _wait(wish: Wish, gateway: OrderGateway, seconds: float) -> StoredOrder | RunEnded | NoAnswer:
    try:
        async with asyncio.timeout(seconds):
            match wish:
                case CancelOrder():
                    return await gateway.cancel_outcome(wish.order_id, wish.intent_id)
                case AmendOrder():
                    return await gateway.amend_outcome(wish.order_id, wish.intent_id)
                case _:
                    assert_never(wish)
    except TimeoutError:
        return NoAnswer()
