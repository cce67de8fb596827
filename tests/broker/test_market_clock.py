"""The market's time from the wall clock and from the simulator."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from broker.market_clock import ClockUnread, SimulatedClock, WallClock
from market.clock import MarketClock
from tests.broker.loopback import Answer, Breakdown, Script, as_json, running, unused_port

WALL = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def setting(version: int) -> Answer:
    return as_json(
        {
            "anchor_wall": "2026-11-23T08:00:00+07:00",
            "anchor_market": "2026-11-23T02:15:00Z",
            "rate": 60,
            "version": version,
            "market_now": "2026-11-23T02:15:00Z",
        }
    )


async def test_the_wall_clock_shows_wall_time() -> None:
    clock = await WallClock().read()
    assert clock.at(WALL) == WALL
    assert (clock.rate, clock.version) == (1, 0)


async def test_the_simulated_clock_is_read_and_kept_for_half_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    instant = [100.0]
    monkeypatch.setattr("broker.market_clock.time.monotonic", lambda: instant[0])
    versions = iter(range(3, 10))
    async with running(lambda _: setting(next(versions))) as host:
        clock = SimulatedClock(f"{host.url}clock")
        readings = await asyncio.gather(*(clock.read() for _ in range(5)))
        assert set(readings) == {MarketClock(WALL, datetime(2026, 11, 23, 2, 15, tzinfo=UTC), 60, 3)}
        assert len(host.requests) == 1
        instant[0] += 0.6
        assert (await clock.read()).version == 4
        await clock.aclose()
    assert readings[0].at(WALL + timedelta(seconds=1)) == datetime(2026, 11, 23, 2, 16, tzinfo=UTC)


@pytest.mark.parametrize("failure", [Answer(500, b""), as_json({"rate": 1}), Breakdown.RESET, Answer(200, b"<html>")])
async def test_the_last_setting_stays_while_the_simulator_does_not_answer(
    failure: Answer | Breakdown, monkeypatch: pytest.MonkeyPatch
) -> None:
    instant = [100.0]
    monkeypatch.setattr("broker.market_clock.time.monotonic", lambda: instant[0])
    async with running(lambda _: setting(3)) as host:
        clock = SimulatedClock(host.url)
        before = await clock.read()
        host.script = lambda _: failure
        instant[0] += 1
        assert await clock.read() == before
        assert len(host.requests) == 2
        await clock.aclose()


async def unread(script: Script) -> None:
    async with running(script) as host:
        clock = SimulatedClock(host.url)
        with pytest.raises(ClockUnread):
            await clock.read()
        await clock.aclose()


@pytest.mark.parametrize(
    "answer", [Answer(404, b""), as_json({"anchor_wall": "2026-11-23T08:00:00", "rate": 1}), Breakdown.CLOSE]
)
async def test_a_clock_that_was_never_read_says_so(answer: Answer | Breakdown) -> None:
    await unread(lambda _: answer)


async def test_a_clock_that_nobody_serves_says_so() -> None:
    clock = SimulatedClock(f"http://127.0.0.1:{unused_port()}/clock")
    with pytest.raises(ClockUnread):
        await clock.read()
    await clock.aclose()
