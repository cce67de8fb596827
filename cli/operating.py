"""What an operator decides about one order, written down with a name and a reason."""

import asyncio

from temporalio.client import Client

from activities.announcing import OrderAnnouncer
from cli.configuration import command_settings
from cli.stack_database import stack_database_url
from ledger.database import open_engine
from ledger.ledger import Ledger
from local.failure import CannotRun
from local.ports import LOOPBACK
from orders.evidence import ClosedHere
from orders.order import CloseReason, Life
from orders.status import status
from settings import Settings
from workflows.payloads import DATA_CONVERTER


def close_unknown(order_id: str, user: str, reason: str) -> str:
    """Close an order that nobody has found at the broker; returns its status. Raises `CannotRun` for any other."""
    if not reason.strip():
        raise CannotRun("--reason is empty: say how it is known that the broker does not have the order")
    return asyncio.run(_close_unknown(command_settings(), order_id, user, reason.strip()))


async def _close_unknown(settings: Settings, order_id: str, user: str, reason: str) -> str:
    engine = open_engine(stack_database_url(settings))
    try:
        ledger = Ledger(engine)
        stored = await ledger.load(order_id)
        if stored is None:
            raise CannotRun(f"there is no order {order_id}")
        if stored.order.life is not Life.UNKNOWN:
            now = status(stored.order).value
            raise CannotRun(f"order {order_id} is {now}: only one that is unknown at the broker can be closed by hand")
        closed = ClosedHere(CloseReason.NOT_RECEIVED, f"{user}: {reason}")
        await ledger.record(order_id, f"operator:{order_id}", closed, f"operator {user}")
        booked = await ledger.book(order_id)
        await OrderAnnouncer(await _temporal(settings)).evidence(booked, f"closed by {user}")
        return status(booked.order).value
    finally:
        await engine.dispose()


async def _temporal(settings: Settings) -> Client:
    address = settings.temporal_address or f"{LOOPBACK}:{settings.temporal_port}"
    return await Client.connect(address, namespace=settings.temporal_namespace, data_converter=DATA_CONVERTER)
