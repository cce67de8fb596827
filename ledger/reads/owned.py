"""What an account owns in all, to be compared with what the broker says it owns (LC-99)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.postings import CASH

# One statement, so that nothing is booked between the figures and the question whether something is on its way.
_OWNED = text(
    """
    SELECT (
        SELECT jsonb_object_agg(asset, amount) FROM (
            SELECT asset, sum(balance)::bigint AS amount FROM ledger_account
            WHERE account_id = account.id AND bucket IN ('available', 'held', 'pending', 'shortfall')
            GROUP BY asset
        ) AS assets
    ) AS amounts,
    EXISTS (
        SELECT 1 FROM orders WHERE account_id = account.id AND life IN ('sending', 'unknown', 'live')
          AND trading_date >= :today
    ) OR EXISTS (
        SELECT 1 FROM order_evidence JOIN orders ON orders.order_id = order_evidence.order_id
        WHERE orders.account_id = account.id AND order_evidence.applied_version IS NULL
          AND orders.trading_date >= :today
    ) OR EXISTS (
        SELECT 1 FROM inbox
        WHERE inbox.connection_id = account.connection_id AND inbox.order_id IS NULL AND inbox.evidence IS NOT NULL
          AND inbox.broker_account IN ('', account.broker_account)
          AND inbox.received_at > clock_timestamp() - interval '1 minute'
    ) AS in_flight
    FROM account WHERE account.id = :account_id
    """
)


@dataclass(frozen=True, slots=True)
class Owned:
    """VND with what is held and what sales will bring, and shares by symbol with those not settled yet.

    `in_flight`: something may be on its way that the broker has counted and we have not, or the other way round.
    Nothing of an order of an earlier trading date is: one that never ends would stop the comparison for good.
    """

    cash: int
    shares: Mapping[str, int]
    in_flight: bool


async def owned(connection: AsyncConnection, account_id: str, today: date) -> Owned:
    row = (await connection.execute(_OWNED, {"account_id": account_id, "today": today})).one()
    amounts: dict[str, int] = row.amounts or {}
    shares = {asset: amount for asset, amount in amounts.items() if asset != CASH and amount}
    return Owned(amounts.get(CASH, 0), shares, row.in_flight)
