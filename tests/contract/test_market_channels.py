"""Each channel of the simulator's market stream as our client types it."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal

import pytest

from broker.fastconnect.data_stream import FastConnectFeed
from broker.fastconnect.unknowns import SIMULATED
from broker.market_data import (
    DataReopened,
    ForeignRoom,
    IndexShown,
    Level,
    MarketMessage,
    SessionShown,
    Snapshot,
    TradeBar,
)
from market.bands import Band
from market.calendar import VIETNAM
from market.feed_sessions import FeedSession
from market.vocabulary import Exchange, SecurityStatus
from tests.contract.our_client import REFERENCE, WAIT_SECONDS, credentials
from tests.support.simulator_process import SimulatorProcess

pytestmark = pytest.mark.stack

SYMBOL = "FPT"
ROOM = 1_200
PRICE = REFERENCE + 500
VOLUME = 300


@pytest.fixture(scope="module")
def at(simulator: SimulatorProcess) -> Iterator[datetime]:
    """A morning that stands still, in which 300 shares have traded and two orders rest."""
    with simulator.control as control:
        control.set_time("10:30:00", rate=0)
        control.call("PUT", f"symbols/{SYMBOL}", {"foreign_room": ROOM})
        for side in ("SELL", "BUY"):
            control.other_order(SYMBOL, side, PRICE, VOLUME)
        control.other_order(SYMBOL, "BUY", REFERENCE - 500, 700)
        control.other_order(SYMBOL, "SELL", REFERENCE + 1_000, 200)
        yield datetime.combine(control.today, time(10, 30), VIETNAM).astimezone(UTC)
        control.set_time("10:30:00", rate=1)


async def first_about(simulator: SimulatorProcess, channel: str, name: str, now: datetime) -> MarketMessage:
    """The first message of one channel about a security or an index."""
    keys = replace(credentials(simulator), data_stream_url=simulator.env["SSI_DATA_STREAM_URL"])
    async with (
        FastConnectFeed(keys, behaviour=SIMULATED, channels=(channel,), now=lambda: now) as feed,
        aclosing(feed.follow([SYMBOL])) as items,
        asyncio.timeout(WAIT_SECONDS),
    ):
        async for item in items:
            if name in (getattr(item, "symbol", ""), getattr(item, "index", "")):
                assert not isinstance(item, DataReopened)
                return item
    raise AssertionError(f"channel {channel} said nothing of {name}")


async def test_channel_f_is_the_session_of_a_security(simulator: SimulatorProcess, at: datetime) -> None:
    shown = await first_about(simulator, "F", SYMBOL, at)
    assert shown == SessionShown(SYMBOL, Exchange.HOSE, at, FeedSession.LO, SecurityStatus.NORMAL)


async def test_channel_x_is_band_prices_and_book(simulator: SimulatorProcess, at: datetime) -> None:
    listed = simulator.call("GET", f"symbols/{SYMBOL}")
    shown = await first_about(simulator, "X", SYMBOL, at)
    assert shown == Snapshot(
        symbol=SYMBOL,
        exchange=Exchange.HOSE,
        at=at,
        band=Band(REFERENCE, listed["ceiling"], listed["floor"]),
        last=PRICE,
        last_quantity=VOLUME,
        open=PRICE,
        high=PRICE,
        low=PRICE,
        volume=VOLUME,
        value=VOLUME * PRICE,
        bids=(Level(REFERENCE - 500, 700),),
        asks=(Level(REFERENCE + 1_000, 200),),
        session=FeedSession.LO,
        status=SecurityStatus.NORMAL,
    )


async def test_channel_r_is_the_foreign_room(simulator: SimulatorProcess, at: datetime) -> None:
    assert await first_about(simulator, "R", SYMBOL, at) == ForeignRoom(SYMBOL, at, ROOM, ROOM, bought=0, sold=0)


async def test_channel_b_is_a_trade_whose_day_is_the_markets(simulator: SimulatorProcess, at: datetime) -> None:
    price = Decimal(PRICE)
    assert await first_about(simulator, "B", SYMBOL, at) == TradeBar(SYMBOL, at, price, price, price, price, VOLUME)


async def test_channel_mi_is_an_index_with_what_rose_and_fell(simulator: SimulatorProcess, at: datetime) -> None:
    shown = await first_about(simulator, "MI", "VNINDEX", at)
    assert isinstance(shown, IndexShown)
    assert (shown.at, shown.volume, shown.traded_value) == (at, VOLUME, VOLUME * PRICE)
    assert (shown.advances, shown.declines, shown.ceilings, shown.floors) == (1, 0, 0, 0)
    assert shown.value > shown.previous > 0
