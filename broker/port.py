"""The broker in our own words: requests, typed outcomes, messages as evidence. No word of SSI's wire.

An outcome is a value and never an exception; what cannot be proven is `Unknown`.
"""

from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from market.instrument import Instrument
from market.terms import OrderTerms
from market.vocabulary import OrderType, Side
from orders.evidence import BrokerReport, Match, RequestFailed

MORNING_RENEWAL = time(8, 30)
"""When the right to send is renewed, or a code is asked for, if it would end during the day's session: half an hour
before the first exchange opens."""


@dataclass(frozen=True, slots=True)
class SubmitRequest:
    """One attempt to place an order for the account with this number at the broker; `request_id` is unique for its
    connection and trading date.

    `sent_before` (here and below): an earlier send of the same attempt may have arrived, so no refusal of this one
    proves anything and every outcome but `Accepted` is `Unknown`.
    """

    account: str
    request_id: str
    terms: OrderTerms
    sent_before: bool = False


@dataclass(frozen=True, slots=True)
class CancelRequest:
    account: str
    request_id: str
    broker_order_id: str
    terms: OrderTerms
    sent_before: bool = False


@dataclass(frozen=True, slots=True)
class AmendRequest:
    """Change the order from `terms` to `amended`: resulting price and whole quantity in shares, `filled` of which are
    known to have traded."""

    account: str
    request_id: str
    broker_order_id: str
    terms: OrderTerms
    amended: OrderTerms
    filled: int
    sent_before: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """The broker has the request; what becomes of it arrives on the stream."""


class OwnRefusal(StrEnum):
    """Codes of a `Refused` that is our own word: nothing was sent, and sending it again would change nothing."""

    AMEND_NOT_OFFERED = "amend_not_offered"
    AMEND_QUANTITY_PART_FILLED = "amend_quantity_part_filled"


@dataclass(frozen=True, slots=True)
class Refused:
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class NeedsOtp:
    """A task for a person: enter a one-time code by `until`, when the next order might have to be sent and could not;
    that may be now. `codes_left` more codes can be asked for before the broker blocks them."""

    until: datetime
    codes_left: int
    text: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """Proven: the broker did not take the request. It can be sent again, not sooner than after `wait_seconds` (at most
    an hour); with `needs_otp`, not before a person has entered a code."""

    text: str
    wait_seconds: float = 0.0
    needs_otp: NeedsOtp | None = None


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
    same message. `symbol` and `side` say which order is meant, empty and None where the message does not tell.
    """

    key: str
    account: str
    request_ids: tuple[str, ...]
    broker_order_id: str
    sequence: int | None
    fact: BrokerFact
    symbol: str = ""
    side: Side | None = None


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
class BookTerms:
    """What an order asks for by its row, which names no exchange; `price` in VND, None for types without one."""

    symbol: str
    side: Side
    order_type: OrderType
    quantity: int
    price: int | None


@dataclass(frozen=True, slots=True)
class BookRow:
    """One order in the broker's book, with the last refused request on it if the book tells.

    `terms` is None where they are not told, or are of no kind that we know. `external`: the row itself proves that no
    request of ours made the order.
    """

    account: str
    broker_order_id: str
    request_id: str
    report: BrokerReport
    failed: RequestFailed | None
    terms: BookTerms | None = None
    external: bool = False


@dataclass(frozen=True, slots=True)
class OddRow:
    """A row that does not have the form we know, as it came (`raw`): it tells nothing of its order, not even that it is
    gone. Either id is empty where it cannot be read; without both the row may be of any order."""

    account: str
    broker_order_id: str
    request_id: str
    reason: str
    raw: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Book:
    """The orders that the broker shows: the rows that were understood, and the odd ones."""

    rows: tuple[BookRow, ...]
    odd: tuple[OddRow, ...] = ()

    @property
    def shown(self) -> tuple[BookRow | OddRow, ...]:
        return (*self.rows, *self.odd)

    def lacks(self, request_ids: Collection[str], symbol: str, side: Side, others: Collection[str] = ()) -> bool:
        """Whether no row can be the order on `side` of `symbol` that left under one of `request_ids`.

        `others` are the broker's ids of orders that are known to be other ones. A row under a strange request proves
        nothing: an order of ours that was changed on iBoard may be shown under the id of that change (SSI-U21).
        """
        if any(row.request_id in request_ids for row in self.shown):
            return False
        strange = (row for row in self.rows if row.broker_order_id not in others and not row.external)
        if any(_fits(row.terms, symbol, side) for row in strange):
            return False
        return all(row.broker_order_id and row.broker_order_id in others for row in self.odd)


def _fits(terms: BookTerms | None, symbol: str, side: Side) -> bool:
    return terms is None or (terms.symbol, terms.side) == (symbol, side)


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


@dataclass(frozen=True, slots=True)
class MaximumOrder:
    """How many shares the broker would let the account buy or sell now; `purchasing_power` in VND, None for sales."""

    quantity: int
    purchasing_power: int | None = None


@dataclass(frozen=True, slots=True)
class MarginState:
    """Purchasing power and margin of an account, money in VND; `margin_ratio` as the broker tells it, and what it
    wants to be done (`action`), in its own words."""

    equity: int
    total_assets: int
    debt: int
    cash: int
    purchasing_power: int
    withdrawable: int
    margin_call: int
    margin_ratio: Decimal
    action: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Orders can be sent until `until`; before that it is renewed, or a person is asked for a code (`NeedsOtp`)."""

    until: datetime


@dataclass(frozen=True, slots=True)
class SignedOut:
    """No order can be sent; `refused` when the broker said no, so that somebody must look at the credentials."""

    text: str
    refused: bool


TradingAccess = SignedIn | NeedsOtp | SignedOut


@dataclass(frozen=True, slots=True)
class OtpRequested:
    """The broker sends a one-time code to the account's owner."""

    codes_left: int


@dataclass(frozen=True, slots=True)
class OtpWithheld:
    """No code was asked for: one more would have the broker block them. `text` says what helps."""

    text: str


class Interruption(StrEnum):
    """Why messages of the stream may be missing; after each the books are to be read."""

    REOPENED = "reopened"
    """The connection was lost and is open again; what happened between is replayed as far as the broker keeps it."""

    GAP = "gap"
    """Running numbers between `after` and `before` were not heard."""

    RESUME_TOO_OLD = "resume_too_old"
    """The broker goes on at `before`, later than the `after` that was asked for."""

    NUMBERS_RESTARTED = "numbers_restarted"
    """The broker goes on at `before`, earlier than the `after` that was asked for: its numbering began anew."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One raw message with its reading; both empty (`raw` "", `reading` None) for a sign of life."""

    raw: str
    reading: Reading | None


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Read the books of every account: the stream alone no longer tells the whole story."""

    why: Interruption
    after: int
    before: int


class Broker(Protocol):
    """One connection (one credential) to a broker; `account` is always the account's number at the broker."""

    async def submit(self, request: SubmitRequest) -> Outcome:
        """Send once, never retry; must not raise for anything the network or the broker can do."""
        ...

    async def cancel(self, request: CancelRequest) -> Outcome:
        """Send once, never retry; must not raise for anything the network or the broker can do."""
        ...

    async def amend(self, request: AmendRequest) -> Outcome:  # noqa: ARG002 - a broker that amends says how
        """Send once, never retry; must not raise for anything the network or the broker can do. A broker that does
        not amend refuses with `OwnRefusal.AMEND_NOT_OFFERED`."""
        return Refused(OwnRefusal.AMEND_NOT_OFFERED, "this broker connection does not amend orders; cancel and place")

    async def audit_book(self, account: str) -> Book | NoAnswer:
        """Today's orders with refused ones: what the stream would have told."""
        ...

    async def history(self, account: str, trading_date: date) -> Book | NoAnswer:
        """The day's orders as they ended, without request ids: the end-of-day list."""
        ...

    async def cash(self, account: str) -> BrokerCash | NoAnswer: ...

    async def positions(self, account: str) -> BrokerPositions | NoAnswer: ...

    def follow(self, resume_from: int) -> AsyncGenerator[Heard | Interrupted, None]:
        """Messages from sequence number `resume_from` on (0: the whole day, -1: only new ones) for as long as it is
        iterated: it connects again by itself, with a sign wherever some may be missing. The same message may come
        twice, under the same key."""
        ...


class TradingLogin(Protocol):
    """Whether orders can be sent, and what a person does when they cannot."""

    @property
    def by_code(self) -> bool:
        """Whether a person's one-time codes sign in; if not, nobody is ever asked for one."""
        ...

    async def access(self) -> TradingAccess:
        """Signs in if that needs no person."""
        ...

    async def request_otp(self) -> OtpRequested | OtpWithheld | NoAnswer:
        """Ask the broker to send the owner a one-time code."""
        ...

    async def enter_otp(self, code: str) -> TradingAccess:
        """Sign in with the code; it is used up by this, whatever comes of it."""
        ...


class BuyingPower(Protocol):
    """What the broker itself would let an account do; prices in VND."""

    async def maximum_buy(self, account: str, symbol: str, price: int) -> MaximumOrder | NoAnswer: ...

    async def maximum_sell(self, account: str, symbol: str) -> MaximumOrder | NoAnswer: ...

    async def margin(self, account: str) -> MarginState | NoAnswer: ...


class StreamLost(Exception):  # noqa: N818 - an event in the life of a stream, not an error of ours
    """The stream's connection ended or fell silent; connect again and resume."""


class ReferenceData(Protocol):
    """Where a trading day's instruments come from."""

    async def instruments(self, trading_date: date) -> tuple[Instrument, ...] | NoAnswer:
        """All securities of the three exchanges with the day's reference, ceiling and floor."""
        ...
