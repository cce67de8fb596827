"""Request ids begin anew each day: no word of a new day may reach an order of the day before that had the same id."""

from collections.abc import AsyncGenerator
from datetime import datetime

import pytest
from temporalio.testing import ActivityEnvironment

from activities.broker import ConnectedBrokerActivities
from activities.broker_days import BrokerDays
from activities.day_end import DayEnd
from activities.feed import BrokerListener
from activities.intake import Intake
from broker.port import Book, BookRow, BrokerMessage, Heard, Interrupted, NoAnswer
from ledger.ledger import Ledger
from market.calendar import VIETNAM
from market.clock import MarketClock
from orders.evidence import Answer
from orders.order import Life
from orders.stored import StoredOrder
from tests.support.database import ACCOUNT_ID, CONNECTION_ID
from tests.support.ledger_orders import MONDAY, MORNING, accept, clock_at, command, open_market, report, send
from tests.support.paper_broker import PaperAnnouncer, PaperBroker

pytestmark = pytest.mark.stack


class TurningClock:
    """Friday's market clock until it is turned to Monday."""

    def __init__(self, friday: datetime = MORNING) -> None:
        self.friday = friday
        self.is_monday = False

    async def read(self) -> MarketClock:
        return clock_at(MONDAY if self.is_monday else self.friday)


class NewDaysBroker(PaperBroker):
    """Its stream's first words are Monday's, about an order that has the request id of Friday's."""

    def __init__(self, clock: TurningClock, request_id: str) -> None:
        super().__init__(audit=Book(()))
        self._clock = clock
        self._request_id = request_id

    async def follow(self, resume_from: int) -> AsyncGenerator[Heard | Interrupted, None]:
        self._clock.is_monday = True
        fact = report(0, request_id=self._request_id)
        raw = "Monday's first words"
        yield Heard(raw, BrokerMessage(raw, ACCOUNT_ID, (self._request_id,), fact.broker_order_id, 1, fact))


class TurningBook(PaperBroker):
    """Its audit book is Monday's, although Friday's was asked for."""

    def __init__(self, clock: TurningClock, audit: Book) -> None:
        super().__init__(audit)
        self._clock = clock

    async def audit_book(self, account: str) -> Book | NoAnswer:
        self._clock.is_monday = True
        return await super().audit_book(account)


class QuietAnnouncer(PaperAnnouncer):
    async def resume(self, stored: StoredOrder) -> None:
        """Nobody runs here."""


async def unknown_order_of_friday(ledger: Ledger) -> tuple[str, str]:
    await open_market(ledger, cash=1_000_000_000)
    order_id = (await accept(ledger, command())).order.order_id
    return order_id, await send(ledger, order_id, Answer.UNKNOWN)


async def life_of(ledger: Ledger, order_id: str) -> Life:
    stored = await ledger.load(order_id)
    assert stored is not None
    return stored.order.life


async def test_the_first_words_of_a_new_day_are_not_taken_for_yesterdays_order(ledger: Ledger) -> None:
    order_id, request_id = await unknown_order_of_friday(ledger)
    clock = TurningClock()
    broker, announcer = NewDaysBroker(clock, request_id), QuietAnnouncer(ledger)
    listener = BrokerListener(
        ledger, broker, BrokerDays(ledger, clock), announcer, Intake(CONNECTION_ID, ledger, announcer)
    )
    await ActivityEnvironment().run(listener.listen)
    assert await life_of(ledger, order_id) is Life.UNKNOWN


async def test_the_book_of_a_new_day_is_not_searched_for_yesterdays_order(ledger: Ledger) -> None:
    order_id, request_id = await unknown_order_of_friday(ledger)
    clock = TurningClock()
    clock.is_monday = True
    fact = report(0, request_id=request_id)
    broker = PaperBroker(audit=Book((BookRow(ACCOUNT_ID, fact.broker_order_id, request_id, fact, None),)))
    await ActivityEnvironment().run(
        ConnectedBrokerActivities(ledger, broker, BrokerDays(ledger, clock)).resolve, order_id
    )
    assert await life_of(ledger, order_id) is Life.UNKNOWN


async def test_a_book_that_came_after_the_day_turned_does_not_end_yesterdays_order(ledger: Ledger) -> None:
    order_id, request_id = await unknown_order_of_friday(ledger)
    clock, announcer = TurningClock(datetime(2026, 11, 20, 15, 30, tzinfo=VIETNAM)), QuietAnnouncer(ledger)
    fact = report(0, request_id=request_id)
    broker = TurningBook(clock, Book((BookRow(ACCOUNT_ID, fact.broker_order_id, request_id, fact, None),)))
    ends = DayEnd(ledger, broker, BrokerDays(ledger, clock), announcer, Intake(CONNECTION_ID, ledger, announcer))
    await ActivityEnvironment().run(ends.ask)
    assert clock.is_monday
    assert await life_of(ledger, order_id) is Life.UNKNOWN
