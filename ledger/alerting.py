"""Raising what a person must look at: about the market, a broker connection, an account or one of its orders."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import AlertKind
from ledger.tables import ACCOUNT_ALERT


async def raise_alert(
    connection: AsyncConnection,
    kind: AlertKind,
    key: str,
    text: str,
    *,
    account_id: str | None = None,
    connection_id: str | None = None,
    order_id: str | None = None,
) -> bool:
    """Raise an alert under the name of its fact; False when that fact has been raised before, whose words stand.

    What it is about is left out where it is not concerned; an alert about nothing of them is about the market.
    """
    values = {
        "key": key,
        "kind": kind.value,
        "account_id": account_id,
        "connection_id": connection_id,
        "order_id": order_id,
        "text": text,
    }
    raised = insert(ACCOUNT_ALERT).values(values).on_conflict_do_nothing()
    return (await connection.execute(raised.returning(ACCOUNT_ALERT.c.id))).first() is not None
