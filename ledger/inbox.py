"""The inbox: every message of the trading stream is stored, word for word, before it is used for anything."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic_core import PydanticSerializationError
from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import AlertKind
from ledger.alerting import raise_alert
from ledger.json_columns import to_json
from ledger.tables import INBOX
from market.vocabulary import Side
from orders.evidence import EVIDENCE, Evidence

# The rows that were there before are told apart by their hash: the same key with other words is a contradiction. The
# same words under the same number are one message even where an older version of this service keyed it otherwise.
_STORE = text(
    """
    INSERT INTO inbox (connection_id, trading_date, key, sequence, raw, raw_hash, broker_account, request_ids,
                       broker_order_id, evidence, problem, symbol, side)
    SELECT CAST(:connection_id AS text), CAST(:trading_date AS date), key, sequence, raw, raw_hash, broker_account,
           string_to_array(request_ids, ','), broker_order_id, CAST(evidence AS jsonb), problem, symbol, side
    FROM unnest(
        CAST(:keys AS text[]), CAST(:sequences AS bigint[]), CAST(:raws AS bytea[]), CAST(:hashes AS bytea[]),
        CAST(:broker_accounts AS text[]), CAST(:request_ids AS text[]), CAST(:broker_order_ids AS text[]),
        CAST(:evidence AS text[]), CAST(:problems AS text[]), CAST(:symbols AS text[]), CAST(:sides AS text[])
    ) AS message (
        key, sequence, raw, raw_hash, broker_account, request_ids, broker_order_id, evidence, problem, symbol, side
    )
    WHERE NOT EXISTS (
        SELECT 1 FROM inbox known
        WHERE known.connection_id = CAST(:connection_id AS text) AND known.trading_date = CAST(:trading_date AS date)
          AND known.sequence = message.sequence AND known.raw_hash = message.raw_hash
    )
    ON CONFLICT (connection_id, trading_date, key) DO NOTHING
    RETURNING key
    """
)

_KNOWN = text(
    """
    SELECT key, raw_hash, order_id FROM inbox
    WHERE connection_id = :connection_id AND trading_date = :trading_date AND key = ANY(CAST(:keys AS text[]))
    """
)

# One number with two contents on one order: either the broker contradicts itself, or its count began anew.
_RENUMBERED = text(
    """
    SELECT fresh.key, fresh.sequence, fresh.broker_order_id, fresh.raw
    FROM inbox fresh
    WHERE fresh.connection_id = :connection_id AND fresh.trading_date = :trading_date
      AND fresh.key = ANY(CAST(:keys AS text[])) AND fresh.sequence > 0 AND fresh.broker_order_id <> ''
      AND EXISTS (
          SELECT 1 FROM inbox known
          WHERE known.connection_id = fresh.connection_id AND known.trading_date = fresh.trading_date
            AND known.sequence = fresh.sequence AND known.id <> fresh.id
            AND known.broker_account = fresh.broker_account AND known.broker_order_id = fresh.broker_order_id
      )
    """
)


@dataclass(frozen=True, slots=True)
class InboxMessage:
    """One message with all that can tell which order it is; `request_ids` in the order in which to try them.

    `evidence` is None for what says nothing about an order; `problem` says why a message was not understood, and a
    person is told once of each `problem_about`, which is the message itself where it is empty. `symbol` and `side` are
    empty and None where the message does not tell them: that fits every order.
    """

    raw: str
    key: str
    sequence: int | None = None
    account: str = ""
    request_ids: tuple[str, ...] = ()
    broker_order_id: str = ""
    evidence: Evidence | None = None
    problem: str = ""
    symbol: str = ""
    side: Side | None = None
    problem_about: str = ""


@dataclass(frozen=True, slots=True)
class Unrouted:
    """Evidence that belongs to no order we know, and since when the oldest of it waits."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class _Row:
    """A message in a form that PostgreSQL stores whatever the broker put in it."""

    message: InboxMessage
    raw: bytes
    digest: bytes
    evidence: str | None
    problem: str


async def store_raw(
    connection: AsyncConnection, connection_id: str, trading_date: date, messages: Sequence[InboxMessage]
) -> None:
    """Store the messages that are not there yet; other words under a known key raise an alert (LC-24).

    Other content under a known number of an order is kept too, since it may be a fill, and raises one as well.
    """
    if not messages:
        return
    rows = [_row(message) for message in messages]
    place = {"connection_id": connection_id, "trading_date": trading_date}
    stored = await connection.execute(_STORE, {**place, **_arrays(rows)})
    new = stored.scalars().all()
    if len(new) < len(rows):
        await _compare(connection, place, rows)
    fresh = set(new)
    await _tell_renumbered(connection, place, [row.message.key for row in rows if row.message.key in fresh])
    for row in rows:
        if row.problem and row.message.key in fresh:
            about = _plain(row.message.problem_about) or row.message.key
            key = f"unreadable:{connection_id}:{trading_date.isoformat()}:{about}"
            await raise_alert(connection, AlertKind.UNREADABLE_MESSAGE, key, row.problem, connection_id=connection_id)


async def cursor(connection: AsyncConnection, connection_id: str, trading_date: date) -> int:
    """The last sequence number of the day before the first gap, 0 before the first message.

    What lies beyond a gap is asked for again with it: messages are told apart by their keys. Where one number stands
    on two messages (each account has a count of its own, or the count began anew) no number says where to go on, and
    the whole day is asked for with 0.
    """
    of_the_day = (INBOX.c.connection_id == connection_id) & (INBOX.c.trading_date == trading_date)
    numbers = select(INBOX.c.sequence).where(of_the_day, INBOX.c.sequence > 0).group_by(INBOX.c.sequence)
    if (await connection.execute(numbers.having(func.count() > 1).limit(1))).first() is not None:
        return 0
    following = func.lead(INBOX.c.sequence).over(order_by=INBOX.c.sequence).label("following")
    numbered = select(INBOX.c.sequence, following).where(of_the_day, INBOX.c.sequence > 0).subquery()
    broken = or_(numbered.c.following.is_(None), numbered.c.following > numbered.c.sequence + 1)
    first_break = select(func.coalesce(func.min(numbered.c.sequence), 0)).where(broken)
    found: int = (await connection.execute(first_break)).scalar_one()
    return found


async def unrouted(connection: AsyncConnection, connection_id: str, trading_date: date) -> Unrouted:
    waiting = (
        (INBOX.c.connection_id == connection_id)
        & (INBOX.c.trading_date == trading_date)
        & INBOX.c.order_id.is_(None)
        & INBOX.c.evidence.is_not(None)
    )
    row = (await connection.execute(select(func.count(), func.min(INBOX.c.received_at)).where(waiting))).one()
    return Unrouted(row[0], row[1])


def _row(message: InboxMessage) -> _Row:
    raw = message.raw.encode("utf-8", "surrogatepass")
    evidence, problem = _storable(message)
    return _Row(message, raw, hashlib.sha256(raw).digest(), evidence, problem)


def _storable(message: InboxMessage) -> tuple[str | None, str]:
    """JSON of the evidence; words that no text column takes make the message unreadable, never the feed stop."""
    if message.evidence is None:
        return None, _plain(message.problem)
    try:
        evidence = to_json(EVIDENCE, message.evidence)
    except PydanticSerializationError as error:
        return None, f"its text is not Unicode: {error}"
    if "\\u0000" in evidence:
        return None, "its text has NUL characters"
    return evidence, _plain(message.problem)


def _plain(words: str) -> str:
    return words.encode("utf-8", "replace").decode().replace("\x00", "?")


def _arrays(rows: Sequence[_Row]) -> dict[str, list[object]]:
    return {
        "keys": [row.message.key for row in rows],
        "sequences": [row.message.sequence for row in rows],
        "raws": [row.raw for row in rows],
        "hashes": [row.digest for row in rows],
        "broker_accounts": [_plain(row.message.account) for row in rows],
        "request_ids": [_plain(",".join(filter(None, row.message.request_ids))) for row in rows],
        "broker_order_ids": [_plain(row.message.broker_order_id) for row in rows],
        "evidence": [row.evidence for row in rows],
        "problems": [row.problem for row in rows],
        "symbols": [_plain(row.message.symbol) for row in rows],
        "sides": ["" if row.message.side is None else row.message.side.value for row in rows],
    }


async def _compare(connection: AsyncConnection, place: dict[str, object], rows: Sequence[_Row]) -> None:
    keys = [row.message.key for row in rows]
    known = {row.key: row for row in await connection.execute(_KNOWN, {**place, "keys": keys})}
    for row in rows:
        before = known.get(row.message.key)
        if before is None or before.raw_hash == row.digest:
            continue
        key = f"contradiction:{place['connection_id']}:{place['trading_date']}:{row.message.key}:{row.digest.hex()}"
        words = f"Message {row.message.key} came again with other words: {_plain(row.message.raw)}"
        await raise_alert(
            connection,
            AlertKind.CONTRADICTING_MESSAGE,
            key,
            words,
            connection_id=str(place["connection_id"]),
            order_id=before.order_id,
        )


async def _tell_renumbered(connection: AsyncConnection, place: dict[str, object], keys: Sequence[str]) -> None:
    for row in await connection.execute(_RENUMBERED, {**place, "keys": list(keys)}):
        key = f"renumbered:{place['connection_id']}:{place['trading_date']}:{row.key}"
        words = _plain(bytes(row.raw).decode("utf-8", "replace"))
        told = f"Message {row.sequence} of order {row.broker_order_id} came with other content; both are kept: {words}"
        kind = AlertKind.CONTRADICTING_MESSAGE
        await raise_alert(connection, kind, key, told, connection_id=str(place["connection_id"]))
