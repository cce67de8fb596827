"""The market stream against a small hub: what is subscribed, what arrives, and what happens when it breaks."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

import pytest
from websockets.asyncio.server import ServerConnection

from broker.fastconnect.data_stream import FastConnectFeed
from broker.fastconnect.unknowns import SIMULATED, SsiBehaviour
from broker.market_data import DataNotUnderstood, DataReopened, MarketMessage, SessionShown, Snapshot
from tests.broker import client as made
from tests.broker.fake_hub import INIT, Hub, Play, broadcast, hub_running
from tests.broker.loopback import Answer, Request, running, signed_in
from tests.broker.market_stream import data_message, session_content, snapshot_content

HUB = "FcMarketDataV2Hub"
SESSION = data_message("F", session_content())
SNAPSHOT = data_message("X", snapshot_content())


@asynccontextmanager
async def feeding(
    play: Play, channels: tuple[str, ...] = ("F",), behaviour: SsiBehaviour = SIMULATED
) -> AsyncIterator[tuple[FastConnectFeed, Hub]]:
    async with running(signed_in(nothing_else)) as host, hub_running(play) as hub:
        keys = replace(made.credentials(host.url), data_stream_url=hub.url)
        async with FastConnectFeed(keys, made.PATIENT, behaviour, channels) as feed:
            yield feed, hub


def nothing_else(_: Request) -> Answer:
    pytest.fail("the data host was asked for more than a token")


async def taken(feed: FastConnectFeed, number: int, *symbols: str) -> list[MarketMessage | DataReopened]:
    found: list[MarketMessage | DataReopened] = []
    async with aclosing(feed.follow(symbols)) as stream:
        async for item in stream:
            found.append(item)
            if len(found) == number:
                break
    return found


class Subscribed:
    """Answers each subscription with its channel's message, and keeps what was subscribed."""

    def __init__(self, *answers: str) -> None:
        self.words: list[dict[str, object]] = []
        self._answers = answers

    async def play(self, socket: ServerConnection) -> None:
        await socket.send(INIT)
        self.words.append(json.loads(await socket.recv()))
        for answer in self._answers:
            await socket.send(broadcast(answer, hub=HUB))
        await socket.wait_closed()


async def test_each_channel_has_its_own_connection_and_says_which_symbols() -> None:
    hub = Subscribed(SESSION)
    async with feeding(hub.play, ("F", "X", "MI")) as (feed, _):
        assert all(isinstance(item, SessionShown) for item in await taken(feed, 3, "FPT", "SSI"))
    assert sorted(str(each["A"]) for each in hub.words) == ["['F:FPT-SSI']", "['MI:ALL']", "['X:FPT-SSI']"]
    assert all((each["H"], each["M"], each["I"]) == (HUB, "SwitchChannels", 0) for each in hub.words)


async def test_without_symbols_all_are_subscribed() -> None:
    hub = Subscribed(SESSION, SNAPSHOT, "no JSON")
    async with feeding(hub.play) as (feed, _):
        kinds = [type(item) for item in await taken(feed, 3)]
    assert kinds == [SessionShown, Snapshot, DataNotUnderstood]
    assert hub.words[0]["A"] == ["F:ALL"]


async def test_channels_share_a_connection_where_that_is_verified() -> None:
    hub = Subscribed(SESSION)
    behaviour = replace(SIMULATED, channels_share_a_connection=True)
    async with feeding(hub.play, ("F", "X"), behaviour) as (feed, _):
        await taken(feed, 1)
    assert [each["A"] for each in hub.words] == [["F:ALL,X:ALL"]]


async def test_the_data_hub_is_negotiated_with_a_data_token() -> None:
    async with feeding(Subscribed(SESSION).play) as (feed, hub):
        await taken(feed, 1)
        assert hub.connect_query()["connectionData"] == json.dumps([{"name": HUB}])
        assert "NotifyID" not in hub.connected[0].headers
        assert hub.connected[0].headers["Authorization"].startswith("Bearer ey")


async def test_a_lost_feed_is_opened_again_subscribed_again_and_says_so() -> None:
    subscribed = []

    async def play(socket: ServerConnection) -> None:
        subscribed.append(await socket.recv())
        await socket.send(broadcast(SESSION, hub=HUB))
        if len(subscribed) == 1:
            await socket.close()
        await socket.wait_closed()

    async with feeding(play) as (feed, _):
        kinds = [type(item) for item in await taken(feed, 3)]
    assert kinds == [SessionShown, DataReopened, SessionShown]
    assert len(set(subscribed)) == 1


async def test_a_hub_that_wants_start_is_started_where_that_is_verified() -> None:
    hub_play = Subscribed(SESSION)
    behaviour = replace(SIMULATED, hub_wants_start=True)
    async with feeding(hub_play.play, behaviour=behaviour) as (feed, hub):
        await taken(feed, 1)
        assert len(hub.started) == 1


async def test_a_keep_alive_interval_counts_where_it_is_believed() -> None:
    async def silent(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(INIT)
        await socket.wait_closed()

    behaviour = replace(SIMULATED, keep_alive_is_told=True)
    async with feeding(silent, behaviour=behaviour) as (feed, hub):
        hub.negotiate_body = {"ConnectionToken": "t", "KeepAliveTimeout": 0.2}
        plays = iter((silent, Subscribed(SESSION).play))

        async def play(socket: ServerConnection) -> None:
            await next(plays)(socket)

        hub.play = play
        assert isinstance((await taken(feed, 2))[1], SessionShown)
