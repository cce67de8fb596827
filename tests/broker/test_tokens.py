"""Tokens: one login for all who wait, renewal before expiry, rest after a refusal."""

import asyncio
import time

import pytest
import structlog.testing

from broker.fastconnect.rest import Rest
from broker.fastconnect.tokens import LoginFailed, Logins, Token, TokenSource
from tests.broker import client as made
from tests.broker.loopback import Answer, envelope, login_answer, running


class ScriptedLogins:
    """A scripted login on a clock of its own."""

    def __init__(self, *results: Token | LoginFailed | Exception) -> None:
        self.now = 1_000_000.0
        self.calls = 0
        self.answering = asyncio.Event()
        self.answering.set()
        self._results = list(results)

    async def login(self) -> Token | LoginFailed:
        self.calls += 1
        await asyncio.sleep(0)
        await self.answering.wait()
        result = self._results[min(self.calls, len(self._results)) - 1]
        if isinstance(result, Exception):
            raise result
        return result

    def source(self) -> TokenSource:
        return TokenSource("test", self.login, lambda: self.now)


def token_for(seconds: float, value: str = "t") -> Token:
    return Token(value, 1_000_000.0 + seconds)


async def renewed(source: TokenSource) -> None:
    """Wait for the renewal in the background, whatever comes of it."""
    assert source._renewal is not None
    await asyncio.wait({source._renewal})
    await asyncio.sleep(0)


async def test_callers_share_one_login() -> None:
    logins = ScriptedLogins(token_for(28_800))
    source = logins.source()
    tokens = await asyncio.gather(*(source.token() for _ in range(20)))
    assert logins.calls == 1
    assert len(set(tokens)) == 1


async def test_callers_share_one_failed_login() -> None:
    logins = ScriptedLogins(LoginFailed("no line", refused=False))
    source = logins.source()
    answers = await asyncio.gather(*(source.token() for _ in range(20)))
    assert logins.calls == 1
    assert set(answers) == {LoginFailed("no line", refused=False)}


async def test_a_token_is_renewed_before_it_expires() -> None:
    logins = ScriptedLogins(token_for(28_800, "old"), token_for(57_600, "new"))
    source = logins.source()
    await source.token()
    logins.now += 28_800 - 601
    assert await source.token() == token_for(28_800, "old")
    logins.now += 2
    assert await source.token() == token_for(28_800, "old")
    await renewed(source)
    assert await source.token() == token_for(57_600, "new")
    assert logins.calls == 2


async def test_a_login_that_hangs_holds_up_nobody_while_the_token_is_good() -> None:
    logins = ScriptedLogins(token_for(28_800, "old"), token_for(57_600, "new"))
    source = logins.source()
    await source.token()
    logins.now += 28_800 - 30
    logins.answering.clear()
    async with asyncio.timeout(1):
        answers = await asyncio.gather(*(source.token() for _ in range(20)))
        await asyncio.sleep(0)
        assert await source.token() == token_for(28_800, "old")
    assert set(answers) == {token_for(28_800, "old")}
    assert logins.calls == 2
    logins.now += 1
    late = asyncio.create_task(source.token())
    await asyncio.sleep(0)
    assert not late.done()
    logins.answering.set()
    assert await late == token_for(57_600, "new")
    assert logins.calls == 2


@pytest.mark.parametrize("failure", [RuntimeError("the PIN is 834251"), LoginFailed("no line", refused=False)])
async def test_a_renewal_that_fails_is_logged_without_secrets_and_tried_again_later(
    failure: Exception | LoginFailed,
) -> None:
    logins = ScriptedLogins(token_for(28_800, "old"), failure, token_for(57_600, "new"))
    source = logins.source()
    await source.token()
    logins.now += 28_800 - 300
    with structlog.testing.capture_logs() as lines:
        await source.token()
        await renewed(source)
    assert len(lines) == 1
    assert "834251" not in str(lines)
    for _ in range(20):
        assert await source.token() == token_for(28_800, "old")
        await renewed(source)
    assert logins.calls == 2
    logins.now += 5
    await source.token()
    await renewed(source)
    assert await source.token() == token_for(57_600, "new")


async def test_the_old_token_serves_while_renewing_fails() -> None:
    logins = ScriptedLogins(token_for(28_800, "old"), LoginFailed("one-time code used", refused=True))
    source = logins.source()
    await source.token()
    logins.now += 28_800 - 300
    assert await source.token() == token_for(28_800, "old")
    await renewed(source)
    assert await source.token() == token_for(28_800, "old")
    logins.now += 299
    assert await source.token() == LoginFailed("one-time code used", refused=True)


async def test_refused_logins_rest_longer_each_time() -> None:
    logins = ScriptedLogins(LoginFailed("wrong PIN", refused=True))
    source = logins.source()
    for _ in range(60):
        await source.token()
        logins.now += 1
    assert logins.calls == 4  # at 0, 5, 15 and 35 seconds


async def test_a_caller_that_gives_up_leaves_the_login_to_the_others() -> None:
    logins = ScriptedLogins(token_for(28_800))
    source = logins.source()
    impatient = asyncio.create_task(source.token())
    patient = asyncio.create_task(source.token())
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == token_for(28_800)
    assert logins.calls == 1


async def test_discarding_an_old_token_keeps_the_new_one() -> None:
    logins = ScriptedLogins(token_for(28_800, "old"), token_for(57_600, "new"))
    source = logins.source()
    old = await source.token()
    assert isinstance(old, Token)
    source.discard(old)
    new = await source.token()
    source.discard(old)
    assert await source.token() is new


@pytest.mark.parametrize(
    ("can_trade", "expected"), [(True, {"code": made.PIN, "isSave": True}), (False, {"code": "1", "isSave": False})]
)
async def test_the_login_asks_for_the_kind_of_token(can_trade: bool, expected: dict[str, object]) -> None:
    async with running(lambda _: login_answer()) as host, Rest(host.url, made.PATIENT, "test") as rest:
        logins = Logins(rest, made.credentials(host.url))
        answer = await (logins.trading() if can_trade else logins.reading())
        assert isinstance(answer, Token)
        assert answer.expires_at == 4_102_444_800
        assert expected.items() <= host.requests[0].fields().items()


@pytest.mark.parametrize(
    "data", [None, {}, {"accessToken": ""}, {"accessToken": "a\r\nX-Evil: 1"}, {"accessToken": "tok\u00e9n"}, [1]]
)
async def test_a_login_without_a_usable_token_is_a_failed_login(data: object) -> None:
    async with running(lambda _: envelope(data)) as host, Rest(host.url, made.PATIENT, "test") as rest:
        answer = await Logins(rest, made.credentials(host.url)).trading()
    assert isinstance(answer, LoginFailed)
    assert not answer.refused


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        (envelope(None, 400, "Key does not exist."), True),
        (envelope(None, 401, "no"), True),
        (envelope(None, 500, "crash"), False),
        (Answer(429, b"quota", "text/plain"), False),
    ],
)
async def test_only_a_no_counts_as_refused(answer: Answer, refused: bool) -> None:
    async with running(lambda _: answer) as host, Rest(host.url, made.PATIENT, "test") as rest:
        result = await Logins(rest, made.credentials(host.url)).trading()
    assert isinstance(result, LoginFailed)
    assert result.refused is refused


async def test_an_opaque_token_is_used_for_half_an_hour() -> None:
    opaque = envelope({"accessToken": "opaque"})
    async with running(lambda _: opaque) as host, Rest(host.url, made.PATIENT, "test") as rest:
        answer = await Logins(rest, made.credentials(host.url)).trading()
    assert isinstance(answer, Token)
    assert answer.value == "opaque"
    assert 1_700 < answer.expires_at - time.time() <= 1_800


@pytest.mark.usefixtures("exact_time")
async def test_a_token_is_renewed_in_time_though_nobody_asks_for_it() -> None:
    clock = asyncio.get_running_loop().time
    eight_hours, begun, logins = 28_800, clock(), []

    async def login() -> Token:
        logins.append(clock() - begun)
        return Token(str(len(logins)), 1_000_000 + clock() - begun + eight_hours)

    source = TokenSource("test", login, lambda: 1_000_000 + clock() - begun)
    await source.token()
    await asyncio.sleep(2 * eight_hours)
    assert len(logins) == 3
    assert logins[1] <= eight_hours - 540
    assert source.current is not None
    await source.aclose()
    await asyncio.sleep(2 * eight_hours)
    assert len(logins) == 3


async def test_a_token_that_has_ended_is_no_current_one() -> None:
    logins = ScriptedLogins(token_for(28_800))
    source = logins.source()
    assert source.current is None
    assert await source.token() is source.current
    logins.now += 28_800
    assert source.current is None
