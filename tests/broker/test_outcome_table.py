"""The table of outcomes: each row happens, each gives its outcome, and none ever shows a secret."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from datetime import date

import httpx
import pytest
import structlog
import structlog.testing

from broker.fastconnect.connection import FastConnect
from broker.fastconnect.credentials import Timeouts
from broker.fastconnect.data import FastConnectData
from broker.fastconnect.outcomes import TABLE, row_of
from broker.fastconnect.rest import Envelope, Lost, Obstacle, Reply, Unreached
from broker.fastconnect.signing import Signer, WrongKey
from broker.fastconnect.unknowns import LIVE
from broker.port import NotSent, Outcome, StreamLost, Unknown
from tests.broker import client as made
from tests.broker.failing_rows import HAPPENINGS, KEY, NEW_ORDER, SPOKEN, Happening, happening
from tests.broker.loopback import Answer, running, signed_in, token

KEY_LINES = [line for line in KEY.splitlines()[1:-1] if len(line) >= 16]
SECRETS = (made.CONSUMER_ID, made.CONSUMER_SECRET, made.PIN, token("first"), *KEY_LINES)

every_row = pytest.mark.parametrize("given", HAPPENINGS, ids=lambda given: f"{given.case}: {given.outcome.__name__}")


def test_every_row_happens_in_a_test() -> None:
    assert {given.case for given in HAPPENINGS} == {row.case for row in TABLE}


def test_rows_have_names_of_their_own() -> None:
    assert len({row.case for row in TABLE}) == len(TABLE)


@every_row
async def test_a_row_gives_its_outcome_and_the_order_leaves_at_most_once(given: Happening) -> None:
    async with happening(given) as (broker, host):
        outcome = await broker.submit(made.SUBMIT)
        assert host.count(NEW_ORDER) == given.sent
    assert isinstance(outcome, given.outcome)
    proofs = {row.case: row.proof for row in TABLE}
    assert proofs[given.case].value == given.outcome.__name__


@every_row
async def test_no_row_shows_a_secret(given: Happening, caplog: pytest.LogCaptureFixture) -> None:
    shown: list[object] = []
    with caplog.at_level(logging.DEBUG), structlog.testing.capture_logs() as lines:
        async with happening(given) as (broker, host):
            shown += [broker, *await asyncio.gather(*_everything(broker), _data(host.url, given.timeouts))]
    shown += [lines, caplog.text]
    texts = [f"{each!r} {each}" for each in shown]
    assert [secret for secret in SECRETS if any(secret in text for text in texts)] == []


def _everything(broker: FastConnect) -> list[Awaitable[object]]:
    return [
        broker.submit(made.SUBMIT),
        broker.amend(made.AMEND),
        broker.cancel(made.CANCEL),
        broker.access(),
        broker.request_otp(),
        broker.enter_otp(made.PIN),
        broker.audit_book(made.ACCOUNT),
        broker.history(made.ACCOUNT, date(2026, 11, 23)),
        broker.cash(made.ACCOUNT),
        broker.margin(made.ACCOUNT),
        broker.read_limits(),
        _lost(broker),
    ]


async def _data(url: str, timeouts: Timeouts) -> object:
    async with FastConnectData(made.credentials(url), timeouts) as data:
        return await data.instruments(date(2026, 11, 23))


async def _lost(broker: FastConnect) -> str:
    """What an exception says with everything that led to it."""
    try:
        async for _ in broker.stream(0):
            pass
    except StreamLost as lost:
        return "".join(traceback.format_exception(lost))
    return "no stream is played here"


def test_a_key_that_cannot_be_read_is_not_shown() -> None:
    broken = KEY.replace("A", "?")
    with pytest.raises(WrongKey) as raised:
        Signer(broken)
    told = "".join(traceback.format_exception(raised.value))
    assert not any(line.replace("A", "?") in told for line in KEY_LINES)


BEFORE_THE_FIRST_BYTE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
AFTER_IT = (
    httpx.WriteTimeout,
    httpx.WriteError,
    httpx.ReadTimeout,
    httpx.ReadError,
    httpx.CloseError,
    httpx.RemoteProtocolError,
    httpx.LocalProtocolError,
    httpx.DecodingError,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    ConnectionResetError,
    BrokenPipeError,
    TimeoutError,
)


def failing_with(error: type[Exception]) -> Callable[..., object]:
    async def handle(_transport: object, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("AccessToken"):
            return httpx.Response(200, json={"message": "", "status": 200, "data": {"accessToken": token("first")}})
        raise error(SPOKEN)

    return handle


async def sent_over(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> list[Outcome]:
    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", failing_with(error))
    async with made.client("http://127.0.0.1/") as broker:
        return [
            await broker.submit(made.SUBMIT),
            await broker.amend(made.AMEND),
            await broker.cancel(made.CANCEL),
        ]


@pytest.mark.parametrize("error", BEFORE_THE_FIRST_BYTE)
async def test_an_order_that_finds_no_connection_was_not_sent(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = NotSent(f"no connection to SSI ({error.__name__})")
    assert await sent_over(error, monkeypatch) == [expected] * 3


@pytest.mark.parametrize("error", AFTER_IT)
async def test_an_order_of_which_a_byte_may_have_left_is_unknown(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = Unknown(f"no whole answer from SSI ({error.__name__})")
    assert await sent_over(error, monkeypatch) == [expected] * 3


def test_every_error_of_the_transport_is_in_one_of_the_two_lists() -> None:
    leaves, found = [httpx.TransportError], set()
    while leaves:
        error = leaves.pop()
        leaves += error.__subclasses__()
        if not error.__subclasses__():
            found.add(error)
    assert found <= {*BEFORE_THE_FIRST_BYTE, *AFTER_IT}


def reply(status: int, http_status: int = 200) -> Reply:
    return Reply(http_status, "application/json", "", Envelope(status, "", None), None)


def test_no_status_but_ssis_own_no_is_a_refusal() -> None:
    refused = {status for status in range(-1, 60_000) if row_of(reply(status)).case == "refused"}
    assert refused == {400, 403, 404, 405, 410, 411, 413, 414, 415, 422, *range(40_001, 40_100)}


def test_what_never_left_has_its_row_in_any_behaviour() -> None:
    for obstacle in Obstacle:
        assert row_of(Unreached("", obstacle), LIVE).case == obstacle.value.replace("_", "-")
    assert row_of(Lost(""), LIVE).case == "lost"


async def test_a_throttled_call_rests_as_long_as_ssi_tells() -> None:
    """The second order finds no turn within its deadline: it says so instead of hanging."""
    told = Answer(429, b"quota", "text/plain", headers=("Retry-After: 30",))
    async with running(signed_in(lambda _: told)) as host, made.client(host.url) as broker:
        first, second = await broker.submit(made.SUBMIT), await broker.submit(made.SUBMIT)
        assert host.count(NEW_ORDER) == 1
    assert first == NotSent("SSI's rate limit was reached (429); Retry-After: 30", 30.0)
    assert isinstance(second, NotSent)
    assert 25 < second.wait_seconds <= 30
