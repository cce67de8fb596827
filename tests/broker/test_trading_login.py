"""One-time codes: a task with a deadline for a person, never an exception, and never more codes than SSI allows."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import structlog.testing

from broker.fastconnect.connection import FastConnect
from broker.fastconnect.renewal import needed_by
from broker.fastconnect.rest import Rest
from broker.fastconnect.trading_login import ONE_TIME_CODE, FastConnectLogin
from broker.fastconnect.unknowns import LIVE
from broker.port import (
    Accepted,
    NeedsOtp,
    NoAnswer,
    NotSent,
    OtpRequested,
    OtpWithheld,
    SignedIn,
    SignedOut,
    TradingAccess,
)
from market.calendar import VIETNAM
from tests.broker import client as made
from tests.broker.loopback import LOGIN, Answer, Breakdown, Host, Request, Script, envelope, running, token

GET_OTP = "/api/v2/Trading/GetOTP"
CODE = "918273"
TEN_IN_THE_MORNING = datetime(2026, 11, 25, 10, tzinfo=VIETNAM).timestamp()
HOURS = 3_600


def by_code(host: Host, code: str = "") -> FastConnect:
    keys = replace(made.credentials(host.url), two_factor_type=ONE_TIME_CODE, code=code)
    return FastConnect(keys, made.PATIENT)


def ssi(right_code: str = CODE, expires_at: int = 4_102_444_800) -> Script:
    """A host that takes one code, and everything else that is signed in."""

    def script(request: Request) -> Answer:
        if request.path != LOGIN:
            return envelope({})
        sent = request.fields()
        if sent["isSave"] and sent["code"] != right_code:
            return envelope(None, 400, f"code {sent['code']} is wrong")
        return envelope({"accessToken": token("one", expires_at)})

    return script


async def test_without_a_code_an_order_waits_for_a_person() -> None:
    async with running(ssi()) as host, by_code(host) as broker:
        outcome = await broker.submit(made.SUBMIT)
        assert host.requests == []
    assert isinstance(outcome, NotSent)
    assert outcome.needs_otp is not None
    assert outcome.needs_otp.codes_left == LIVE.otp_requests_before_block


async def test_the_code_that_a_person_enters_lets_orders_leave() -> None:
    async with running(ssi()) as host, by_code(host) as broker:
        assert isinstance(await broker.access(), NeedsOtp)
        assert isinstance(await broker.enter_otp(CODE), SignedIn)
        assert await broker.submit(made.SUBMIT) == Accepted()
        assert await broker.submit(made.SUBMIT) == Accepted()
        login = next(request for request in host.requests if request.path == LOGIN)
        assert host.count(LOGIN) == 1
    assert (login.fields()["twoFactorType"], login.fields()["code"], login.fields()["isSave"]) == (1, CODE, True)


async def test_the_code_given_at_start_is_used_once() -> None:
    async with running(ssi()) as host, by_code(host, CODE) as broker:
        assert isinstance(await broker.access(), SignedIn)
        host.script = lambda _: envelope(None, 401, "Unauthorized")
        assert isinstance(await broker.submit(made.SUBMIT), NotSent)
        assert isinstance(await broker.access(), NeedsOtp)
        assert host.count(LOGIN) == 1


async def test_a_wrong_code_is_told_without_the_code_and_the_task_stays() -> None:
    async with running(ssi()) as host, by_code(host) as broker:
        answer = await broker.enter_otp("111222")
        assert isinstance(answer, NeedsOtp)
        assert answer.text == "login failed: HTTP 200, status 400: code *** is wrong"
        assert isinstance(await broker.enter_otp(CODE), SignedIn)


@pytest.mark.parametrize("code", ["", "12", "1234 5", "1234567890123", "12\n345"])
async def test_what_is_no_code_never_leaves(code: str) -> None:
    async with running(ssi()) as host, by_code(host) as broker:
        answer = await broker.enter_otp(code)
        assert host.requests == []
    assert isinstance(answer, NeedsOtp)
    assert "4 to 12" in answer.text


async def test_a_login_that_is_not_answered_has_used_up_the_code() -> None:
    async with running(lambda _: Breakdown.CLOSE) as host, by_code(host) as broker:
        assert isinstance(await broker.enter_otp(CODE), NeedsOtp)
        assert isinstance(await broker.submit(made.SUBMIT), NotSent)
        assert host.count(LOGIN) == 1


async def test_codes_are_asked_for_without_a_token_and_never_too_often() -> None:
    async with running(ssi()) as host, by_code(host) as broker:
        answers = [await broker.request_otp() for _ in range(6)]
        assert host.count(GET_OTP) == 5
        assert host.requests[0].fields() == {"consumerID": made.CONSUMER_ID, "consumerSecret": made.CONSUMER_SECRET}
        assert "authorization" not in host.requests[0].headers
        assert answers[:5] == [OtpRequested(left) for left in (4, 3, 2, 1, 0)]
        assert isinstance(answers[5], OtpWithheld)
        await broker.enter_otp(CODE)
        assert await broker.request_otp() == OtpRequested(4)


async def test_a_request_for_a_code_that_fails_says_so_and_counts() -> None:
    refusal = envelope(None, 400, "ConsumerID is invalid")
    async with running(lambda _: refusal) as host, by_code(host) as broker:
        assert await broker.request_otp() == NoAnswer("HTTP 200, status 400: ConsumerID is invalid")
        access = await broker.access()
    assert isinstance(access, NeedsOtp)
    assert access.codes_left == 4


async def test_by_pin_nobody_is_asked() -> None:
    async with running(ssi(made.PIN)) as host, made.client(host.url) as broker:
        assert isinstance(await broker.access(), SignedIn)
        assert isinstance(await broker.request_otp(), OtpWithheld)
        assert isinstance(await broker.enter_otp(CODE), SignedIn)
        assert host.count(GET_OTP) == 0


async def test_a_wrong_pin_is_signed_out_and_refused() -> None:
    async with running(ssi("another")) as host, made.client(host.url) as broker:
        assert await broker.access() == SignedOut("login failed: HTTP 200, status 400: code *** is wrong", refused=True)


async def access_at(now: float, expires_at: float) -> TradingAccess:
    """What is told at `now` of a token that was taken at ten in the morning."""
    clock = TEN_IN_THE_MORNING
    async with running(ssi(expires_at=int(expires_at))) as host, Rest(host.url, made.PATIENT, "test") as rest:
        keys = replace(made.credentials(host.url), two_factor_type=ONE_TIME_CODE, code=CODE)
        login = FastConnectLogin(rest, keys, LIVE, lambda: clock)
        await login.access()
        clock = now
        answer = await login.access()
        await login.tokens.aclose()
        return answer


async def test_a_good_token_asks_nobody_until_ten_minutes_before_its_end() -> None:
    end = TEN_IN_THE_MORNING + 8 * HOURS
    assert await access_at(end - 601, end) == SignedIn(datetime.fromtimestamp(end, UTC))


async def test_the_task_names_the_hour_by_which_an_order_could_not_leave() -> None:
    evening = TEN_IN_THE_MORNING + 8 * HOURS
    before_the_end = await access_at(evening - 599, evening)
    assert isinstance(before_the_end, NeedsOtp)
    assert before_the_end.until == datetime(2026, 11, 26, 9, tzinfo=VIETNAM)
    noon = TEN_IN_THE_MORNING + 4 * HOURS
    in_the_session = await access_at(noon - 60, noon)
    assert isinstance(in_the_session, NeedsOtp)
    assert in_the_session.until == datetime.fromtimestamp(noon, UTC)
    too_late = await access_at(noon + 60, noon)
    assert isinstance(too_late, NeedsOtp)
    assert too_late.until == needed_by(noon + 60)


async def test_a_person_is_called_once_and_not_with_every_order() -> None:
    async with running(ssi()) as host, by_code(host) as broker:
        with structlog.testing.capture_logs() as lines:
            for _ in range(5):
                await broker.submit(made.SUBMIT)
    assert [line["event"] for line in lines] == ["broker_login_failed"]
