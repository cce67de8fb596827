"""Orders of ours by the ids that the broker gave them."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.order_rows import STORED_COLUMNS, stored_of
from ledger.tables import BROKER_ORDER_LINK, ORDERS
from orders.order import Order


async def orders_at_broker(
    connection: AsyncConnection, connection_id: str, trading_date: date, broker_order_ids: Collection[str]
) -> dict[str, Order]:
    """The booked order of each broker order id that is known to be ours."""
    link = BROKER_ORDER_LINK
    known = (
        select(link.c.broker_order_id, *STORED_COLUMNS)
        .select_from(link.join(ORDERS, ORDERS.c.order_id == link.c.order_id))
        .where(
            link.c.connection_id == connection_id,
            link.c.trading_date == trading_date,
            link.c.broker_order_id.in_(broker_order_ids),
        )
    )
    rows = await connection.execute(known)
    return {row.broker_order_id: stored_of(row).order for row in rows}
