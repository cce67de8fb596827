"""Evidence as recorded: written once under its key, folded once, kept for ever."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.json_columns import to_json
from ledger.steps import StoredEvidence
from ledger.tables import ORDER_EVIDENCE
from orders.evidence import EVIDENCE, Evidence

_COLUMNS = (
    ORDER_EVIDENCE.c.id,
    ORDER_EVIDENCE.c.key,
    ORDER_EVIDENCE.c.evidence,
    ORDER_EVIDENCE.c.source,
    ORDER_EVIDENCE.c.raw_hash,
    ORDER_EVIDENCE.c.recorded_at,
)


async def record(
    connection: AsyncConnection,
    order_id: str,
    key: str,
    evidence: Evidence,
    source: str,
    *,
    applied_version: int | None = None,
) -> tuple[StoredEvidence, ...]:
    """Store `evidence` unless the order has some under `key` already: the first word under a key stands.

    Returns what was stored, ready to be folded; nothing when the key was there.
    """
    row = {
        "order_id": order_id,
        "key": key,
        "evidence": to_json(EVIDENCE, evidence),
        "source": source,
        "applied_version": applied_version,
    }
    stored = insert(ORDER_EVIDENCE).values(row).on_conflict_do_nothing().returning(*_COLUMNS)
    return tuple(_evidence_of(written) for written in await connection.execute(stored))


async def unapplied(connection: AsyncConnection, order_id: str) -> tuple[StoredEvidence, ...]:
    """What is recorded and not folded yet; the order must be locked by an earlier statement."""
    waiting = (
        select(*_COLUMNS)
        .where(ORDER_EVIDENCE.c.order_id == order_id, ORDER_EVIDENCE.c.applied_version.is_(None))
        .order_by(ORDER_EVIDENCE.c.id)
    )
    return tuple(_evidence_of(row) for row in await connection.execute(waiting))


async def applied(connection: AsyncConnection, order_id: str) -> tuple[StoredEvidence, ...]:
    """Everything folded so far in the order in which it was: ids are drawn before commit and may overtake it."""
    folded = (
        select(*_COLUMNS)
        .where(ORDER_EVIDENCE.c.order_id == order_id, ORDER_EVIDENCE.c.applied_version.is_not(None))
        .order_by(ORDER_EVIDENCE.c.applied_version)
    )
    return tuple(_evidence_of(row) for row in await connection.execute(folded))


def _evidence_of(row: Any) -> StoredEvidence:
    evidence = EVIDENCE.validate_json(row.evidence)
    return StoredEvidence(row.id, row.key, evidence, row.source, row.raw_hash, row.recorded_at)
