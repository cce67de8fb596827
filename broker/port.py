"""The broker in our own words: requests, typed outcomes, messages as evidence. No word of SSI's wire.

An outcome is a value and never an exception; what cannot be proven is `Unknown`.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from market.instrument import Instrument
from market.terms import OrderTerms
from orders.evidence import BrokerReport, Match, RequestFailed


@dataclass(frozen=True, slots=True)
class SubmitRequest:
    """One attempt to place an order for the account with this number at the broker; `request_id` is unique for its
    connection and trading date."""

    account: str
    request_id: str
    terms: OrderTerms


@dataclass(frozen=True, slots=True)
class CancelRequest:
    account: str
    request_id: str
    broker_order_id: str
    terms: OrderTerms


@dataclass(frozen=True, slots=True)
class Accepted:
    """The broker has the request; what becomes of it arrives on the stream."""


@dataclass(frozen=True, slots=True)
class Refused:
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """Proven: not one byte of the request can have reached the broker."""

    text: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The request may or may not have arrived."""

    text: str


Outcome = Accepted | Refused | NotSent | Unknown


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """A query that was not answered; it proves nothing."""

    text: str


BrokerFact = BrokerReport | Match | RequestFailed


@dataclass(frozen=True, slots=True)
class BrokerMessage:
    """One fact about one order with everything that can tell which order it is.

    `request_ids` are ids of ours found in it (the causing request first, then the placing one); `sequence` is the
    broker's running number, None where the message carries none. `key` is the same for every delivery of the
    same message.
    """

    key: str
    account: str
    request_ids: tuple[str, ...]
    broker_order_id: str
    sequence: int | None
    fact: BrokerFact


@dataclass(frozen=True, slots=True)
class Irrelevant:
    """A message that is understood and says nothing about an order (portfolio news, for example)."""

    key: str
    sequence: int | None


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A message that does not have the form we know; it is kept and alarmed, never dropped."""

    key: str
    sequence: int | None
    reason: str


Reading = BrokerMessage | Irrelevant | NotUnderstood


@dataclass(frozen=True, slots=True)
class BookRow:
    """One order in the broker's book, with the last refused request on it if the book tells."""

    account: str
    broker_order_id: str
    request_id: str
    report: BrokerReport
    failed: RequestFailed | None


@dataclass(frozen=True, slots=True)
class Book:
    rows: tuple[BookRow, ...]


@dataclass(frozen=True, slots=True)
class BrokerCash:
    """Cash of an account in VND: `settled` less what filled buys have taken, `held` for open buys, and what
    sales will bring (`receivable`)."""

    settled: int
    held: int
    purchasing_power: int
    receivable: int


@dataclass(frozen=True, slots=True)
class BrokerPosition:
    """Shares of one symbol: all that are owned, and those that can be sold now; average price in VND."""

    symbol: str
    owned: int
    sellable: int
    average_price: int


@dataclass(frozen=True, slots=True)
class BrokerPositions:
    rows: tuple[BrokerPosition, ...]


class Broker(Protocol):
    """One connection (one credential) to a broker; `account` is always the account's number at the broker."""

    async def submit(self, request: SubmitRequest) -> Outcome:
        """Send once, never retry; must not raise for anything the network or the broker can do."""
        ...

    async def cancel(self, request: CancelRequest) -> Outcome:
        """Send once, never retry; must not raise for anything the network or the broker can do."""
        ...

    async def audit_book(self, account: str) -> Book | NoAnswer:
        """Today's orders with refused ones: what the stream would have told."""
        ...

    async def history(self, account: str, trading_date: date) -> Book | NoAnswer:
        """The day's orders as they ended, without request ids: the end-of-day list."""
        ...

    async def cash(self, account: str) -> BrokerCash | NoAnswer: ...

    async def positions(self, account: str) -> BrokerPositions | NoAnswer: ...

    def stream(self, resume_from: int) -> AsyncIterator[str]:
        """Raw messages from sequence number `resume_from` on (0: the whole day); ends or raises
        `StreamLost` when the connection is gone. An empty string is a sign of life without a message."""
        ...

    def read(self, raw: str) -> Reading:
        """Understand one raw message; pure."""
        ...


class StreamLost(Exception):  # noqa: N818 - an event in the life of a stream, not an error of ours
    """The stream's connection ended or fell silent; connect again and resume."""


class ReferenceData(Protocol):
    """Where a trading day's instruments come from."""

    async def instruments(self, trading_date: date) -> tuple[Instrument, ...] | NoAnswer:
        """All securities of the three exchanges with the day's reference, ceiling and floor."""
        ...
