"""A caller's `Idempotency-Key` names one request for good: the first one that gets a verdict under it (API-02).

It is written in the transaction of that verdict, so that of two requests at once only one can have it.
"""

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.order_rows import select_stored, stored_of
from ledger.tables import IDEMPOTENCY_KEY, ORDERS
from market.violations import Violation
from orders.commands import PlaceOrder
from orders.identity import key_reused
from orders.stored import StoredOrder


async def key_violations(connection: AsyncConnection, command: PlaceOrder) -> tuple[Violation, ...]:
    """Take the command's key for its order; the broken rule when another order has it.

    An insert that meets one which is not yet committed waits for its end.
    """
    if not command.idempotency_key:
        return ()
    taken = insert(IDEMPOTENCY_KEY).values(caller=command.user, key=command.idempotency_key, order_id=command.order_id)
    await connection.execute(taken.on_conflict_do_nothing())
    owner = select(IDEMPOTENCY_KEY.c.order_id).where(_named(command.user, command.idempotency_key))
    order_id: str = (await connection.execute(owner)).scalar_one()
    return () if order_id == command.order_id else (key_reused(order_id),)


async def order_of_key(connection: AsyncConnection, user: str, key: str) -> StoredOrder | None:
    """The order that the user's request under `key` has made."""
    made = select_stored().join(IDEMPOTENCY_KEY, IDEMPOTENCY_KEY.c.order_id == ORDERS.c.order_id)
    row = (await connection.execute(made.where(_named(user, key)))).one_or_none()
    return None if row is None else stored_of(row)


def _named(user: str, key: str) -> ColumnElement[bool]:
    return (IDEMPOTENCY_KEY.c.caller == user) & (IDEMPOTENCY_KEY.c.key == key)
