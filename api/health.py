"""Whether this process lives, and whether everything it needs is there. No token is asked for."""

import asyncio
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.answers import answer
from api.ledger_port import DatabaseUnavailable, LedgerReads, within
from api.resources import Resources, ResourcesOf
from ledger.accounts import Account
from market.broker_day import broker_day

router = APIRouter(prefix="/health", tags=["health"])


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class ComponentName(StrEnum):
    DATABASE = "database"
    TEMPORAL = "temporal"
    MARKET_CLOCK = "market_clock"
    INSTRUMENTS = "instruments"
    ACCOUNTS = "accounts"


class Component(BaseModel):
    name: ComponentName
    ready: bool
    detail: str


class Readiness(BaseModel):
    """503 while anything is missing; `components` says what."""

    ready: bool
    components: list[Component]


@router.get("", response_model=Health, summary="The service is up")
async def health() -> Response:
    return answer(Health())


@router.get("/live", response_model=Health, summary="The process lives")
async def live() -> Response:
    """Depends on nothing outside the process."""
    return answer(Health())


@router.get(
    "/ready",
    response_model=Readiness,
    summary="Orders can be taken",
    responses={503: {"model": Readiness, "description": "Something is missing."}},
)
async def ready(resources: ResourcesOf) -> Response:
    components = await asyncio.gather(
        _database(resources), _temporal(resources), _instruments(resources), _accounts(resources)
    )
    found = Readiness(ready=all(component.ready for component in components), components=list(components))
    return answer(found, 200 if found.ready else 503)


async def _database(resources: Resources) -> Component:
    try:
        await within(resources.patience.component, resources.ledger.ping())
    except DatabaseUnavailable:
        return _no_database(ComponentName.DATABASE)
    return Component(name=ComponentName.DATABASE, ready=True, detail="answers")


async def _temporal(resources: Resources) -> Component:
    try:
        async with asyncio.timeout(resources.patience.component):
            is_ready = await resources.gateway.is_ready()
    except TimeoutError:
        is_ready = False
    return Component(name=ComponentName.TEMPORAL, ready=is_ready, detail="answers" if is_ready else "does not answer")


async def _instruments(resources: Resources) -> Component:
    """The broker's day decides: over a weekend the service is ready with Friday's instruments."""
    clock = await resources.clock.read()
    if clock is None:
        return Component(name=ComponentName.MARKET_CLOCK, ready=False, detail="does not answer")
    try:
        calendar = await within(resources.patience.component, resources.ledger.calendar())
        day = broker_day(clock.at(datetime.now(UTC)), calendar)
        count = await within(resources.patience.component, resources.ledger.instruments_loaded(day))
    except DatabaseUnavailable:
        return _no_database(ComponentName.INSTRUMENTS)
    return Component(name=ComponentName.INSTRUMENTS, ready=count > 0, detail=f"{count} loaded for {day}")


async def _accounts(resources: Resources) -> Component:
    """One that the broker does not know, or says nothing of, keeps the others from nothing."""
    try:
        known = await within(resources.patience.component, _known_accounts(resources.ledger))
    except DatabaseUnavailable:
        return _no_database(ComponentName.ACCOUNTS)
    waiting = [account.account_id for account in known if not account.opened]
    detail = f"{len(known) - len(waiting)} of {len(known)} opened with the broker's balances"
    if waiting:
        detail += f"; not yet: {', '.join(waiting)}"
    return Component(name=ComponentName.ACCOUNTS, ready=len(waiting) < len(known), detail=detail)


async def _known_accounts(ledger: LedgerReads) -> list[Account]:
    connections = await ledger.connections()
    return [account for connection in connections for account in await ledger.accounts_of(connection.connection_id)]


def _no_database(name: ComponentName) -> Component:
    return Component(name=name, ready=False, detail="the database does not answer")
