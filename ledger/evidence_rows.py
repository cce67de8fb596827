"""Evidence as recorded: written once under its key, folded once, kept for ever."""

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.json_columns import to_json
from ledger.one_statement import Change, write
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

_UNAPPLIED = (
    select(*_COLUMNS)
    .where(ORDER_EVIDENCE.c.order_id == bindparam("order_id"), ORDER_EVIDENCE.c.applied_version.is_(None))
    .order_by(ORDER_EVIDENCE.c.id)
)
_RECORDED = """
    recorded AS (
        INSERT INTO order_evidence (order_id, key, evidence, source, recorded_at, applied_version)
        VALUES (
            CAST(:order_id AS text), CAST(:evidence_key AS text), CAST(:evidence AS jsonb),
            CAST(:evidence_source AS text), CAST(:recorded_at AS timestamptz), CAST(:applied_version AS integer)
        )
    )
    """

_RECORDED_ONCE = """
    recorded AS (
        INSERT INTO order_evidence (order_id, key, evidence, source)
        VALUES (:order_id, :evidence_key, CAST(:evidence AS jsonb), :evidence_source)
        ON CONFLICT DO NOTHING
    )
    """


async def record(connection: AsyncConnection, order_id: str, key: str, evidence: Evidence, source: str) -> None:
    """Store `evidence` unless the order has some under `key` already: the first word under a key stands."""
    await write(connection, recorded_once(order_id, key, evidence, source))


def recorded_once(order_id: str, key: str, evidence: Evidence, source: str) -> Change:
    """`evidence`, unless the order has some under `key` already; it is folded by the next booking."""
    return Change(
        _RECORDED_ONCE,
        {
            "order_id": order_id,
            "evidence_key": key,
            "evidence": to_json(EVIDENCE, evidence),
            "evidence_source": source,
        },
    )


def recorded_as_folded(order_id: str, evidence: StoredEvidence, version: int) -> Change:
    """Evidence of our own under a key that nobody can have used, written in the statement that writes its effect."""
    return Change(
        _RECORDED,
        {
            "order_id": order_id,
            "evidence_key": evidence.key,
            "evidence": to_json(EVIDENCE, evidence.evidence),
            "evidence_source": evidence.source,
            "recorded_at": evidence.recorded_at,
            "applied_version": version,
        },
    )


async def unapplied(connection: AsyncConnection, order_id: str) -> tuple[StoredEvidence, ...]:
    """What is recorded and not folded yet; the order must be locked by an earlier statement."""
    return tuple(_evidence_of(row) for row in await connection.execute(_UNAPPLIED, {"order_id": order_id}))


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
