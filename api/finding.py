"""Finding one order for a caller: its row, or what Temporal knows when there is no row yet or none can be read."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import assert_never
from uuid import UUID

import structlog

from api.authentication import Caller
from api.ledger_port import DatabaseUnavailable, Unavailable, read_row
from api.order_bodies import OrderBody, OrderDetail, Source
from api.order_gateway import NoAnswer, NoSuchRun, OrderRun
from api.problems import KINDS, ProblemCode, ProblemRaised
from api.resources import Deadline, Resources
from orders.order import Life
from orders.status import Status
from orders.stored import StoredOrder


@dataclass(frozen=True, slots=True)
class Booked:
    """An order with its verdict: its row, or while that cannot be read what its workflow has last booked."""

    stored: StoredOrder
    source: Source


@dataclass(frozen=True, slots=True)
class Undecided:
    """A live run without a row: no verdict is known."""

    run: OrderRun


@dataclass(frozen=True, slots=True)
class Unread:
    """A live run whose row cannot be read and which cannot be asked: there is an order, and no more is known."""

    run: OrderRun


Found = Booked | Undecided | Unread


async def find_order(order_id: str, caller: Caller, resources: Resources, deadline: Deadline) -> Found:
    """The order, or a 404 problem also for orders of accounts that the caller may not use (LC-105).

    Raises `DatabaseUnavailable` when the row cannot be read and Temporal does not know a live run.
    """
    canonical = _canonical(order_id)
    found = await _find(canonical, resources, deadline)
    account_id = found.stored.order.account_id if isinstance(found, Booked) else found.run.account_id
    if account_id not in caller.accounts:
        raise no_such_order()
    structlog.contextvars.bind_contextvars(order_id=canonical, account_id=account_id)
    return found


async def latest_of(found: Found, resources: Resources, deadline: Deadline) -> Found:
    """The order as its workflow has booked it; the row when the order is closed or its workflow does not answer."""
    if not isinstance(found, Booked) or found.source is not Source.LEDGER or found.stored.order.life is Life.CLOSED:
        return found
    seen = await _view(found.stored.order.order_id, resources, deadline)
    return found if seen is None or seen.version < found.stored.version else Booked(seen, Source.WORKFLOW)


def detail_of(found: Found) -> OrderDetail:
    """Raises `DatabaseUnavailable` for an order that has come further than its run tells."""
    match found:
        case Booked():
            return OrderDetail.of_stored(found.stored, found.source, datetime.now(UTC))
        case Undecided() | Unread():
            if _has_come_further(found):
                raise DatabaseUnavailable
            return OrderDetail.of_run(found.run, datetime.now(UTC))
        case _:
            assert_never(found)


def run_body(found: Undecided | Unread) -> OrderBody | None:
    """A received order; None when the order has come further and its quantities cannot be read."""
    return None if _has_come_further(found) else OrderBody.of_run(found.run, datetime.now(UTC))


def _has_come_further(found: Undecided | Unread) -> bool:
    return isinstance(found, Unread) and found.run.status is not Status.RECEIVED


def no_such_order() -> ProblemRaised:
    return ProblemRaised(ProblemCode.ORDER_NOT_FOUND, KINDS[ProblemCode.ORDER_NOT_FOUND].example)


def _canonical(order_id: str) -> str:
    try:
        return str(UUID(order_id))
    except ValueError:
        raise no_such_order() from None


async def _find(order_id: str, resources: Resources, deadline: Deadline) -> Found:
    patience = resources.patience
    # After a row that cannot be read there must be time to describe the run and to hand in a cancel.
    row = await read_row(deadline.within(patience.database, 2 * patience.deciding), resources.ledger, order_id)
    match row:
        case StoredOrder():
            return Booked(row, Source.LEDGER)
        case None:
            return await _run_or_row(order_id, resources, deadline)
        case Unavailable():
            return await _view_or_run(order_id, resources, deadline)
        case _:
            assert_never(row)


async def _run_or_row(order_id: str, resources: Resources, deadline: Deadline) -> Found:
    run = await _describe(order_id, resources, deadline)
    if isinstance(run, NoAnswer):
        raise ProblemRaised(ProblemCode.NO_ANSWER, "The order has no row yet, and Temporal does not answer.")
    if isinstance(run, NoSuchRun):
        raise no_such_order()
    if run.running:
        return Undecided(run)
    # The run may have ended between the two looks; without a row even now there is no order.
    row = await read_row(deadline.within(resources.patience.database), resources.ledger, order_id)
    if isinstance(row, Unavailable):
        raise DatabaseUnavailable
    if row is None:
        raise no_such_order()
    return Booked(row, Source.LEDGER)


async def _view_or_run(order_id: str, resources: Resources, deadline: Deadline) -> Booked | Unread:
    seen = await _view(order_id, resources, deadline)
    if seen is not None:
        return Booked(seen, Source.WORKFLOW)
    run = await _describe(order_id, resources, deadline)
    if isinstance(run, OrderRun) and run.running:
        return Unread(run)
    raise DatabaseUnavailable


async def _describe(order_id: str, resources: Resources, deadline: Deadline) -> OrderRun | NoSuchRun | NoAnswer:
    try:
        async with asyncio.timeout(deadline.within(resources.patience.deciding)):
            return await resources.gateway.describe(order_id)
    except TimeoutError:
        return NoAnswer()


async def _view(order_id: str, resources: Resources, deadline: Deadline) -> StoredOrder | None:
    try:
        async with asyncio.timeout(deadline.within(resources.patience.view)):
            return await resources.gateway.view(order_id)
    except TimeoutError:
        return None
