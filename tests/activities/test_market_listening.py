"""What the market's feed shows through the day, and what becomes of it in the ledger."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.testing import ActivityEnvironment

from activities.broker_days import BrokerDays
from activities.market_listening import MarketListener
from broker.market_data import (
    DataNotUnderstood,
    DataReopened,
    ForeignRoom,
    MarketMessage,
    SessionShown,
    Snapshot,
)
from ledger.accounts import AlertKind
from ledger.ledger import Ledger
from market.bands import Band
from market.calendar import VIETNAM
from market.clock import MarketClock
from market.feed_phases import SHORTEST
from market.feed_sessions import FeedSession
from market.phases import PhaseName, phase_at
from market.vocabulary import Exchange, SecurityStatus
from tests.support.ledger_orders import (
    DAY,
    INSTRUMENTS,
    MONDAY,
    MORNING,
    accept,
    clock_at,
    command,
    open_market,
    place,
)

pytestmark = pytest.mark.stack

Item = MarketMessage | DataReopened
VIC = INSTRUMENTS[0]
A_SECOND = timedelta(seconds=1)


class MovedClock:
    """Stands still at `now` until it is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.version = 1

    async def read(self) -> MarketClock:
        return replace(clock_at(self.now), version=self.version)


class ScriptedFeed:
    """Plays what it is given, in time with the test."""

    def __init__(self) -> None:
        self.items: asyncio.Queue[Item] = asyncio.Queue()

    def play(self, items: Iterable[Item]) -> None:
        for item in items:
            self.items.put_nowait(item)

    async def follow(self, symbols: Sequence[str] = ()) -> AsyncGenerator[Item, None]:
        while True:
            yield await self.items.get()


def snapshot(at: datetime = MORNING, **changes: object) -> Snapshot:
    shown = Snapshot(
        symbol="VIC",
        exchange=Exchange.HOSE,
        at=at,
        band=VIC.band,
        last=None,
        last_quantity=0,
        open=None,
        high=None,
        low=None,
        volume=0,
        value=0,
        bids=(),
        asks=(),
        session=None,
        status=SecurityStatus.NORMAL,
    )
    return replace(shown, **changes)  # type: ignore[arg-type]  # the names are the test's own


def sessions(session: FeedSession, at: datetime) -> list[SessionShown]:
    return [SessionShown(name, Exchange.HOSE, at, session, SecurityStatus.NORMAL) for name in ("ACB", "FPT", "HPG")]


async def listening(
    ledger: Ledger, feed: ScriptedFeed, *steps: Callable[[], Awaitable[bool]], clock: MovedClock | None = None
) -> None:
    """Listen until each step has come true, one after the other, and then on to the next day."""
    clock = clock or MovedClock(MORNING)
    listener = MarketListener(ledger, feed, BrokerDays(ledger, clock), write_seconds=0.01)
    running = asyncio.ensure_future(ActivityEnvironment().run(listener.listen_to_market))
    async with asyncio.timeout(20):
        for step in steps:
            while not await step():
                assert not running.done(), running.result()
                await asyncio.sleep(0.01)
        clock.now = MONDAY
        await running


async def test_a_band_a_room_and_trading_that_are_shown_count_from_then_on(ledger: Ledger, engine: AsyncEngine) -> None:
    await open_market(ledger)
    feed, band = ScriptedFeed(), Band(80_000, 85_600, 74_400)
    feed.play([snapshot(band=band, volume=100), ForeignRoom("VIC", MORNING, 9_000, 700, 0, 0)])

    async def kept() -> bool:
        found = await ledger.instrument("VIC", DAY)
        return found == replace(VIC, reference=80_000, ceiling=85_600, floor=74_400, foreign_room=700)

    await listening(ledger, feed, kept)
    async with engine.connect() as connection:
        traded = (await connection.execute(text("SELECT traded FROM instrument WHERE symbol = 'VIC'"))).scalar_one()
    assert traded is True
    assert await ledger.alerts() == ()
    (denied,) = (await accept(ledger, command())).verdict.violations[:1]
    assert denied.code.value != "unknown_symbol"


async def test_a_band_that_differs_from_the_rules_counts_and_raises_one_alert(ledger: Ledger) -> None:
    await open_market(ledger)
    feed, odd = ScriptedFeed(), Band(80_000, 88_000, 72_000)
    feed.play([snapshot(band=odd), snapshot(band=odd, volume=1_000), snapshot(band=odd, volume=2_000)])

    async def kept() -> bool:
        found = await ledger.instrument("VIC", DAY)
        return found is not None and found.band == odd and bool(await ledger.alerts())

    await listening(ledger, feed, kept)
    (alert,) = await ledger.alerts()
    assert (alert.kind, "VIC" in alert.text, "88,000" in alert.text) == (AlertKind.BAND_DISCREPANCY, True, True)


async def test_lc81_orders_for_a_halted_security_are_denied_until_it_trades_again(ledger: Ledger) -> None:
    await open_market(ledger, cash=1_000_000_000)
    resting = await place(ledger)
    feed = ScriptedFeed()
    feed.play([snapshot(status=SecurityStatus.HALTED)])

    async def halted() -> bool:
        found = await ledger.instrument("VIC", DAY)
        return found is not None and found.status is SecurityStatus.HALTED

    async def denied() -> bool:
        verdict = (await accept(ledger, command())).verdict
        assert [each.code.value for each in verdict.violations] == ["symbol_not_trading"]
        stored = await ledger.load(resting)
        assert stored is not None
        assert stored.order.close_reason is None
        feed.play([snapshot(status=SecurityStatus.NORMAL, band=Band(80_000, 85_600, 74_400))])
        return True

    async def resumed() -> bool:
        found = await ledger.instrument("VIC", DAY)
        return found is not None and (found.status, found.ceiling) == (SecurityStatus.NORMAL, 85_600)

    await listening(ledger, feed, halted, denied, resumed)


async def test_a_status_that_the_feed_does_not_know_of_is_not_taken_away_by_it(ledger: Ledger) -> None:
    await open_market(ledger)
    await ledger.save_instruments([replace(VIC, status=SecurityStatus.RESTRICTED)])
    feed = ScriptedFeed()
    feed.play([snapshot(status=SecurityStatus.HALTED)])

    async def status_is(status: SecurityStatus) -> bool:
        found = await ledger.instrument("VIC", DAY)
        return found is not None and found.status is status

    async def halted() -> bool:
        return await status_is(SecurityStatus.HALTED)

    async def resumed() -> bool:
        feed.play([snapshot(status=SecurityStatus.NORMAL)])
        return await status_is(SecurityStatus.RESTRICTED)

    await listening(ledger, feed, halted, resumed)


async def test_last_prices_are_kept_with_their_time_and_an_older_one_changes_nothing(
    ledger: Ledger, engine: AsyncEngine
) -> None:
    await open_market(ledger)
    feed, later = ScriptedFeed(), MORNING + timedelta(seconds=9)
    feed.play([snapshot(later, last=85_000), DataReopened(), DataNotUnderstood("X", "half a message")])
    feed.play([snapshot(MORNING, last=84_000)])

    async def last_prices() -> list[tuple[str, int, datetime]]:
        async with engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(text("SELECT * FROM last_price"))]

    async def kept() -> bool:
        return bool(await last_prices())

    await listening(ledger, feed, kept)
    assert await last_prices() == [("VIC", 85_000, later)]


async def test_lc80_a_halt_of_the_exchange_is_a_phase_until_trading_is_shown_and_somebody_is_told(
    ledger: Ledger,
) -> None:
    await open_market(ledger, cash=1_000_000_000)
    feed, clock = ScriptedFeed(), MovedClock(MORNING)
    feed.play(sessions(FeedSession.HALT, MORNING))

    async def phase() -> PhaseName:
        return phase_at(Exchange.HOSE, clock.now + A_SECOND, calendar=await ledger.calendar()).name

    async def halted() -> bool:
        return await phase() is PhaseName.HALTED

    async def waits() -> bool:
        stored = await ledger.load((await accept(ledger, command(), clock.now + A_SECOND)).order.order_id)
        assert stored is not None
        assert stored.verdict.accepted
        assert stored.send_after is not None
        assert clock.now < stored.send_after <= clock.now + SHORTEST + A_SECOND
        feed.play(sessions(FeedSession.LO, clock.now))
        return True

    async def goes_on() -> bool:
        return await phase() is PhaseName.CONT_AM

    await listening(ledger, feed, halted, waits, goes_on, clock=clock)
    (alert,) = [each for each in await ledger.alerts() if each.kind is AlertKind.SESSION_CONTRADICTION]
    assert "HOSE shows HALT" in alert.text


async def test_lc80_an_auction_that_is_shown_beyond_its_end_goes_on(ledger: Ledger) -> None:
    await open_market(ledger, cash=1_000_000_000)
    just_before = datetime(2026, 11, 20, 9, 14, 58, tzinfo=VIETNAM)
    feed, clock = ScriptedFeed(), MovedClock(just_before)
    feed.play(sessions(FeedSession.ATO, just_before))

    async def prolonged() -> bool:
        return bool((await ledger.calendar()).deviations)

    async def still_waits() -> bool:
        clock.now = just_before + timedelta(seconds=5)
        held = await accept(ledger, command(), clock.now)
        assert held.verdict.accepted
        phase = phase_at(Exchange.HOSE, clock.now, calendar=await ledger.calendar())
        return phase.name is PhaseName.OPEN_AUCTION

    async def begins() -> bool:
        feed.play(sessions(FeedSession.LO, clock.now))
        phase = phase_at(Exchange.HOSE, clock.now + A_SECOND, calendar=await ledger.calendar())
        return phase.name is PhaseName.CONT_AM

    await listening(ledger, feed, prolonged, still_waits, begins, clock=clock)
    assert await ledger.alerts() == ()


async def test_a_clock_that_is_set_begins_another_course_of_the_day(ledger: Ledger) -> None:
    await open_market(ledger)
    feed, clock = ScriptedFeed(), MovedClock(MORNING)
    feed.play(sessions(FeedSession.HALT, MORNING))

    async def halted() -> bool:
        return bool((await ledger.calendar()).deviations)

    async def set_back() -> bool:
        clock.now, clock.version = MORNING - timedelta(minutes=20), 2
        return True

    async def trades() -> bool:
        calendar = await ledger.calendar()
        return all(
            phase_at(Exchange.HOSE, MORNING + n * A_SECOND, calendar=calendar).name is PhaseName.CONT_AM
            for n in range(60)
        )

    await listening(ledger, feed, halted, set_back, trades, clock=clock)


async def test_a_halt_is_seen_although_a_message_with_a_wrong_date_came_before_it(ledger: Ledger) -> None:
    await open_market(ledger)
    feed, wrong = ScriptedFeed(), datetime(2099, 1, 1, tzinfo=VIETNAM)
    feed.play([snapshot(wrong), snapshot(wrong), snapshot(status=SecurityStatus.HALTED)])

    async def halted() -> bool:
        found = await ledger.instrument("VIC", DAY)
        return found is not None and found.status is SecurityStatus.HALTED

    await listening(ledger, feed, halted)


async def test_the_first_words_after_the_clock_was_set_forward_are_not_of_the_future(ledger: Ledger) -> None:
    await open_market(ledger)
    feed, clock = ScriptedFeed(), MovedClock(MORNING)
    feed.play([snapshot()])
    later = MORNING + timedelta(hours=3)

    async def listens_and_is_set() -> bool:
        if not feed.items.empty():
            return False
        clock.now = later
        feed.play([snapshot(later, status=SecurityStatus.HALTED)])
        return True

    async def halted() -> bool:
        found = await ledger.instrument("VIC", DAY)
        return found is not None and found.status is SecurityStatus.HALTED

    await listening(ledger, feed, listens_and_is_set, halted, clock=clock)
