"""The history of a position, read back to work it out anew."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.costs import Holding
from ledger.recosting import Line
from ledger.tables import ORDERS, POSITION_CHANGE
from market.vocabulary import Side


async def lines_of(connection: AsyncConnection, account_id: str, symbol: str) -> tuple[Line, ...]:
    """Every change of the position, the first one first; the account must be locked."""
    own = (POSITION_CHANGE.c.account_id == account_id) & (POSITION_CHANGE.c.symbol == symbol)
    columns = (
        POSITION_CHANGE.c.order_id,
        POSITION_CHANGE.c.quantity,
        POSITION_CHANGE.c.cost_total,
        POSITION_CHANGE.c.realized_pnl,
        ORDERS.c.side,
    )
    joined = POSITION_CHANGE.outerjoin(ORDERS, ORDERS.c.order_id == POSITION_CHANGE.c.order_id)
    rows = await connection.execute(select(*columns).select_from(joined).where(own).order_by(POSITION_CHANGE.c.id))
    return tuple(
        Line(
            row.order_id,
            None if row.side is None else Side(row.side),
            Holding(row.quantity, row.cost_total, row.realized_pnl),
        )
        for row in rows
    )
