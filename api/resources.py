"""What the endpoints work with, handed in once: ports, the token key and the limits of time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from api.clock import Clock
from api.grants import GrantsMemory
from api.ledger_port import LedgerReads
from api.order_gateway import OrderGateway
from market.vocabulary import Exchange
from risk.checks import Limits


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: `whole` bounds all that is done with one order from the request's arrival, `deciding` is kept back of it
    for the question what became of it; `view` bounds the query to a live order, `database` one read, `remembered` the
    read of grants that are remembered, `component` one health probe."""

    whole: float = 2.9  # what is promised is 3 seconds, and the answer must still be written
    deciding: float = 0.7
    view: float = 0.3
    database: float = 1.5
    remembered: float = 0.5
    component: float = 1.0


async def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Resources:
    """`start` and `stop` open and close what stands behind the ports."""

    ledger: LedgerReads
    gateway: OrderGateway
    clock: Clock
    secret_key: str = field(repr=False)
    algorithm: str
    default_market: Exchange = Exchange.HOSE
    limits: Limits = field(default_factory=lambda: Limits(maximum_order_quantity=1_000_000, maximum_positions=50))
    patience: Patience = Patience()
    grants: GrantsMemory = field(default_factory=GrantsMemory)
    start: Callable[[], Awaitable[None]] = _nothing
    stop: Callable[[], Awaitable[None]] = _nothing


# Asynchronous, though they wait for nothing: what is not goes through a thread, in each request.
async def resources_of(request: Request) -> Resources:
    resources: Resources = request.app.state.resources
    return resources


ResourcesOf = Annotated[Resources, Depends(resources_of)]


@dataclass(frozen=True, slots=True)
class Deadline:
    """When this request must have been answered, on the event loop's clock."""

    at: float

    def left(self, kept_back: float = 0.0) -> float:
        return max(0.0, self.at - kept_back - asyncio.get_running_loop().time())

    def within(self, seconds: float, kept_back: float = 0.0) -> float:
        """`seconds`, or what is left if that is less."""
        return min(seconds, self.left(kept_back))


async def deadline_of(request: Request, resources: ResourcesOf) -> Deadline:
    return Deadline(request.state.started + resources.patience.whole)


DeadlineOf = Annotated[Deadline, Depends(deadline_of)]
