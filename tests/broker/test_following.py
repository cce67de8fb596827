"""The stream that connects again by itself: where it resumes, and when it says that messages may be missing."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

import pytest

from broker.fastconnect.following import LONGEST_PAUSE_SECONDS, BackOff, follow
from broker.fastconnect.unknowns import LIVE, Replay, SsiBehaviour
from broker.port import Heard, Interrupted, Interruption, StreamLost
from tests.broker.stream_messages import order_event, short_order_error

pytestmark = pytest.mark.usefixtures("exact_time")

CONSECUTIVE = replace(LIVE, numbers_are_consecutive=True)
ALIVE = ""


def numbered(number: int) -> str:
    return order_event(notifyID=number)


@dataclass
class Hub:
    """Plays one list of messages per connection, each broken off after it; the last connection stays silent."""

    plays: list[list[str]]
    asked: list[int] = field(default_factory=list)
    opened_at: list[float] = field(default_factory=list)

    async def open(self, resume_from: int) -> AsyncGenerator[str, None]:
        self.asked.append(resume_from)
        self.opened_at.append(asyncio.get_running_loop().time())
        for message in self.plays[len(self.asked) - 1]:
            yield message
        if len(self.asked) == len(self.plays):
            await asyncio.get_running_loop().create_future()
        raise StreamLost("played out")


def told(item: Heard | Interrupted) -> object:
    """A message as its number, a sign of life as None."""
    if isinstance(item, Interrupted):
        return item
    return item.reading.sequence if item.reading is not None else None


async def followed(hub: Hub, count: int, resume_from: int = 0, behaviour: SsiBehaviour = CONSECUTIVE) -> list[object]:
    items: list[object] = []
    async with aclosing(follow(hub.open, resume_from, behaviour)) as stream:
        async for item in stream:
            items.append(told(item))
            if len(items) == count:
                break
    return items


def reopened() -> Interrupted:
    return Interrupted(Interruption.REOPENED, 0, 0)


async def test_a_lost_stream_is_opened_again_where_it_broke_and_says_so() -> None:
    hub = Hub([[ALIVE, numbered(51), numbered(52)], [ALIVE, numbered(52), numbered(53)]])
    assert await followed(hub, 7) == [None, 51, 52, reopened(), None, 52, 53]
    assert hub.asked == [0, 52]


@pytest.mark.parametrize(
    ("replay", "asked"), [(Replay.UNVERIFIED, 52), (Replay.AFTER_LAST, 52), (Replay.WITH_LAST, 53)]
)
async def test_where_to_resume_depends_on_what_is_known_of_the_replay(replay: Replay, asked: int) -> None:
    hub = Hub([[numbered(52)], [ALIVE]])
    await followed(hub, 3, behaviour=replace(CONSECUTIVE, replay=replay))
    assert hub.asked == [0, asked]


@pytest.mark.parametrize("resume_from", [-1, 0, 40])
async def test_a_stream_that_told_no_number_is_asked_as_before(resume_from: int) -> None:
    hub = Hub([[ALIVE, short_order_error()], [ALIVE]])
    await followed(hub, 4, resume_from)
    assert hub.asked == [resume_from, resume_from]


async def test_a_hole_in_the_numbers_is_a_sign_before_the_message_behind_it() -> None:
    hub = Hub([[numbered(51), numbered(52), numbered(55), numbered(56)]])
    assert await followed(hub, 5, behaviour=LIVE) == [51, 52, Interrupted(Interruption.GAP, 52, 55), 55, 56]
    assert hub.asked == [0]


async def test_a_stream_without_normal_holes_is_opened_again_before_a_hole_and_asked_for_it_once() -> None:
    replayed = [numbered(number) for number in (52, 54, 55, 56)]
    hub = Hub([[numbered(51), numbered(52), numbered(55)], replayed])
    assert await followed(hub, 9) == [51, 52, Interrupted(Interruption.GAP, 52, 55), 55, reopened(), 52, 54, 55, 56]
    assert hub.asked == [0, 52]


async def test_messages_without_a_number_or_in_another_order_are_no_hole() -> None:
    hub = Hub([[numbered(51), short_order_error(), numbered(52), numbered(51), ALIVE, numbered(53)]])
    assert await followed(hub, 6) == [51, None, 52, 51, None, 53]


async def test_lc91_a_resume_number_that_is_too_old_is_a_sign_to_read_the_books() -> None:
    hub = Hub([[ALIVE, numbered(900)]])
    assert await followed(hub, 3, resume_from=40) == [None, Interrupted(Interruption.RESUME_TOO_OLD, 40, 900), 900]


async def test_a_resume_number_that_was_honoured_is_none() -> None:
    for first in (40, 41):
        assert await followed(Hub([[numbered(first)]]), 1, resume_from=40) == [first]


async def test_numbers_that_begin_anew_are_a_sign() -> None:
    hub = Hub([[numbered(1), numbered(2)]])
    items = await followed(hub, 3, resume_from=40)
    assert items == [Interrupted(Interruption.NUMBERS_RESTARTED, 40, 1), 1, 2]


async def test_while_holes_may_be_normal_they_are_gathered_into_one_sign_in_half_a_minute() -> None:
    async def slowly(_: int) -> AsyncGenerator[str, None]:
        for number in range(10, 100, 10):
            yield numbered(number)
            await asyncio.sleep(5)

    signs = []
    async with aclosing(follow(slowly, 0, LIVE)) as stream:
        async for item in stream:
            if isinstance(item, Interrupted):
                signs.append(item)
            elif item.reading is not None and item.reading.sequence == 90:
                break
    assert signs == [Interrupted(Interruption.GAP, 10, 20), Interrupted(Interruption.GAP, 20, 80)]


async def test_pauses_between_connections_grow_and_are_never_longer_than_half_a_minute() -> None:
    hub = Hub([[] for _ in range(18)] + [[ALIVE]])
    await followed(hub, 1)
    pauses = [later - earlier for earlier, later in zip(hub.opened_at, hub.opened_at[1:], strict=False)]
    assert 0.25 <= pauses[0] <= 0.5
    assert all(pause <= LONGEST_PAUSE_SECONDS for pause in pauses)
    assert all(pause >= LONGEST_PAUSE_SECONDS / 2 for pause in pauses[-5:])


async def test_after_a_good_connection_the_next_pause_is_short_again() -> None:
    back_off = BackOff()
    for _ in range(12):
        back_off.pause()
    back_off.lasted(9)
    assert back_off.pause() >= LONGEST_PAUSE_SECONDS / 2
    back_off.lasted(10)
    assert back_off.pause() <= 0.5


async def test_a_hub_that_ends_each_connection_after_twenty_seconds_is_away_for_moments_only() -> None:
    class Brief(Hub):
        async def open(self, resume_from: int) -> AsyncGenerator[str, None]:
            self.opened_at.append(asyncio.get_running_loop().time())
            await asyncio.sleep(20)
            yield ALIVE
            raise StreamLost("ended")

    hub = Brief([])
    await followed(hub, 41)
    pauses = [after - before - 20 for before, after in zip(hub.opened_at, hub.opened_at[1:], strict=False)]
    assert len(pauses) == 20
    assert max(pauses) <= 0.51


async def test_only_a_lost_stream_is_opened_again() -> None:
    async def broken(_: int) -> AsyncGenerator[str, None]:
        yield ALIVE
        raise RuntimeError("nobody expected this")

    with pytest.raises(RuntimeError):
        async for _ in follow(broken, 0, LIVE):
            pass
