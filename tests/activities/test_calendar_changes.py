"""A day that a person closes or reopens reaches the orders that wait, as a clock that was set does (LC-82)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime

import pytest
from temporalio.testing import ActivityEnvironment

from activities.broker_days import BrokerDays
from activities.day_end import DayEnd
from activities.intake import Intake
from activities.reference_data import ReferenceDataCaller
from activities.trading_day import MarketWatcher
from broker.port import Book
from ledger.ledger import Ledger
from market.calendar import CalendarOverride, OverrideKind
from market.checks import order_violations
from market.clock import MarketClock
from market.phases import phase_to_send_in
from market.violations import RuleCode
from market.vocabulary import Exchange, OrderType
from orders.stored import StoredOrder
from tests.support.database import CONNECTION_ID
from tests.support.ledger_orders import AFTERNOON, BREAK, DAY, INSTRUMENTS, accept, command, open_market
from tests.support.paper_broker import PaperAnnouncer, PaperBroker

pytestmark = pytest.mark.stack


class HandClock:
    """Stands where it is put; nobody tells that it was."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._read = asyncio.Event()

    async def read(self) -> MarketClock:
        self._read.set()
        return MarketClock(self.now, self.now, rate=0, version=1)

    async def put(self, now: datetime) -> None:
        """Returns when the watcher has acted on it: a round of it reads once or, to ask for ended orders, twice."""
        self.now = now
        for _ in range(3):
            self._read.clear()
            await asyncio.wait_for(self._read.wait(), 10)


class Listening(PaperAnnouncer):
    """Writes down which order was woken by what."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self.woken: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def phase(self, stored: StoredOrder, phase: str) -> None:
        self.woken.put_nowait((stored.order.order_id, phase))

    async def hears(self) -> tuple[str, str]:
        return await asyncio.wait_for(self.woken.get(), 10)


class NobodyAsked(ReferenceDataCaller):
    """The day's instruments are there already."""

    def __init__(self) -> None:
        """Nothing is connected to."""

    async def ask(self, trading_date: date) -> None:
        pytest.fail(f"the reference data of {trading_date} were asked for")


@asynccontextmanager
async def watched(ledger: Ledger, clock: HandClock) -> AsyncIterator[Listening]:
    announcer = Listening(ledger)
    broker = PaperBroker(audit=Book(()))
    ends = DayEnd(ledger, broker, BrokerDays(ledger, clock), announcer, Intake(CONNECTION_ID, ledger, announcer))
    watcher = MarketWatcher(ledger, broker, NobodyAsked(), BrokerDays(ledger, clock), announcer, ends)
    watching = asyncio.create_task(ActivityEnvironment().run(watcher.watch))
    try:
        yield announcer
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


def word(kind: OverrideKind, exchange: Exchange | None = None) -> CalendarOverride:
    return CalendarOverride(DAY, kind, "storm", "operator", exchange)


async def held_order(ledger: Ledger) -> str:
    await open_market(ledger, cash=20_000_000)
    stored = await accept(ledger, command(), BREAK)
    assert stored.send_after == AFTERNOON
    return stored.order.order_id


async def test_lc82_a_holiday_announced_late_wakes_the_held_order_whose_rules_deny_it_and_releases_nothing(
    ledger: Ledger,
) -> None:
    order_id = await held_order(ledger)
    clock = HandClock(BREAK)
    async with watched(ledger, clock) as announcer:
        assert await announcer.hears() == (order_id, "HOSE BREAK")
        await ledger.override_calendar(word(OverrideKind.CLOSED))
        assert await announcer.hears() == (order_id, "HOSE CLOSED")
        calendar = await ledger.calendar()
        found = order_violations(command().terms, INSTRUMENTS[0], BREAK, calendar=calendar)
        assert [violation.code for violation in found] == [RuleCode.CLOSED_DAY]
        assert phase_to_send_in(Exchange.HOSE, OrderType.LO, BREAK, calendar=calendar) is None
        await clock.put(AFTERNOON)
        assert announcer.woken.empty()


async def test_a_day_that_is_reopened_in_the_afternoon_wakes_the_held_order_for_the_running_phase(
    ledger: Ledger,
) -> None:
    order_id = await held_order(ledger)
    await ledger.override_calendar(word(OverrideKind.CLOSED))
    async with watched(ledger, HandClock(AFTERNOON)) as announcer:
        assert await announcer.hears() == (order_id, "HOSE CLOSED")
        await ledger.override_calendar(word(OverrideKind.REOPENED))
        assert await announcer.hears() == (order_id, "HOSE CONT_PM")


async def test_another_exchange_that_is_closed_leaves_the_orders_phase_as_it_is(ledger: Ledger) -> None:
    order_id = await held_order(ledger)
    async with watched(ledger, HandClock(BREAK)) as announcer:
        assert await announcer.hears() == (order_id, "HOSE BREAK")
        await ledger.override_calendar(word(OverrideKind.CLOSED, Exchange.HNX))
        assert await announcer.hears() == (order_id, "HOSE BREAK")
