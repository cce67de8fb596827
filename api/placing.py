"""Placing an order: one answer within the limit of time, never claiming more than is proven (API-06)."""

import asyncio
from dataclasses import dataclass
from typing import assert_never

from api.ledger_port import DatabaseUnavailable, LedgerReads, Unavailable, read_row, within
from api.order_gateway import NoAnswer, NoSuchRun, OrderGateway, OrderRun, RunEnded
from api.resources import Deadline, Patience
from market.violations import RuleCode
from orders.commands import PlaceOrder
from orders.stored import StoredOrder


@dataclass(frozen=True, slots=True)
class Decided:
    """The order's one verdict; `replayed` when an earlier request made the order."""

    stored: StoredOrder
    replayed: bool


@dataclass(frozen=True, slots=True)
class Received:
    """The order's process has started under our body; the verdict will follow."""

    run: OrderRun


@dataclass(frozen=True, slots=True)
class OtherBody:
    """The identity belongs to an order with another body, `first` where it is known; nothing was sent.

    `named_by_key`: it is the `Idempotency-Key` that belongs to it.
    """

    first: StoredOrder | OrderRun | None
    named_by_key: bool = False


@dataclass(frozen=True, slots=True)
class EndedUndecided:
    """The order's run was ended from outside before a verdict, and its identity is used up."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Nobody knows yet; the same request again is safe."""


PlaceOutcome = Decided | Received | OtherBody | EndedUndecided | Unanswered


async def place_order(
    command: PlaceOrder, gateway: OrderGateway, ledger: LedgerReads, deadline: Deadline, patience: Patience
) -> PlaceOutcome:
    """Start the order and wait for its verdict; without one, ask once what became of it.

    A key that has made another order is found before anything is started; of requests at the same moment, and while
    the database is away, the verdict's transaction lets only one have it (API-02).
    """
    first = await _made_by_key(command, ledger, deadline, patience)
    if first is not None and first.order.order_id != command.order_id:
        return OtherBody(first, named_by_key=True)
    try:
        async with asyncio.timeout(deadline.left(patience.deciding)):
            answer = await gateway.place(command)
    except TimeoutError:
        answer = NoAnswer()
    match answer:
        case StoredOrder():
            return await _key_or_decided(command, answer, ledger, deadline)
        case RunEnded() | NoAnswer():
            return await _find_out(command, gateway, ledger, deadline)
        case _:
            assert_never(answer)


async def _find_out(
    command: PlaceOrder, gateway: OrderGateway, ledger: LedgerReads, deadline: Deadline
) -> PlaceOutcome:
    """The run and the row are asked at once: a row is more than a run, and a run more than nothing."""
    run, row = await asyncio.gather(
        _describe(command.order_id, gateway, deadline), read_row(deadline.left(), ledger, command.order_id)
    )
    if row is None and isinstance(run, OrderRun) and not run.running:
        # The verdict may have been booked, and the run have ended, between the two answers.
        row = await read_row(deadline.left(), ledger, command.order_id)
    if isinstance(row, StoredOrder):
        return await _key_or_decided(command, row, ledger, deadline)
    return _without_row(command, run, row)


def _without_row(
    command: PlaceOrder, run: OrderRun | NoSuchRun | NoAnswer, row: Unavailable | None
) -> Received | OtherBody | EndedUndecided | Unanswered:
    match run:
        case OrderRun() if run.fingerprint != command.fingerprint:
            return OtherBody(run)
        case OrderRun(running=True):
            return Received(run)
        case OrderRun():
            # Only a row that is provably absent proves that nothing was sent.
            return EndedUndecided() if row is None else Unanswered()
        case NoSuchRun() | NoAnswer():
            return Unanswered()
        case _:
            assert_never(run)


async def _made_by_key(
    command: PlaceOrder, ledger: LedgerReads, deadline: Deadline, patience: Patience
) -> StoredOrder | None:
    """The order that the command's key has made; None also while that cannot be read."""
    if not command.idempotency_key:
        return None
    seconds = deadline.within(patience.remembered, 2 * patience.deciding)
    try:
        return await within(seconds, ledger.order_of_key(command.user, command.idempotency_key))
    except DatabaseUnavailable:
        return None


async def _key_or_decided(
    command: PlaceOrder, stored: StoredOrder, ledger: LedgerReads, deadline: Deadline
) -> Decided | OtherBody:
    """A denial of this very request because its key is another order's is told as that."""
    decided = _decided(command, stored)
    reused = next((each for each in stored.verdict.violations if each.code is RuleCode.IDEMPOTENCY_KEY_REUSED), None)
    if reused is None or isinstance(decided, OtherBody) or decided.replayed:
        return decided
    first = await read_row(deadline.left(), ledger, str(reused.allowed))
    return OtherBody(first if isinstance(first, StoredOrder) else None, named_by_key=True)


def _decided(command: PlaceOrder, stored: StoredOrder) -> Decided | OtherBody:
    if stored.fingerprint != command.fingerprint:
        return OtherBody(stored)
    # A client may repeat its X-Request-ID with the request, so the id alone does not prove who made the order.
    ours = stored.request_id == command.request_id and stored.received_at == command.received_at
    return Decided(stored, replayed=not ours)


async def _describe(order_id: str, gateway: OrderGateway, deadline: Deadline) -> OrderRun | NoSuchRun | NoAnswer:
    try:
        async with asyncio.timeout(deadline.left()):
            return await gateway.describe(order_id)
    except TimeoutError:
        return NoAnswer()
