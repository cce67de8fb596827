"""The ledger's own proofs: it sums to zero, agrees with itself, and folds to the same orders again (I2, I3, I5)."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.evidence_rows import applied
from ledger.order_rows import UnknownOrderError, load_order
from ledger.steps import fold
from orders.order import Order

# Each branch compares two ways to know one number; a row is a disagreement.
_TRIAL_BALANCE = text(
    """
    SELECT 'transaction sums to zero' AS rule, entry.transaction_id || '/' || account.asset AS place,
           0 AS expected, sum(entry.amount)::bigint AS found
    FROM ledger_entry entry JOIN ledger_account account ON account.id = entry.ledger_account_id
    GROUP BY entry.transaction_id, account.asset HAVING sum(entry.amount) <> 0
    UNION ALL
    SELECT 'asset sums to zero', asset, 0, sum(balance)::bigint
    FROM ledger_account GROUP BY asset HAVING sum(balance) <> 0
    UNION ALL
    SELECT 'balance is the sum of its entries', account.id, COALESCE(sum(entry.amount), 0)::bigint, account.balance
    FROM ledger_account account LEFT JOIN ledger_entry entry ON entry.ledger_account_id = account.id
    GROUP BY account.id HAVING account.balance <> COALESCE(sum(entry.amount), 0)
    UNION ALL
    SELECT 'held is what open orders need', COALESCE(held.id, needed.id), COALESCE(needed.amount, 0),
           COALESCE(held.balance, 0)
    FROM (SELECT * FROM ledger_account WHERE bucket = 'held') held
    FULL JOIN (
        SELECT account_id || '/held/cash:VND' AS id, sum(held_cash)::bigint AS amount FROM orders GROUP BY account_id
        UNION ALL
        SELECT account_id || '/held/' || symbol, sum(held_shares)::bigint FROM orders GROUP BY account_id, symbol
    ) needed ON needed.id = held.id
    WHERE COALESCE(held.balance, 0) <> COALESCE(needed.amount, 0)
    UNION ALL
    SELECT 'position is the sum of its buckets', COALESCE(owned.id, position.account_id || '/' || position.symbol),
           COALESCE(owned.shares, 0), COALESCE(position.quantity, 0)
    FROM (
        SELECT account_id || '/' || asset AS id, sum(balance)::bigint AS shares FROM ledger_account
        WHERE asset <> 'cash:VND' AND bucket IN ('available', 'held', 'pending', 'shortfall')
        GROUP BY account_id, asset
    ) owned
    FULL JOIN position ON owned.id = position.account_id || '/' || position.symbol
    WHERE COALESCE(owned.shares, 0) <> COALESCE(position.quantity, 0)
    """
)


@dataclass(frozen=True, slots=True)
class Imbalance:
    """A broken `rule` at `place` (a transaction, a ledger account or a position): VND or shares."""

    rule: str
    place: str
    expected: int
    found: int


async def trial_balance(connection: AsyncConnection) -> tuple[Imbalance, ...]:
    """Everything that does not add up; empty when the ledger is sound (I5)."""
    rows = await connection.execute(_TRIAL_BALANCE)
    return tuple(Imbalance(row.rule, row.place, row.expected, row.found) for row in rows)


async def refold(connection: AsyncConnection, order_id: str) -> Order:
    """The order as its stored evidence makes it, folded from the start again (I3). Raises `UnknownOrderError`."""
    stored = await load_order(connection, order_id)
    if stored is None:
        raise UnknownOrderError(order_id)
    steps = fold(stored.order.as_placed, 0, await applied(connection, order_id))
    return steps[-1].after if steps else stored.order.as_placed
