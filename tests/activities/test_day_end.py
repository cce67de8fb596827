"""How a day ends for orders that no message has closed: by the broker's book, and never by our clock."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from temporalio.testing import ActivityEnvironment

from activities.broker_days import BrokerDays
from activities.day_end import ABSENCE_PROVES_AFTER, DayEnd
from activities.intake import Intake
from broker.port import Book, BookRow, BookTerms, NoAnswer, OddRow
from ledger.accounts import AlertKind
from ledger.inbox import InboxMessage
from ledger.ledger import Ledger
from market.calendar import VIETNAM
from market.clock import MarketClock
from market.vocabulary import Exchange, OrderType, Side
from orders.commands import PlaceOrder
from orders.evidence import Answer, BrokerState
from orders.order import CloseReason, Life
from orders.status import Status, status
from tests.support.database import ACCOUNT_ID, CONNECTION_ID
from tests.support.ledger_orders import DAY, INSTRUMENTS, accept, command, hear, open_market, place, report, send
from tests.support.paper_broker import PaperAnnouncer, PaperBroker

pytestmark = pytest.mark.stack
CASH = 1_000_000_000
CLOSE = datetime(2026, 11, 20, 14, 45, tzinfo=VIETNAM)
MONDAY = datetime(2026, 11, 23, 9, 20, tzinfo=VIETNAM)


class SetClock:
    """Stands still where it is set."""

    now = CLOSE

    async def read(self) -> MarketClock:
        return MarketClock(self.now, self.now, rate=0, version=1)


def day_end(ledger: Ledger, broker: PaperBroker) -> Callable[[datetime], Awaitable[bool]]:
    clock, announcer = SetClock(), PaperAnnouncer(ledger)
    ends = DayEnd(ledger, broker, BrokerDays(ledger, clock), announcer, Intake(CONNECTION_ID, ledger, announcer))

    async def ask(now: datetime) -> bool:
        clock.now = now
        return bool(await ActivityEnvironment().run(ends.ask))

    return ask


def row(request_id: str, state: BrokerState, broker_order_id: str = "B1") -> BookRow:
    shown = replace(report(0, state=state, request_id=request_id), broker_order_id=broker_order_id)
    return BookRow(ACCOUNT_ID, broker_order_id, request_id, shown, None)


async def unknown_order(ledger: Ledger) -> tuple[str, str]:
    order_id = (await accept(ledger, command())).order.order_id
    return order_id, await send(ledger, order_id, Answer.UNKNOWN)


async def test_lc71_an_order_expires_by_the_brokers_word_after_the_close(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = (await accept(ledger, command())).order.order_id
    request_id = await send(ledger, order_id)
    await hear(ledger, order_id, report(0))
    broker = PaperBroker(audit=Book((row(request_id, BrokerState.EXPIRED),)))
    ask = day_end(ledger, broker)
    assert await ask(CLOSE - timedelta(seconds=1))
    assert not await ask(CLOSE)
    stored = await ledger.load(order_id)
    assert stored is not None
    assert status(stored.order) is Status.EXPIRED
    assert await ask(CLOSE)


async def test_an_order_without_an_answer_from_the_book_stays_open_and_is_asked_about_again(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, report(0))
    ask = day_end(ledger, PaperBroker(audit=NoAnswer("timeout")))
    assert not await ask(CLOSE + timedelta(hours=1))
    stored = await ledger.load(order_id)
    assert stored is not None
    assert stored.order.life is Life.LIVE


async def test_lc04_an_unknown_order_missing_from_an_answered_book_well_after_the_close_was_never_received(
    ledger: Ledger,
) -> None:
    await open_market(ledger, cash=CASH)
    order_id, _ = await unknown_order(ledger)
    ask = day_end(ledger, PaperBroker(audit=Book(())))
    assert not await ask(CLOSE + ABSENCE_PROVES_AFTER - timedelta(seconds=1))
    stored = await ledger.load(order_id)
    assert stored is not None
    assert stored.order.life is Life.UNKNOWN
    await ask(CLOSE + ABSENCE_PROVES_AFTER)
    stored = await ledger.load(order_id)
    assert stored is not None
    assert stored.order.close_reason is CloseReason.NOT_RECEIVED
    assert (await ledger.cash(ACCOUNT_ID)).available == CASH


async def test_lc03_an_unknown_order_that_the_book_shows_is_not_closed_as_missing(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await unknown_order(ledger)
    ask = day_end(ledger, PaperBroker(audit=Book((row(request_id, BrokerState.EXPIRED),))))
    await ask(CLOSE + ABSENCE_PROVES_AFTER)
    stored = await ledger.load(order_id)
    assert stored is not None
    assert status(stored.order) is Status.EXPIRED


async def test_an_order_still_open_the_next_day_is_closed_by_the_history(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = (await accept(ledger, command())).order.order_id
    request_id = await send(ledger, order_id)
    told = InboxMessage("working", "n1", 1, ACCOUNT_ID, (request_id,), "B1", report(0))
    await ledger.store_raw(CONNECTION_ID, DAY, [told])
    await ledger.route(CONNECTION_ID, DAY)
    broker = PaperBroker(audit=Book(()), past=Book((row("", BrokerState.CANCELED),)))
    await day_end(ledger, broker)(MONDAY)
    stored = await ledger.load(order_id)
    assert stored is not None
    assert status(stored.order) is Status.CANCELED
    assert broker.asked_history == [DAY]


async def restated_order(ledger: Ledger, placed: PlaceOrder) -> str:
    """An order for 100 that had traded whole and is told to have 30; whatever came after that was lost."""
    order_id = (await accept(ledger, placed)).order.order_id
    request_id = await send(ledger, order_id)
    for number, filled in ((1, 100), (2, 30)):
        word = replace(report(filled), number=number)
        told = InboxMessage(f"word {number}", f"n{number}", number, ACCOUNT_ID, (request_id,), "B1", word)
        await ledger.store_raw(CONNECTION_ID, DAY, [told])
    await ledger.route(CONNECTION_ID, DAY)
    await ledger.book(order_id)
    return order_id


def filled_row(request_id: str = "") -> BookRow:
    return BookRow(ACCOUNT_ID, "B1", request_id, replace(report(100), request_id=request_id), None)


@pytest.mark.parametrize("now", [CLOSE, MONDAY])
async def test_lc31_a_restated_order_ends_at_the_days_end_by_a_book_that_was_told_early_too(
    ledger: Ledger, now: datetime
) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await restated_order(ledger, command())
    intake = Intake(CONNECTION_ID, ledger, PaperAnnouncer(ledger))
    await intake.book(DAY, Book((filled_row(),)))
    early = await ledger.load(order_id)
    assert early is not None
    assert (early.order.life, early.order.filled) == (Life.LIVE, 30)
    ask = day_end(ledger, PaperBroker(audit=Book((filled_row(),)), past=Book((filled_row(),))))
    await ask(now)
    stored = await ledger.load(order_id)
    assert stored is not None
    assert (status(stored.order), stored.order.filled) == (Status.FILLED, 100)
    assert await ask(now)


async def test_a_book_read_for_another_order_is_no_last_word_on_one_that_can_still_trade(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    await ledger.save_instruments([*INSTRUMENTS, replace(INSTRUMENTS[0], symbol="BSR", exchange=Exchange.UPCOM)])
    placed = command(symbol="BSR")
    order_id = await restated_order(ledger, replace(placed, terms=replace(placed.terms, exchange=Exchange.UPCOM)))
    await place(ledger)
    await day_end(ledger, PaperBroker(audit=Book((filled_row(),))))(CLOSE)
    stored = await ledger.load(order_id)
    assert stored is not None
    assert (stored.order.life, stored.order.filled) == (Life.LIVE, 30)


async def test_absence_from_the_history_proves_nothing(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id, _ = await unknown_order(ledger)
    ask = day_end(ledger, PaperBroker(audit=Book(()), past=Book(())))
    assert not await ask(MONDAY)
    stored = await ledger.load(order_id)
    assert stored is not None
    assert stored.order.life is Life.UNKNOWN


def odd(request_id: str = "", broker_order_id: str = "", raw: str = "{}") -> OddRow:
    return OddRow(ACCOUNT_ID, broker_order_id, request_id, "order.quantity is missing", raw)


@pytest.mark.parametrize("broker_order_id", ["", "B1"])
async def test_an_unknown_order_whose_row_cannot_be_read_stays_unknown_and_the_others_are_closed(
    ledger: Ledger, broker_order_id: str
) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await unknown_order(ledger)
    other_id = (await accept(ledger, command())).order.order_id
    other = await send(ledger, other_id)
    await hear(ledger, other_id, replace(report(0, request_id=other), broker_order_id="B2"))
    book = Book((row(other, BrokerState.EXPIRED, "B2"),), (odd(request_id, broker_order_id),))
    await day_end(ledger, PaperBroker(audit=book))(CLOSE + ABSENCE_PROVES_AFTER)
    stored, closed = await ledger.load(order_id), await ledger.load(other_id)
    assert stored is not None
    assert closed is not None
    assert (stored.order.life, stored.order.filled) == (Life.UNKNOWN, 0)
    assert status(closed.order) is Status.EXPIRED


@pytest.mark.parametrize("unreadable", [odd(), odd("90000007"), odd("", "B7")])
async def test_a_book_with_a_row_of_an_unreadable_id_proves_the_absence_of_no_order(
    ledger: Ledger, unreadable: OddRow
) -> None:
    await open_market(ledger, cash=CASH)
    order_id, _ = await unknown_order(ledger)
    await day_end(ledger, PaperBroker(audit=Book((), (unreadable,))))(CLOSE + ABSENCE_PROVES_AFTER)
    stored = await ledger.load(order_id)
    assert stored is not None
    assert stored.order.life is Life.UNKNOWN


async def test_an_unknown_order_stays_unknown_while_the_book_shows_a_strange_one_of_its_kind(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id, _ = await unknown_order(ledger)
    terms = BookTerms("VIC", Side.BUY, OrderType.LO, 100, 85_500)
    strange = replace(row("90000001", BrokerState.EXPIRED, "B9"), terms=terms)
    await day_end(ledger, PaperBroker(audit=Book((strange,))))(CLOSE + ABSENCE_PROVES_AFTER)
    stored = await ledger.load(order_id)
    assert stored is not None
    assert stored.order.life is Life.UNKNOWN
    elsewhere = replace(strange, terms=replace(terms, side=Side.SELL))
    await day_end(ledger, PaperBroker(audit=Book((elsewhere,))))(CLOSE + ABSENCE_PROVES_AFTER)
    closed = await ledger.load(order_id)
    assert closed is not None
    assert closed.order.close_reason is CloseReason.NOT_RECEIVED


async def test_an_odd_row_of_a_known_order_proves_the_absence_of_another(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id, _ = await unknown_order(ledger)
    other_id = (await accept(ledger, command())).order.order_id
    other = await send(ledger, other_id)
    told = InboxMessage("working", "n1", 1, ACCOUNT_ID, (other,), "B2", replace(report(0), broker_order_id="B2"))
    await ledger.store_raw(CONNECTION_ID, DAY, [told])
    await ledger.route(CONNECTION_ID, DAY)
    await ledger.book(other_id)
    await day_end(ledger, PaperBroker(audit=Book((), (odd("", "B2"),))))(CLOSE + ABSENCE_PROVES_AFTER)
    stored, known = await ledger.load(order_id), await ledger.load(other_id)
    assert stored is not None
    assert known is not None
    assert stored.order.close_reason is CloseReason.NOT_RECEIVED
    assert known.order.life is Life.LIVE


async def test_an_odd_row_is_told_once_however_often_the_book_is_read(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    await unknown_order(ledger)
    for raw in ('{"filledQty": 1}', '{"filledQty": 1}', '{"filledQty": 2}'):
        broker = PaperBroker(audit=Book((), (odd("90000007", "B7", raw), odd(raw=raw))))
        await day_end(ledger, broker)(CLOSE + ABSENCE_PROVES_AFTER)
    alerts = sorted(await ledger.alerts(), key=lambda alert: alert.text)
    assert [alert.kind for alert in alerts] == [AlertKind.UNREADABLE_MESSAGE] * 2
    assert alerts[1].text.startswith("Order B7 in the broker's book")
