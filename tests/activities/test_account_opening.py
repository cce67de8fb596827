"""An account is opened with the broker's balances beside the day's watch, and holds nobody else up while it is not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.testing import ActivityEnvironment

from activities.account_opening import AccountOpening
from activities.broker_days import BrokerDays
from activities.day_end import DayEnd
from activities.intake import Intake
from activities.reference_data import ReferenceDataCaller
from activities.trading_day import MarketWatcher
from broker.port import Book, BrokerCash, NoAnswer, OddRow
from ledger.account_opening import NewAccount, open_account
from ledger.accounts import AlertKind
from ledger.ledger import Ledger
from market.clock import MarketClock
from market.fees import SSI_ONLINE
from market.violations import RuleCode
from tests.support.database import ACCOUNT_ID, CONNECTION_ID
from tests.support.ledger_orders import DAY, INSTRUMENTS, MORNING, accept, clock_at, command
from tests.support.paper_broker import PaperAnnouncer, PaperBroker

pytestmark = pytest.mark.stack

CASH = 50_000_000


class StandingClock:
    async def read(self) -> MarketClock:
        return clock_at(MORNING)


class Withholding(PaperBroker):
    """Tells the cash only once it `tells`; `asked` counts how often it was asked."""

    def __init__(self) -> None:
        super().__init__(audit=Book(()))
        self.tells = False
        self.asked = asyncio.Semaphore(0)

    async def cash(self, account: str) -> BrokerCash | NoAnswer:
        self.asked.release()
        return BrokerCash(CASH, 0, 0, 0) if self.tells else NoAnswer("Account is not exist.")


class Ends(DayEnd):
    """Tells when the watch has come to asking how orders ended."""

    reached: asyncio.Event

    async def ask(self) -> bool:
        self.reached.set()
        return True


class NobodyAsked(ReferenceDataCaller):
    def __init__(self) -> None:
        """Nothing is connected to."""

    async def ask(self, trading_date: date) -> None:
        pytest.fail(f"the reference data of {trading_date} were asked for")


@asynccontextmanager
async def opening(ledger: Ledger, broker: Withholding, alert_after_seconds: float) -> AsyncIterator[None]:
    kept = AccountOpening(
        ledger,
        broker,
        BrokerDays(ledger, StandingClock()),
        first_pause_seconds=0.001,
        alert_after_seconds=alert_after_seconds,
        look_seconds=0.01,
    )
    task = asyncio.create_task(ActivityEnvironment().run(kept.keep, DAY))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def asked(broker: Withholding, times: int) -> None:
    async with asyncio.timeout(10):
        for _ in range(times):
            await broker.asked.acquire()


async def is_opened(ledger: Ledger, account_id: str = ACCOUNT_ID) -> bool:
    account = await ledger.account(account_id)
    assert account is not None
    return account.opened


async def opens(ledger: Ledger, account_id: str = ACCOUNT_ID) -> None:
    async with asyncio.timeout(10):
        while not await is_opened(ledger, account_id):  # noqa: ASYNC110 - the database tells no event
            await asyncio.sleep(0.01)


async def test_an_account_whose_balances_are_not_told_does_not_stop_the_watch(ledger: Ledger) -> None:
    await ledger.save_instruments(INSTRUMENTS)
    days, announcer, broker = BrokerDays(ledger, StandingClock()), PaperAnnouncer(ledger), Withholding()
    ends = Ends(ledger, broker, days, announcer, Intake(CONNECTION_ID, ledger, announcer))
    ends.reached = asyncio.Event()
    watcher = MarketWatcher(ledger, broker, NobodyAsked(), days, announcer, ends)
    watching = asyncio.create_task(ActivityEnvironment().run(watcher.watch))
    try:
        await asked(broker, 1)
        await asyncio.wait_for(ends.reached.wait(), 10)
        assert not watching.done()
        assert not await is_opened(ledger)
        broker.tells = True
        await asked(broker, 1)
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def test_it_is_tried_until_the_broker_tells_and_takes_no_order_before(ledger: Ledger) -> None:
    await ledger.save_instruments(INSTRUMENTS)
    broker = Withholding()
    async with opening(ledger, broker, alert_after_seconds=60):
        await asked(broker, 3)
        denied = await accept(ledger, command())
        assert [each.code for each in denied.verdict.violations] == [RuleCode.INSUFFICIENT_CASH]
        broker.tells = True
        await opens(ledger)
    assert (await ledger.cash(ACCOUNT_ID)).available == CASH
    assert await ledger.alerts() == ()


async def test_an_account_that_stays_unopened_raises_one_alert_a_day(ledger: Ledger) -> None:
    await ledger.save_instruments(INSTRUMENTS)
    broker = Withholding()
    for _ in range(2):
        async with opening(ledger, broker, alert_after_seconds=0):
            await asked(broker, 4)
    (alert,) = await ledger.alerts()
    assert (alert.kind, alert.account_id) == (AlertKind.ACCOUNT_NOT_OPENED, ACCOUNT_ID)
    assert "Account is not exist." in alert.text


async def test_an_account_is_not_opened_from_a_book_with_a_row_that_cannot_be_read(ledger: Ledger) -> None:
    await ledger.save_instruments(INSTRUMENTS)
    broker = Withholding()
    broker.tells = True
    broker.audit = Book((), (OddRow(ACCOUNT_ID, "B1", "", "order.quantity is missing", "{}"),))
    async with opening(ledger, broker, alert_after_seconds=60):
        await asked(broker, 3)
        assert not await is_opened(ledger)
        broker.audit = Book(())
        await opens(ledger)


async def test_an_account_that_is_made_known_during_the_day_is_opened_too(ledger: Ledger, engine: AsyncEngine) -> None:
    await ledger.save_instruments(INSTRUMENTS)
    broker = Withholding()
    broker.tells = True
    async with opening(ledger, broker, alert_after_seconds=60):
        await opens(ledger)
        await open_account(engine, NewAccount("0905555", "Tran Minh", SSI_ONLINE, is_foreign=False))
        await opens(ledger, "0905555")
    assert (await ledger.cash("0905555")).available == CASH
