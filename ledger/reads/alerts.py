"""Alerts that a person must look at."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import AlertKind
from ledger.tables import ACCOUNT_ALERT


@dataclass(frozen=True, slots=True)
class Alert:
    """`key` names the fact behind it; account, connection and order are None where they are not concerned."""

    key: str
    kind: AlertKind
    account_id: str | None
    connection_id: str | None
    order_id: str | None
    text: str
    raised_at: datetime


async def alerts(
    connection: AsyncConnection, limit: int = 100, account_ids: Collection[str] | None = None
) -> tuple[Alert, ...]:
    """The newest alerts first; with `account_ids` none that is about another account."""
    newest = select(ACCOUNT_ALERT).order_by(ACCOUNT_ALERT.c.id.desc()).limit(limit)
    if account_ids is not None:
        own = ACCOUNT_ALERT.c.account_id.in_(account_ids)
        newest = newest.where(own | ACCOUNT_ALERT.c.account_id.is_(None))
    return tuple(
        Alert(
            key=row.key,
            kind=AlertKind(row.kind),
            account_id=row.account_id,
            connection_id=row.connection_id,
            order_id=row.order_id,
            text=row.text,
            raised_at=row.raised_at,
        )
        for row in await connection.execute(newest)
    )
