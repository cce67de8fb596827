"""The listener of one broker day: what it does with each item of a stream that connects again by itself."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import replace

import pytest
from temporalio.testing import ActivityEnvironment

from activities import book_sweep
from activities.batching import batches
from activities.broker_days import BrokerDays
from activities.feed import BrokerListener
from activities.intake import Intake
from broker.port import Book, BookRow, BrokerMessage, Heard, Interrupted, Interruption, NoAnswer
from ledger.ledger import Ledger
from market.clock import MarketClock
from orders.evidence import BrokerReport, Match
from orders.order import Life, Order
from orders.stored import StoredOrder
from tests.support.database import ACCOUNT_ID, CONNECTION_ID
from tests.support.ledger_orders import (
    DAY,
    MONDAY,
    MORNING,
    accept,
    clock_at,
    command,
    match,
    open_market,
    report,
    send,
)
from tests.support.paper_broker import PaperAnnouncer, PaperBroker

pytestmark = pytest.mark.stack

Item = Heard | Interrupted
ALIVE = Heard("", None)
CASH = 1_000_000_000


class TurningClock:
    """Friday's market clock until it is turned to Monday."""

    is_monday = False

    async def read(self) -> MarketClock:
        return clock_at(MONDAY if self.is_monday else MORNING)


class ScriptedBroker(PaperBroker):
    """Plays `items` and falls silent; answers one of `books` after the other, the last one for good."""

    def __init__(self, items: Sequence[Item], books: Sequence[Book | NoAnswer]) -> None:
        super().__init__(audit=Book(()))
        self._items = items
        self._books = list(books)
        self.asked_from: list[int] = []

    async def audit_book(self, account: str) -> Book | NoAnswer:
        return self._books.pop(0) if len(self._books) > 1 else self._books[0]

    async def follow(self, resume_from: int) -> AsyncGenerator[Heard | Interrupted, None]:
        self.asked_from.append(resume_from)
        for item in self._items:
            yield item
        await asyncio.get_running_loop().create_future()


class QuietAnnouncer(PaperAnnouncer):
    async def resume(self, stored: StoredOrder) -> None:
        """Nobody runs here."""


def heard(number: int, request_id: str, fact: BrokerReport | Match) -> Heard:
    """Message `number` of the stream, whose key is the same for every delivery."""
    raw = f"message {number}"
    return Heard(raw, BrokerMessage(f"n{number}", ACCOUNT_ID, (request_id,), "B1", number, fact))


def interrupted(why: Interruption) -> Interrupted:
    return Interrupted(why, 1, 9)


def book_of(request_id: str, shown: BrokerReport, broker_order_id: str = "B1") -> BookRow:
    named = replace(shown, request_id=request_id, broker_order_id=broker_order_id)
    return BookRow(ACCOUNT_ID, broker_order_id, request_id, named, None)


async def listened(
    ledger: Ledger, items: Sequence[Item], *books: Book | NoAnswer, until: Callable[[], Awaitable[bool]]
) -> ScriptedBroker:
    """Listen until the condition holds, and then on to the next day; the first of `books` is read at the start."""
    clock, announcer = TurningClock(), QuietAnnouncer(ledger)
    broker = ScriptedBroker(items, books or (Book(()),))
    listener = BrokerListener(
        ledger, broker, BrokerDays(ledger, clock), announcer, Intake(CONNECTION_ID, ledger, announcer)
    )
    listening = asyncio.ensure_future(ActivityEnvironment().run(listener.listen))
    async with asyncio.timeout(20):
        for _ in range(500):
            if await until():
                break
            await asyncio.sleep(0.02)
        clock.is_monday = True
        await listening
    assert await until()
    return broker


async def sent_order(ledger: Ledger) -> tuple[str, str]:
    order_id = (await accept(ledger, command())).order.order_id
    return order_id, await send(ledger, order_id)


async def order_of(ledger: Ledger, order_id: str) -> Order:
    stored = await ledger.load(order_id)
    assert stored is not None
    return stored.order


def filled(ledger: Ledger, order_id: str, shares: int) -> Callable[[], Awaitable[bool]]:
    async def is_filled() -> bool:
        return (await order_of(ledger, order_id)).filled == shares

    return is_filled


def numbered(ledger: Ledger, number: int) -> Callable[[], Awaitable[bool]]:
    async def is_there() -> bool:
        return await ledger.cursor(CONNECTION_ID, DAY) == number

    return is_there


async def test_lc90_two_fills_that_a_lost_stream_tells_after_its_return_are_booked_once_each(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await sent_order(ledger)
    items = (
        heard(1, request_id, report(0)),
        heard(2, request_id, match(40)),
        interrupted(Interruption.REOPENED),
        ALIVE,
        heard(2, request_id, match(40)),
        heard(3, request_id, match(60)),
        heard(4, request_id, report(100)),
    )
    await listened(ledger, items, Book((book_of(request_id, report(100)),)), until=numbered(ledger, 4))
    order = await order_of(ledger, order_id)
    assert (order.matched_quantity, order.reported_quantity, order.life) == (100, 100, Life.CLOSED)


@pytest.mark.parametrize("why", list(Interruption))
async def test_lc91_after_every_interruption_the_books_tell_what_the_stream_did_not(
    ledger: Ledger, why: Interruption
) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await sent_order(ledger)
    items = (heard(1, request_id, report(0)), interrupted(why), heard(9, request_id, report(40)))
    at_the_start, after_it = Book(()), Book((book_of(request_id, report(100)),))
    await listened(ledger, items, at_the_start, after_it, until=filled(ledger, order_id, 100))
    assert (await order_of(ledger, order_id)).life is Life.CLOSED


async def test_lc92_a_book_that_is_older_than_the_stream_moves_no_order_back(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await sent_order(ledger)
    other_id, other_request_id = await sent_order(ledger)
    items = (heard(1, request_id, report(100)), interrupted(Interruption.GAP))
    late = Book((book_of(request_id, report(40)), book_of(other_request_id, report(100), "B2")))
    await listened(ledger, items, Book(()), late, until=filled(ledger, other_id, 100))
    order = await order_of(ledger, order_id)
    assert (order.filled, order.life) == (100, Life.CLOSED)


async def test_lc93_a_book_without_an_answer_closes_nothing_and_is_asked_for_until_it_answers(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_sweep, "_ASK_AGAIN_SECONDS", 0.05)
    await open_market(ledger, cash=CASH)
    order_id, request_id = await sent_order(ledger)
    none, some = NoAnswer("page 2 was not answered"), Book((book_of(request_id, report(40)),))
    await listened(ledger, (), none, none, some, until=filled(ledger, order_id, 40))
    assert (await order_of(ledger, order_id)).life is Life.LIVE


async def test_a_fill_that_a_silent_stream_gives_no_sign_of_is_found_in_the_book(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_sweep, "_ROUTINE_SECONDS", 0.05)
    await open_market(ledger, cash=CASH)
    order_id, request_id = await sent_order(ledger)
    filled_later = Book((book_of(request_id, report(100)),))
    await listened(ledger, (), Book(()), filled_later, until=filled(ledger, order_id, 100))
    assert (await order_of(ledger, order_id)).life is Life.CLOSED


async def test_a_new_day_is_noticed_while_the_stream_tells_nothing(ledger: Ledger) -> None:
    broker = await listened(ledger, (), until=numbered(ledger, 0))
    assert broker.asked_from == [0]


async def test_the_stream_is_followed_from_the_last_number_before_a_gap(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await sent_order(ledger)
    items = (heard(1, request_id, report(0)), heard(2, request_id, match(40)), heard(5, request_id, report(60)))
    await listened(ledger, items, until=filled(ledger, order_id, 60))
    again = await listened(ledger, (), until=numbered(ledger, 2))
    assert again.asked_from == [2]


async def test_a_listener_fails_when_its_stream_does(ledger: Ledger) -> None:
    class BrokenBroker(PaperBroker):
        async def follow(self, resume_from: int) -> AsyncGenerator[Heard | Interrupted, None]:
            yield ALIVE
            raise RuntimeError("nobody expected this")

    announcer = QuietAnnouncer(ledger)
    broker = BrokenBroker(audit=Book(()))
    listener = BrokerListener(
        ledger, broker, BrokerDays(ledger, TurningClock()), announcer, Intake(CONNECTION_ID, ledger, announcer)
    )
    with pytest.RaisesGroup(RuntimeError):
        await ActivityEnvironment().run(listener.listen)


async def test_what_arrives_within_a_moment_is_one_batch_and_silence_is_an_empty_one() -> None:
    async def stream() -> AsyncGenerator[str, None]:
        yield "first"
        yield "at once"
        await asyncio.sleep(0.2)
        yield "later"
        await asyncio.sleep(1.5)

    assert [batch async for batch in batches(stream())] == [["first", "at once"], ["later"], []]
