"""The broker's words as rows for the inbox: stream messages as they came, news from a book under its digest."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import assert_never

from broker.port import Book, BookRow, BrokerMessage, Irrelevant, NotUnderstood, OddRow, Reading
from ledger.inbox import InboxMessage
from orders.evidence import EVIDENCE, BrokerReport, RequestFailed
from orders.folding import apply
from orders.order import Order


def from_stream(raw: str, reading: Reading) -> InboxMessage:
    """A stream message with what could be understood of it; nothing is dropped."""
    match reading:
        case BrokerMessage():
            return InboxMessage(
                raw=raw,
                key=reading.key,
                sequence=reading.sequence,
                account=reading.account,
                request_ids=reading.request_ids,
                broker_order_id=reading.broker_order_id,
                evidence=reading.fact,
                problem="",
                symbol=reading.symbol,
                side=reading.side,
            )
        case Irrelevant():
            return _without_order(raw, reading.key, reading.sequence, "")
        case NotUnderstood():
            return _without_order(raw, reading.key, reading.sequence, reading.reason)
        case _:
            assert_never(reading)


def from_book(book: Book, booked: Mapping[str, Order]) -> tuple[InboxMessage, ...]:
    """What the book tells beyond what is `booked` (by broker order id): a look that finds nothing new wakes nobody."""
    news = (message for row in book.rows for message in _news(row, booked.get(row.broker_order_id)))
    return (*news, *(_odd(row) for row in book.odd))


def _news(row: BookRow, booked: Order | None) -> Iterable[InboxMessage]:
    facts: tuple[BrokerReport | RequestFailed | None, ...] = (row.report, row.failed)
    for fact in facts:
        if fact is None or (booked is not None and apply(booked, fact) == booked):
            continue
        raw = EVIDENCE.dump_json(fact).decode()
        yield InboxMessage(
            raw=raw,
            key=f"book:{hashlib.sha256(raw.encode()).hexdigest()}",
            sequence=None,
            account=row.account,
            request_ids=(fact.request_id,) if fact.request_id else (),
            broker_order_id=row.broker_order_id,
            evidence=fact,
            problem="",
            symbol=row.terms.symbol if row.terms is not None else "",
            side=row.terms.side if row.terms is not None else None,
        )


def _odd(row: OddRow) -> InboxMessage:
    """Kept as it came; a person is told once of each order that is shown so."""
    digest = hashlib.sha256(row.raw.encode()).hexdigest()
    order = row.broker_order_id or row.request_id
    named = f"Order {order}" if order else "An order without a readable id"
    return InboxMessage(
        raw=row.raw,
        key=f"odd:{row.account}:{digest}",
        account=row.account,
        broker_order_id=row.broker_order_id,
        problem=f"{named} in the broker's book of account {row.account} cannot be read: {row.reason}",
        problem_about=f"odd:{row.account}:{order}",
    )


def _without_order(raw: str, key: str, sequence: int | None, problem: str) -> InboxMessage:
    return InboxMessage(raw, key, sequence, "", (), "", None, problem)
