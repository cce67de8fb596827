"""Requests to the broker: written down before they leave, so that only the caller who wrote one may send it.

Each attempt has a request id of its own, unique for its connection and trading date and never used again.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

from sqlalchemy import ColumnElement, and_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.acceptance import close_too_old
from ledger.booking import book_evidence, book_locked
from ledger.events import BROKER, HOUSE
from ledger.evidence_rows import recorded_as_folded, recorded_once
from ledger.one_statement import Change, write
from ledger.order_rows import LockedOrder, UnknownOrderError, lock_order
from ledger.steps import StoredEvidence
from ledger.tables import ATTEMPT, SEEN_REQUEST_ID
from market.terms import OrderTerms
from orders.evidence import Answer, RequestAnswered, RequestStarted
from orders.order import Action, Life, Order, Origin, RequestState
from orders.stored import StoredOrder, good_until

FIRST_REQUEST_ID = 10_000_000

# A cancel whose answer was lost may be repeated: it can only take away what is left (LC-43).
_CANCEL_MAY_GO = frozenset({RequestState.ASKED, RequestState.UNKNOWN})
_AMEND_MAY_GO = frozenset({RequestState.ASKED})

# Drawn in a transaction of its own, so that the counter's lock is not held while an order is booked; an id that is
# then not used is skipped.
_NEXT_REQUEST_ID = text(
    """
    INSERT INTO request_counter AS counter (connection_id, trading_date, last_request_id)
    SELECT connection_id, trading_date, :first FROM orders WHERE order_id = :order_id
    ON CONFLICT (connection_id, trading_date) DO UPDATE SET last_request_id = counter.last_request_id + 1
    RETURNING CAST(last_request_id AS text) AS request_id, EXISTS (
        SELECT 1 FROM seen_request_id seen
        WHERE seen.connection_id = counter.connection_id AND seen.trading_date = counter.trading_date
          AND seen.request_id = CAST(last_request_id AS text)
    ) AS seen
    """
)

_ATTEMPTED = """
    attempted AS (
        INSERT INTO attempt
        (connection_id, trading_date, request_id, order_id, action, intent_id, started_at, code, text)
        VALUES (
            CAST(:connection_id AS text), CAST(:trading_date AS date), CAST(:attempt_request_id AS text),
            CAST(:order_id AS text), CAST(:action AS text), CAST(:intent_id AS text), clock_timestamp(), '', ''
        )
    )
    """

_ANSWERED = """
    answered AS (
        UPDATE attempt SET answer = :answer, code = :code, text = :text, answered_at = clock_timestamp()
        WHERE connection_id = :connection_id AND trading_date = :trading_date AND request_id = :answered_request_id
          AND (answer IS NULL OR answer = :unknown)
    )
    """


class Refusal(StrEnum):
    """Why no request may be sent now."""

    CLOSED = "closed"
    ALREADY_SENT = "already_sent"
    CANCEL_ASKED = "cancel_asked"
    NOT_LIVE = "not_live"
    NO_BROKER_ORDER_ID = "no_broker_order_id"
    NOTHING_ASKED = "nothing_asked"
    ANOTHER_DAY = "another_day"
    TOO_OLD = "too_old"


@dataclass(frozen=True, slots=True)
class Attempt:
    """The right to send one request, once; given only to the caller whose own transaction wrote the attempt.

    `wanted` are the terms that an amendment would make of `terms`, of which `filled` shares have traded; with
    `sent_before`, an earlier attempt of the same intent may have arrived, so a refusal of this one proves nothing.
    """

    request_id: str
    broker_account: str
    broker_order_id: str
    terms: OrderTerms
    wanted: OrderTerms
    filled: int
    sent_before: bool = False


@dataclass(frozen=True, slots=True)
class AttemptTaken:
    """Somebody else has the attempt, or had it; `outcome_known` tells whether its answer is stored."""

    request_id: str
    outcome_known: bool


@dataclass(frozen=True, slots=True)
class MayNotSend:
    reason: Refusal


AttemptOutcome = Attempt | AttemptTaken | MayNotSend


async def next_request_id(connection: AsyncConnection, order_id: str) -> str:
    """The next request id of the order's connection and day that nobody has used. Raises `UnknownOrderError`."""
    while True:
        row = (
            await connection.execute(_NEXT_REQUEST_ID, {"order_id": order_id, "first": FIRST_REQUEST_ID})
        ).one_or_none()
        if row is None:
            raise UnknownOrderError(order_id)
        if not row.seen:
            request_id: str = row.request_id
            return request_id


async def start_attempt(
    connection: AsyncConnection,
    request_id: str,
    order_id: str,
    action: Action,
    intent_id: str,
    today: date,
    wall_now: datetime,
) -> AttemptOutcome:
    """Write the attempt under `request_id`, if what is booked allows another one (I4); `today` is the broker's day."""
    locked = await lock_order(connection, order_id)
    locked = LockedOrder(await book_locked(connection, locked), locked.account)
    order = locked.stored.order
    refusal = _refusal(order, action, intent_id)
    if refusal is None and action is Action.SUBMIT and (why := _too_old(locked.stored, today, wall_now)):
        await close_too_old(connection, locked, why)
        return MayNotSend(Refusal.TOO_OLD)
    if refusal is None and order.trading_date != today:
        refusal = Refusal.ANOTHER_DAY  # the request would get an id that another request of that day has
    if refusal is not None:
        taken = await _last_attempt(connection, order_id, action, intent_id)
        return taken or MayNotSend(refusal)
    sent_before = await _may_have_arrived(connection, order, action, intent_id)
    await _write_attempt(connection, locked, RequestStarted(action, request_id, intent_id), wall_now)
    wanted = order.terms if order.open_amend is None else order.open_amend.wanted(order.terms)
    return Attempt(
        request_id,
        locked.account.broker_account,
        order.broker_order_id,
        order.terms,
        wanted,
        order.filled,
        sent_before,
    )


async def finish_attempt(
    connection: AsyncConnection, request_id: str, order_id: str, answered: RequestAnswered
) -> StoredOrder:
    """Store the answer to a request, the first one for good, and book it."""
    locked = await lock_order(connection, order_id)
    order = locked.stored.order
    connection_id = locked.account.connection_id
    key = f"{attempt_key(connection_id, order.trading_date, request_id)}:answer"
    await write(
        connection,
        _answer(connection_id, order.trading_date, answered),
        recorded_once(order_id, key, answered, BROKER),
    )
    return await book_locked(connection, locked)


async def give_up_attempts(connection: AsyncConnection, order_id: str) -> StoredOrder:
    """Whoever was sending is gone: requests still on their way become unknown until their answer or other proof."""
    locked = await lock_order(connection, order_id)
    stored = await book_locked(connection, locked)
    for request in stored.order.requests:
        if request.state is RequestState.SENDING:
            key = attempt_key(locked.account.connection_id, stored.order.trading_date, request.request_id)
            gone = RequestAnswered(request.request_id, Answer.UNKNOWN, text="the sender ended without an answer")
            await write(
                connection,
                _answer(locked.account.connection_id, stored.order.trading_date, gone),
                recorded_once(order_id, f"{key}:given_up", gone, HOUSE),
            )
    return await book_locked(connection, LockedOrder(stored, locked.account))


def _answer(connection_id: str, trading_date: date, answered: RequestAnswered) -> Change:
    """A note on the attempt how it ended; a real answer replaces our own word that none came."""
    return Change(
        _ANSWERED,
        {
            "connection_id": connection_id,
            "trading_date": trading_date,
            "answered_request_id": answered.request_id,
            "answer": answered.answer.value,
            "code": answered.code,
            "text": answered.text,
            "unknown": Answer.UNKNOWN.value,
        },
    )


async def saw_request_ids(
    connection: AsyncConnection, connection_id: str, trading_date: date, request_ids: frozenset[str]
) -> None:
    """Note ids found at the broker, so that the counter skips them; ids of our own attempts change nothing."""
    rows = [
        {"connection_id": connection_id, "trading_date": trading_date, "request_id": request_id}
        for request_id in sorted(request_ids)
    ]
    if rows:
        await connection.execute(insert(SEEN_REQUEST_ID).values(rows).on_conflict_do_nothing())


def attempt_key(connection_id: str, trading_date: date, request_id: str) -> str:
    return f"attempt:{trading_date.isoformat()}:{connection_id}:{request_id}"


def _too_old(stored: StoredOrder, today: date, wall_now: datetime) -> str:
    if stored.order.trading_date < today:
        return "its trading date is over"
    if wall_now > good_until(stored):
        return f"could first be sent at {wall_now.isoformat()}, after {good_until(stored).isoformat()}"
    return ""


def _refusal(order: Order, action: Action, intent_id: str) -> Refusal | None:
    if order.life is Life.CLOSED:
        return Refusal.CLOSED
    match action:
        case Action.SUBMIT:
            if order.life is not Life.UNSENT or order.origin is Origin.EXTERNAL:
                return Refusal.ALREADY_SENT
            return Refusal.CANCEL_ASKED if order.open_cancel is not None else None
        case Action.CANCEL | Action.AMEND:
            return _refusal_of_change(order, action, intent_id)
        case _:
            assert_never(action)


def _refusal_of_change(order: Order, action: Action, intent_id: str) -> Refusal | None:
    asked = next((r for r in order.requests if r.intent_id == intent_id and r.action is action and r.open), None)
    if asked is None:
        return Refusal.NOTHING_ASKED
    if asked.state not in (_CANCEL_MAY_GO if action is Action.CANCEL else _AMEND_MAY_GO):
        return Refusal.ALREADY_SENT
    if order.life is not Life.LIVE:
        return Refusal.NOT_LIVE
    return None if order.broker_order_id else Refusal.NO_BROKER_ORDER_ID


async def _last_attempt(
    connection: AsyncConnection, order_id: str, action: Action, intent_id: str
) -> AttemptTaken | None:
    same = _same_intent(order_id, action, intent_id)
    last = select(ATTEMPT.c.request_id, ATTEMPT.c.answer).where(same).order_by(ATTEMPT.c.started_at.desc()).limit(1)
    row = (await connection.execute(last)).one_or_none()
    return None if row is None else AttemptTaken(row.request_id, row.answer is not None)


async def _may_have_arrived(connection: AsyncConnection, order: Order, action: Action, intent_id: str) -> bool:
    if action is Action.SUBMIT and order.last_submit is None:
        return False  # the first send of an order, which is in a hurry
    unproven = ATTEMPT.c.answer.is_(None) | (ATTEMPT.c.answer == Answer.UNKNOWN.value)
    earlier = select(ATTEMPT.c.request_id).where(_same_intent(order.order_id, action, intent_id), unproven).limit(1)
    return (await connection.execute(earlier)).one_or_none() is not None


def _same_intent(order_id: str, action: Action, intent_id: str) -> ColumnElement[bool]:
    return and_(ATTEMPT.c.order_id == order_id, ATTEMPT.c.action == action.value, ATTEMPT.c.intent_id == intent_id)


async def _write_attempt(
    connection: AsyncConnection, locked: LockedOrder, started: RequestStarted, wall_now: datetime
) -> None:
    account, stored = locked.account, locked.stored
    order = stored.order
    attempt = {
        "connection_id": account.connection_id,
        "trading_date": order.trading_date,
        "attempt_request_id": started.request_id,
        "order_id": order.order_id,
        "action": started.action.value,
        "intent_id": started.intent_id,
    }
    key = f"{attempt_key(account.connection_id, order.trading_date, started.request_id)}:start"
    evidence = StoredEvidence(None, key, started, HOUSE, None, wall_now)
    recorded = recorded_as_folded(order.order_id, evidence, stored.version + 1)
    await book_evidence(connection, stored, (evidence,), Change(_ATTEMPTED, attempt), recorded)
