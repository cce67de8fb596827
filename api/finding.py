"""Finding one order for a caller: the row, or Temporal's record of an order whose verdict is not in yet."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import structlog

from api.authentication import Caller
from api.ledger_port import within
from api.order_bodies import OrderBody, Source
from api.order_gateway import NoAnswer, NoSuchRun, OrderRun
from api.problems import KINDS, ProblemCode, ProblemRaised
from api.resources import Resources
from orders.order import Life
from orders.stored import StoredOrder


async def find_order(order_id: str, caller: Caller, resources: Resources) -> StoredOrder | OrderRun:
    """The order, or a 404 problem also for orders of accounts that the caller may not use (LC-105)."""
    canonical = _canonical(order_id)
    stored = await _load(canonical, resources)
    found = stored if stored is not None else await _run_or_row(canonical, resources)
    account_id = found.account_id if isinstance(found, OrderRun) else found.order.account_id
    if account_id not in caller.accounts:
        raise no_such_order()
    structlog.contextvars.bind_contextvars(order_id=canonical, account_id=account_id)
    return found


async def latest_body(found: StoredOrder | OrderRun, resources: Resources) -> OrderBody:
    """The order as its workflow has booked it; the row when the order is closed or its workflow does not answer."""
    if isinstance(found, OrderRun):
        return OrderBody.of_run(found, datetime.now(UTC))
    seen = None if found.order.life is Life.CLOSED else await _view(found.order.order_id, resources)
    if seen is None or seen.version < found.version:
        return OrderBody.of_stored(found, Source.LEDGER, datetime.now(UTC))
    return OrderBody.of_stored(seen, Source.WORKFLOW, datetime.now(UTC))


def no_such_order() -> ProblemRaised:
    return ProblemRaised(ProblemCode.ORDER_NOT_FOUND, KINDS[ProblemCode.ORDER_NOT_FOUND].example)


def _canonical(order_id: str) -> str:
    try:
        return str(UUID(order_id))
    except ValueError:
        raise no_such_order() from None


async def _run_or_row(order_id: str, resources: Resources) -> StoredOrder | OrderRun:
    run = await _describe(order_id, resources)
    if isinstance(run, NoAnswer):
        raise ProblemRaised(ProblemCode.NO_ANSWER, "The order has no row yet, and Temporal does not answer.")
    if isinstance(run, OrderRun) and run.running:
        return run
    # The run may have ended between the two looks; without a row even now there is no order.
    stored = None if isinstance(run, NoSuchRun) else await _load(order_id, resources)
    if stored is None:
        raise no_such_order()
    return stored


async def _load(order_id: str, resources: Resources) -> StoredOrder | None:
    return await within(resources.patience.database, resources.ledger.load(order_id))


async def _describe(order_id: str, resources: Resources) -> OrderRun | NoSuchRun | NoAnswer:
    try:
        async with asyncio.timeout(resources.patience.deciding):
            return await resources.gateway.describe(order_id)
    except TimeoutError:
        return NoAnswer()


async def _view(order_id: str, resources: Resources) -> StoredOrder | None:
    try:
        async with asyncio.timeout(resources.patience.view):
            return await resources.gateway.view(order_id)
    except TimeoutError:
        return None
