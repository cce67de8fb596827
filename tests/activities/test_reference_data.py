"""Loading a day's reference data: whose day it is, what is saved, what raises an alert, and who waits for it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.broker_days import BrokerDays
from activities.day_end import DayEnd
from activities.intake import Intake
from activities.reference_data import ReferenceDataCaller, ReferenceDataLoader
from activities.trading_day import MarketWatcher
from broker.port import Book, NoAnswer, ReferenceData
from ledger.accounts import AlertKind
from ledger.ledger import Ledger
from market.calendar import VIETNAM, CalendarOverride, OverrideKind
from market.clock import MarketClock
from market.instrument import Instrument
from market.vocabulary import BandDay, Exchange, InstrumentKind, SecurityStatus
from tests.support.database import CONNECTION_ID
from tests.support.paper_broker import PaperAnnouncer, PaperBroker
from workflows.messages import LoadEnd, ReferenceDataLoaded

pytestmark = pytest.mark.stack

MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 20)
MORNING = datetime(2026, 11, 23, 7, 30, tzinfo=VIETNAM)
SUNDAY_MORNING = datetime(2026, 11, 22, 7, 30, tzinfo=VIETNAM)
VIC = Instrument("VIC", "Vingroup", Exchange.HOSE, InstrumentKind.STOCK, MONDAY, 85_500, 91_400, 79_600)
SHS = Instrument("SHS", "SHS", Exchange.HNX, InstrumentKind.STOCK, MONDAY, 22_400, 24_600, 20_200)
ACV = Instrument("ACV", "ACV", Exchange.UPCOM, InstrumentKind.STOCK, MONDAY, 52_400, 60_200, 44_600)
LISTED = (VIC, SHS, ACV)


class StandingClock:
    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    async def read(self) -> MarketClock:
        return MarketClock(self.now, self.now, rate=0, version=1)


class Told(ReferenceData):
    """A data service that answers as told, and remembers which days it was asked for."""

    def __init__(self, answer: Sequence[Instrument] | NoAnswer = LISTED) -> None:
        self.answer = answer
        self.asked: list[date] = []

    async def instruments(self, trading_date: date) -> tuple[Instrument, ...] | NoAnswer:
        self.asked.append(trading_date)
        return self.answer if isinstance(self.answer, NoAnswer) else tuple(self.answer)


async def load(ledger: Ledger, told: Told, asked: date | None = MONDAY, now: datetime = MORNING) -> ReferenceDataLoaded:
    loader = ReferenceDataLoader(ledger, told, BrokerDays(ledger, StandingClock(now)))
    return await ActivityEnvironment().run(loader.load_reference_data, asked)


async def test_the_days_securities_are_saved_and_counted(ledger: Ledger) -> None:
    loaded = await load(ledger, Told())
    assert loaded == ReferenceDataLoaded(MONDAY, LoadEnd.LOADED, securities=3)
    assert loaded.summary() == "reference data for 2026-11-23: 3 securities, 0 alarms"
    assert await ledger.instrument("VIC", MONDAY) == VIC
    assert await ledger.alerts() == ()


async def test_without_a_date_it_is_the_day_on_the_markets_clock(ledger: Ledger) -> None:
    told = Told()
    assert (await load(ledger, told, None)).trading_date == MONDAY
    assert told.asked == [MONDAY]


@pytest.mark.parametrize(
    ("asked", "now", "end", "day"),
    [
        (None, SUNDAY_MORNING, LoadEnd.NO_TRADING_DAY, FRIDAY),
        (FRIDAY, MORNING, LoadEnd.DAY_OVER, FRIDAY),
        (MONDAY, SUNDAY_MORNING, LoadEnd.DAY_OVER, MONDAY),
    ],
)
async def test_a_day_that_is_not_today_ends_the_load_and_the_broker_is_not_asked(
    ledger: Ledger, asked: date | None, now: datetime, end: LoadEnd, day: date
) -> None:
    told = Told()
    assert await load(ledger, told, asked, now) == ReferenceDataLoaded(day, end)
    assert told.asked == []


async def test_an_operator_may_load_fridays_data_again_on_the_weekend(ledger: Ledger) -> None:
    friday = [replace(each, trading_date=FRIDAY) for each in LISTED]
    assert (await load(ledger, Told(friday), FRIDAY, SUNDAY_MORNING)).securities == 3


async def test_a_service_that_does_not_answer_is_asked_again_by_the_platform(ledger: Ledger) -> None:
    with pytest.raises(ApplicationError, match="no reference data for 2026-11-23 yet: quota") as raised:
        await load(ledger, Told(NoAnswer("quota")))
    assert not raised.value.non_retryable


async def test_a_band_of_yesterday_is_never_saved_as_todays(ledger: Ledger) -> None:
    wrong = replace(VIC, trading_date=FRIDAY)
    with pytest.raises(ApplicationError, match="2 securities of 2026-11-23 saved, but none of HOSE yet"):
        await load(ledger, Told((wrong, SHS, ACV)))
    assert await ledger.instrument("VIC", MONDAY) is None
    assert await ledger.instrument("VIC", FRIDAY) is None
    assert await ledger.instrument("SHS", MONDAY) == SHS


async def test_an_exchange_that_a_person_has_closed_need_not_tell_anything(ledger: Ledger) -> None:
    await ledger.override_calendar(CalendarOverride(MONDAY, OverrideKind.CLOSED, "storm", "operator", Exchange.HNX))
    assert (await load(ledger, Told((VIC, ACV)))).end is LoadEnd.LOADED


async def test_a_band_that_differs_is_used_and_raises_one_alert_with_both_bands(ledger: Ledger) -> None:
    wide = replace(VIC, ceiling=102_600, floor=68_400)
    for _ in range(2):
        loaded = await load(ledger, Told((wide, SHS, ACV)))
        assert loaded.summary().endswith("3 securities, 1 alarm")
    (alert,) = await ledger.alerts()
    assert (alert.kind, alert.key) == (AlertKind.BAND_DISCREPANCY, "band_discrepancy:2026-11-23:VIC")
    assert (alert.account_id, alert.connection_id, alert.order_id) == (None, None, None)
    assert alert.text == (
        "VIC on 2026-11-23: the exchange's band is 68,400 to 102,600 VND, the rules' is 79,600 to 91,400 VND"
        " for the reference 85,500 VND. The exchange's counts; look why."
    )
    assert await ledger.instrument("VIC", MONDAY) == wide


async def test_the_wide_band_of_a_first_day_is_no_discrepancy(ledger: Ledger) -> None:
    wide = replace(VIC, ceiling=102_600, floor=68_400, band_day=BandDay.FIRST_DAY)
    assert (await load(ledger, Told((wide, SHS, ACV)))).alarms == 0


async def test_a_second_load_keeps_the_status_and_room_that_something_else_has_told(ledger: Ledger) -> None:
    await load(ledger, Told())
    await ledger.save_instruments([replace(VIC, status=SecurityStatus.HALTED, foreign_room=500)])
    corrected = replace(VIC, reference=85_000, ceiling=90_900, floor=79_100)
    await load(ledger, Told((corrected, SHS, ACV)))
    found = await ledger.instrument("VIC", MONDAY)
    assert found == replace(corrected, status=SecurityStatus.HALTED, foreign_room=500)


class LateData(ReferenceDataCaller):
    """Saves the day when it is asked for the second time, or turns the clock to the next one."""

    def __init__(self, ledger: Ledger, clock: StandingClock, *, comes: bool) -> None:
        self._ledger = ledger
        self._clock = clock
        self._comes = comes
        self.asked: list[date] = []

    async def ask(self, trading_date: date) -> None:
        self.asked.append(trading_date)
        if len(self.asked) == 1:
            return
        if self._comes:
            await self._ledger.save_instruments(LISTED)
        self._clock.now = datetime(2026, 11, 25, 7, 30, tzinfo=VIETNAM)


@pytest.mark.parametrize("comes", [True, False])
async def test_the_watcher_asks_until_the_data_are_there_and_gives_up_when_the_day_is_over(
    ledger: Ledger, comes: bool
) -> None:
    clock, announcer = StandingClock(), PaperAnnouncer(ledger)
    caller, broker = LateData(ledger, clock, comes=comes), PaperBroker(audit=Book(()))
    ends = DayEnd(ledger, broker, BrokerDays(ledger, clock), announcer, Intake(CONNECTION_ID, ledger, announcer))
    watcher = MarketWatcher(ledger, broker, caller, BrokerDays(ledger, clock), announcer, ends)
    await asyncio.wait_for(ActivityEnvironment().run(watcher.watch), 20)
    assert caller.asked == [MONDAY, MONDAY]
