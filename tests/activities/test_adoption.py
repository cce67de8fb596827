"""From a message that nobody knows to an order of ours: the broker's book tells whose it is (LC-98)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from temporalio.testing import ActivityEnvironment

from activities.adoption import Adoption
from activities.broker_days import BrokerDays
from activities.intake import Intake
from broker.port import Book, BookRow, BookTerms, NoAnswer, OddRow
from ledger.account_acts import Act, ActKind, ActRefusal, NotOurs
from ledger.accounts import AlertKind
from ledger.inbox import InboxMessage
from ledger.ledger import Ledger
from market.clock import MarketClock
from market.vocabulary import OrderType, Side
from orders.evidence import Answer, BrokerState, ClosedHere
from orders.order import CloseReason, Origin
from orders.status import Status, status
from orders.stored import StoredOrder
from tests.support.database import ACCOUNT_ID, CONNECTION_ID
from tests.support.ledger_orders import (
    DAY,
    MONDAY,
    MORNING,
    PRICE,
    accept,
    clock_at,
    command,
    hear,
    match,
    open_market,
    place,
    report,
    send,
)
from tests.support.paper_broker import PaperAnnouncer, PaperBroker

pytestmark = pytest.mark.stack

THEIRS = "90000007"
TERMS = BookTerms("VIC", Side.BUY, OrderType.LO, 100, PRICE)
CASH = 1_000_000_000


class SetClock:
    now: datetime = MORNING

    async def read(self) -> MarketClock:
        return clock_at(self.now)


class CountingBroker(PaperBroker):
    """Tells how often its book was read."""

    reads = 0

    async def audit_book(self, account: str) -> Book | NoAnswer:
        self.reads += 1
        return await super().audit_book(account)


def row(terms: BookTerms | None = TERMS, request_id: str = THEIRS) -> BookRow:
    return BookRow(ACCOUNT_ID, "B1", request_id, replace(report(100), request_id=request_id), None, terms)


class House:
    """An adoption whose clock can be set; `adopted` is what the ledger then has."""

    def __init__(self, ledger: Ledger, audit: Book | NoAnswer) -> None:
        self.clock = SetClock()
        self.broker = CountingBroker(audit)
        self._ledger = ledger
        intake = Intake(CONNECTION_ID, ledger, PaperAnnouncer(ledger))
        self._adoption = Adoption(ledger, self.broker, BrokerDays(ledger, self.clock), intake, timedelta())

    async def look(self) -> None:
        await ActivityEnvironment().run(self._adoption.look, DAY)

    async def adopted(self) -> tuple[StoredOrder, ...]:
        page = await self._ledger.orders([ACCOUNT_ID])
        return tuple(stored for stored in page.orders if stored.order.origin is Origin.EXTERNAL)


async def heard(ledger: Ledger, *request_ids: str, account: str = ACCOUNT_ID) -> None:
    """A message about an order that nobody here has sent, which has waited long enough."""
    await open_market(ledger, cash=CASH)
    told = InboxMessage("a match", "n1", 1, account, request_ids or (THEIRS,), "B1", match())
    await ledger.store_raw(CONNECTION_ID, DAY, [told])
    await ledger.route(CONNECTION_ID, DAY)


async def test_lc98_what_nobody_knew_is_found_in_the_book_and_booked_as_an_external_order(ledger: Ledger) -> None:
    await heard(ledger)
    house = House(ledger, Book((row(),)))
    await house.look()
    (stored,) = await house.adopted()
    assert (status(stored.order), stored.order.matched_quantity) == (Status.FILLED, 100)
    await house.look()
    assert house.broker.reads == 1


async def test_a_message_without_an_account_is_looked_up_in_every_account(ledger: Ledger) -> None:
    await heard(ledger, account="")
    house = House(ledger, Book((row(),)))
    await house.look()
    assert len(await house.adopted()) == 1


async def test_an_order_of_an_account_that_is_not_ours_is_not_looked_up(ledger: Ledger) -> None:
    await heard(ledger, account="somebody")
    house = House(ledger, Book((row(),)))
    await house.look()
    assert (house.broker.reads, await house.adopted()) == (0, ())


ODD = OddRow(ACCOUNT_ID, "B1", THEIRS, "order.quantity is missing", "{}")


@pytest.mark.parametrize(
    "book",
    [Book(()), NoAnswer("timeout"), Book((row(None),)), Book((row(request_id=""),)), Book((), (ODD,))],
)
async def test_what_the_book_does_not_tell_is_not_adopted_and_looked_up_again_only_after_a_pause(
    ledger: Ledger, book: Book | NoAnswer
) -> None:
    await heard(ledger)
    house = House(ledger, book)
    await house.look()
    await house.look()
    assert (house.broker.reads, await house.adopted()) == (1, ())
    assert (await ledger.unrouted(CONNECTION_ID, DAY)).count == 1


def shown(broker_order_id: str, state: BrokerState | None = None, request_id: str = THEIRS) -> BookRow:
    told = replace(report(0, state=state, request_id=request_id), broker_order_id=broker_order_id)
    return BookRow(ACCOUNT_ID, broker_order_id, request_id, told, None, TERMS)


async def someone_else_said(ledger: Ledger, broker_order_id: str) -> None:
    told = InboxMessage("a match", "n1", 1, ACCOUNT_ID, (THEIRS,), broker_order_id, match())
    await ledger.store_raw(CONNECTION_ID, DAY, [told])
    await ledger.route(CONNECTION_ID, DAY)


@pytest.mark.parametrize("gone", [(), (shown("B1", BrokerState.CANCELED, ""),)])
async def test_while_an_order_of_ours_is_not_open_in_the_same_book_none_of_its_kind_is_adopted(
    ledger: Ledger, gone: tuple[BookRow, ...]
) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, report(0))
    await someone_else_said(ledger, "B2")
    house = House(ledger, Book((*gone, shown("B2"))))
    await house.look()
    assert await house.adopted() == ()


async def test_beside_an_order_of_ours_that_the_book_shows_as_open_others_are_adopted(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, report(0))
    await someone_else_said(ledger, "B2")
    house = House(ledger, Book((shown("B1", request_id=""), shown("B2"))))
    await house.look()
    assert len(await house.adopted()) == 1


async def test_beside_an_order_of_ours_that_has_ended_others_are_adopted(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, report(100))
    await someone_else_said(ledger, "B2")
    house = House(ledger, Book((shown("B1", BrokerState.FILLED, ""), shown("B2"))))
    await house.look()
    assert len(await house.adopted()) == 1


async def test_what_may_be_an_order_that_a_person_closed_as_not_received_is_told_and_not_adopted(
    ledger: Ledger,
) -> None:
    await open_market(ledger, cash=CASH)
    order_id = (await accept(ledger, command())).order.order_id
    await send(ledger, order_id, Answer.UNKNOWN)
    await hear(ledger, order_id, ClosedHere(CloseReason.NOT_RECEIVED, "nobody has it"))
    await someone_else_said(ledger, "B1")
    house = House(ledger, Book((row(),)))
    for _ in range(2):
        await house.look()
    assert await house.adopted() == ()
    (alert,) = await ledger.alerts()
    assert (alert.kind, alert.order_id) == (AlertKind.ORDER_CONTRADICTION, order_id)


async def test_a_person_says_that_it_is_none_of_ours_and_it_is_adopted(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = (await accept(ledger, command())).order.order_id
    await send(ledger, order_id, Answer.UNKNOWN)
    await someone_else_said(ledger, "B1")
    word = NotOurs(ACCOUNT_ID, "B1", "minh", "placed on iBoard, says the client", "word-1")
    assert await ledger.say_not_ours(replace(word, broker_order_id="B9")) is ActRefusal.NOT_WAITING
    act = await ledger.say_not_ours(word)
    assert isinstance(act, Act)
    assert (act.kind, act.author, act.broker_order_id) == (ActKind.NOT_OURS, "minh", "B1")
    assert await ledger.say_not_ours(word) == act
    assert await ledger.say_not_ours(replace(word, broker_order_id="B9")) is ActRefusal.KEY_TAKEN
    house = House(ledger, Book((row(),)))
    await house.look()
    (stored,) = await house.adopted()
    assert (status(stored.order), stored.order.matched_quantity) == (Status.FILLED, 100)
    assert await ledger.say_not_ours(replace(word, key="word-2")) is ActRefusal.NOT_WAITING


async def test_a_row_that_names_no_request_waits_for_a_persons_word(ledger: Ledger) -> None:
    await heard(ledger)
    house = House(ledger, Book((row(request_id=""),)))
    await house.look()
    assert await house.adopted() == ()
    (alert,) = await ledger.alerts()
    assert (alert.kind, alert.order_id) == (AlertKind.ORDER_CONTRADICTION, None)
    await ledger.say_not_ours(NotOurs(ACCOUNT_ID, "B1", "minh", "placed on iBoard", "word-1"))
    later = House(ledger, Book((row(request_id=""),)))
    await later.look()
    assert len(await later.adopted()) == 1


async def test_a_row_that_proves_to_be_external_is_adopted_without_a_request_id(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    told = InboxMessage("a match", "n1", 1, ACCOUNT_ID, (), "B1", match())
    await ledger.store_raw(CONNECTION_ID, DAY, [told])
    await ledger.route(CONNECTION_ID, DAY)
    house = House(ledger, Book((replace(row(request_id=""), external=True),)))
    await house.look()
    (stored,) = await house.adopted()
    assert (status(stored.order), stored.order.matched_quantity) == (Status.FILLED, 100)


async def test_a_book_of_another_day_adopts_nothing(ledger: Ledger) -> None:
    await heard(ledger)
    house = House(ledger, Book((row(),)))
    house.clock.now = MONDAY
    await house.look()
    assert await house.adopted() == ()
