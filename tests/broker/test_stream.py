"""The trading stream against a small SignalR hub: messages, signs of life, and every way it can be lost."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from itertools import count

import pytest
from websockets.asyncio.server import ServerConnection

from broker.fastconnect.connection import FastConnect
from broker.fastconnect.credentials import Timeouts
from broker.fastconnect.stream import hub_url
from broker.port import Accepted, StreamLost
from tests.broker import client as made
from tests.broker.fake_hub import INIT, Hub, Play, broadcast, hub_running, sends
from tests.broker.loopback import LOGIN, Host, login_answer, running
from tests.broker.stream_messages import order_event


@asynccontextmanager
async def listening(play: Play, timeouts: Timeouts = made.PATIENT) -> AsyncIterator[tuple[FastConnect, Hub, Host]]:
    marks = count()
    async with running(lambda _: login_answer(str(next(marks)))) as host, hub_running(play) as hub:
        keys = replace(made.credentials(host.url), stream_url=hub.url)
        async with FastConnect(keys, timeouts) as broker:
            yield broker, hub, host


async def taken(broker: FastConnect, number: int, resume_from: int = 0) -> list[str]:
    """The first `number` messages of the stream, which is then closed."""
    messages: list[str] = []
    async with aclosing(broker.stream(resume_from)) as stream:
        async for message in stream:
            messages.append(message)
            if len(messages) == number:
                break
    return messages


async def until_lost(broker: FastConnect) -> tuple[list[str], str]:
    """All messages up to the loss, and what it says."""
    messages: list[str] = []
    try:
        async for message in broker.stream(0):
            messages.append(message)  # noqa: PERF401 - what came before the loss must be kept
    except StreamLost as lost:
        return messages, str(lost)
    pytest.fail("the stream ended without a loss")


async def test_messages_come_as_they_were_sent_and_keep_alives_as_signs_of_life() -> None:
    first, second = order_event(), order_event(notifyID=52)
    async with listening(sends(INIT, "{}", broadcast(first, second), "{}")) as (broker, hub, _):
        assert await taken(broker, 5) == ["", "", first, second, ""]
        await hub.closed.wait()


async def test_the_stream_signs_in_and_resumes_where_it_is_told() -> None:
    async with listening(sends(INIT)) as (broker, hub, _):
        await taken(broker, 1, resume_from=1234)
        for request in (hub.negotiated[0], hub.connected[0]):
            assert request.headers["NotifyID"] == "1234"
            assert request.headers["Authorization"].startswith("Bearer ey")
        assert hub.connect_query() == {
            "transport": "webSockets",
            "connectionToken": "a+/=token",
            "connectionData": '[{"name": "BroadcastHubV2"}]',
            "clientProtocol": "1.3",
        }


async def test_no_log_shows_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="httpcore"):
        async with listening(sends(INIT)) as (broker, hub, _):
            assert await broker.submit(made.SUBMIT) == Accepted()
            await taken(broker, 1)
            token = hub.connected[0].headers["Authorization"].removeprefix("Bearer ")
    client_lines = "\n".join(line.getMessage() for line in caplog.records if line.name != "websockets.server")
    assert "httpcore" in {line.name.partition(".")[0] for line in caplog.records}
    assert not any(secret in client_lines for secret in (token, made.CONSUMER_SECRET, made.PIN))


async def test_hub_names_differ_in_case_and_errors_are_handed_on() -> None:
    frames = (broadcast("one", hub="broadcasthubv2"), broadcast("ERR002", method="Error"), '{"I":"0","E":"no"}')
    async with listening(sends(*frames)) as (broker, _, _):
        assert await taken(broker, 3) == ["one", "ERR002", "no"]


async def test_what_has_no_known_form_is_handed_on() -> None:
    odd = '{"M":[{"H":"Other","M":"Call","A":[]}, 5, {"H":"BroadcastHubV2","M":"Broadcast","A":[{"type":"x"}]}]}'
    async with listening(sends("no JSON", "[1]", odd)) as (broker, _, _):
        assert await taken(broker, 5) == [
            "no JSON",
            "[1]",
            '{"A": [], "H": "Other", "M": "Call"}',
            "5",
            '{"type": "x"}',
        ]


async def test_an_empty_argument_is_a_message_and_no_sign_of_life() -> None:
    async with listening(sends("{}", broadcast(""))) as (broker, _, _):
        assert await taken(broker, 2) == ["", '""']


async def test_silence_ends_the_stream() -> None:
    async with listening(sends(INIT), made.HURRIED) as (broker, _, _):
        assert await until_lost(broker) == ([""], "silent for 1 s")


async def test_keep_alives_prevent_silence() -> None:
    async def play(socket: ServerConnection) -> None:
        for _ in range(5):
            await asyncio.sleep(0.3)
            await socket.send("{}")
        await socket.close()

    async with listening(play, made.HURRIED) as (broker, _, _):
        messages, _ = await until_lost(broker)
    assert messages == [""] * 5


async def test_a_close_ends_the_stream() -> None:
    async def play(socket: ServerConnection) -> None:
        await socket.send(broadcast("last"))
        await socket.close()

    async with listening(play) as (broker, _, _):
        assert await until_lost(broker) == (["last"], "the stream broke (ConnectionClosedOK)")


async def test_a_broken_line_ends_the_stream() -> None:
    async def play(socket: ServerConnection) -> None:
        await socket.send(INIT)
        socket.transport.abort()

    async with listening(play) as (broker, _, _):
        assert await until_lost(broker) == ([""], "the stream broke (ConnectionClosedError)")


@pytest.mark.parametrize("frame", ['{"D":1}', '{"C":"x","T":1,"M":[]}'])
async def test_a_hub_that_sends_us_away_ends_the_stream(frame: str) -> None:
    async with listening(sends(frame)) as (broker, _, _):
        assert await until_lost(broker) == ([], "the hub ended the connection")


async def test_a_refused_token_is_renewed_once() -> None:
    async with listening(sends(INIT)) as (broker, hub, host):
        hub.refuse_negotiate = 1
        assert await taken(broker, 1) == [""]
        assert host.count(LOGIN) == 2
        old, new = (request.headers["Authorization"] for request in hub.negotiated)
        assert old != new


async def test_a_token_refused_at_connect_is_renewed_once() -> None:
    async with listening(sends(INIT)) as (broker, hub, host):
        hub.refuse_connect = 1
        assert await taken(broker, 1) == [""]
        assert host.count(LOGIN) == 2


@pytest.mark.parametrize("step", ["refuse_negotiate", "refuse_connect"])
async def test_two_refused_tokens_end_the_stream(step: str) -> None:
    async with listening(sends(INIT)) as (broker, hub, host):
        setattr(hub, step, 2)
        assert await until_lost(broker) == ([], "the hub takes neither the old nor a new token")
        assert host.count(LOGIN) == 2


@pytest.mark.parametrize("body", [{}, [], "text", {"ConnectionToken": None}])
async def test_a_negotiation_without_a_connection_token_ends_the_stream(body: object) -> None:
    async with listening(sends(INIT)) as (broker, hub, _):
        hub.negotiate_body = body
        messages, text = await until_lost(broker)
    assert messages == []
    assert text.startswith("HTTP 200: negotiate")


async def test_a_hub_that_is_not_there_ends_the_stream() -> None:
    async with listening(sends(INIT)) as (_, hub, host):
        keys = replace(made.credentials(host.url), stream_url=hub.url)
        other = FastConnect(keys, made.PATIENT)
    messages, _ = await until_lost(other)
    assert messages == []
    await other.aclose()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("wss://fc-tradehub.ssi.com.vn/", "https://fc-tradehub.ssi.com.vn/"),
        ("https://fc-tradehub.ssi.com.vn", "https://fc-tradehub.ssi.com.vn/"),
        ("https://fc-tradehub.ssi.com.vn/v2.0", "https://fc-tradehub.ssi.com.vn/"),
        ("http://127.0.0.1:8010/", "http://127.0.0.1:8010/"),
    ],
)
def test_the_hubs_address_is_read_in_each_spelling(given: str, expected: str) -> None:
    assert hub_url(given) == expected
