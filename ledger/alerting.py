"""Raising what a person must look at: about the market, a broker connection or an account."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import AlertKind
from ledger.tables import ACCOUNT_ALERT


async def raise_market_alert(connection: AsyncConnection, kind: AlertKind, key: str, text: str) -> bool:
    """Raise an alert under the name of its fact; False when that fact has been raised before, whose words stand."""
    raised = insert(ACCOUNT_ALERT).values(key=key, kind=kind.value, text=text).on_conflict_do_nothing()
    return (await connection.execute(raised.returning(ACCOUNT_ALERT.c.id))).first() is not None


async def raise_connection_alert(
    connection: AsyncConnection, connection_id: str, kind: AlertKind, key: str, text: str
) -> bool:
    """Raise an alert about one broker connection; False when its fact has been raised before."""
    values = {"key": key, "kind": kind.value, "connection_id": connection_id, "text": text}
    raised = insert(ACCOUNT_ALERT).values(values).on_conflict_do_nothing()
    return (await connection.execute(raised.returning(ACCOUNT_ALERT.c.id))).first() is not None


async def raise_account_alert(
    connection: AsyncConnection, account_id: str, kind: AlertKind, key: str, text: str, order_id: str | None = None
) -> bool:
    """Raise an alert about one account, or an order of it; False when its fact has been raised before."""
    values = {"key": key, "kind": kind.value, "account_id": account_id, "order_id": order_id, "text": text}
    raised = insert(ACCOUNT_ALERT).values(values).on_conflict_do_nothing()
    return (await connection.execute(raised.returning(ACCOUNT_ALERT.c.id))).first() is not None
