"""Each row of the table from the wire to a typed outcome, against a host that really resets, hangs and stumbles."""

from dataclasses import replace

import pytest

from broker.fastconnect.connection import FastConnect
from broker.fastconnect.credentials import Credentials
from broker.port import Accepted, NotSent, Refused, Unknown
from tests.broker import client as made
from tests.broker.loopback import (
    LOGIN,
    Answer,
    Breakdown,
    Request,
    as_json,
    envelope,
    login_answer,
    running,
    signed_in,
    unused_port,
)

NEW_ORDER = "/api/v2/Trading/NewOrder"
HTML = b"<html><body>Bad Gateway</body></html>"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Breakdown.RESET, id="reset"),
        pytest.param(Breakdown.CLOSE, id="closed without an answer"),
        pytest.param(Breakdown.HANG, id="read timeout"),
        pytest.param(Answer(502, HTML, "text/html"), id="HTML 502"),
        pytest.param(Answer(200, HTML, "text/html"), id="HTML 200"),
        pytest.param(Answer(200, b'{"message":"Suc', missing=30), id="truncated by a close"),
        pytest.param(Answer(200, b'{"message":"Suc'), id="broken JSON"),
        pytest.param(Answer(200, b""), id="empty body"),
        pytest.param(Answer(200, b"\xff\xfe\x00"), id="not text"),
        pytest.param(Answer(200, b"[" * 50_000), id="nested without end"),
        pytest.param(as_json([1, 2]), id="a list"),
        pytest.param(as_json({"message": "Success", "data": {}}), id="no status"),
        pytest.param(as_json({"message": "Success", "status": True}), id="status true"),
        pytest.param(as_json({"message": "Success", "status": "fine"}), id="status in words"),
        pytest.param(as_json({"message": "Success", "status": 200}, status=500), id="HTTP 500 with a good body"),
        pytest.param(as_json({"message": "no", "status": 400}, status=503), id="HTTP 503 with a refusal"),
        pytest.param(as_json({"message": "Success", "status": 200}, status=400), id="HTTP 400 with a good body"),
        pytest.param(envelope(None, 500, "crash"), id="status 500"),
        pytest.param(envelope(None, 504, "timeout"), id="status 504"),
        pytest.param(envelope(None, 408, "timeout"), id="status 408"),
        pytest.param(envelope(None, 409, "duplicate"), id="status 409"),
        pytest.param(envelope(None, 204, "no such client"), id="status 204"),
        pytest.param(Answer(401, HTML, "text/html"), id="HTML 401"),
        pytest.param(Answer(404, HTML, "text/html"), id="HTML 404"),
        pytest.param(Answer(302, b"", headers=("Location: /login",)), id="redirect"),
        pytest.param(Answer(200, b"junk", headers=("Content-Encoding: gzip",)), id="not gzip"),
    ],
)
async def test_what_may_have_reached_ssi_is_unknown_and_sent_once(answer: Answer | Breakdown) -> None:
    limits = made.HURRIED if answer is Breakdown.HANG else made.PATIENT
    async with running(signed_in(lambda _: answer)) as host, made.client(host.url, limits) as broker:
        assert isinstance(await broker.submit(made.SUBMIT), Unknown)
        assert host.count(NEW_ORDER) == 1


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        (envelope(None, 400, "'Order ID' must not be empty."), Refused("400", "'Order ID' must not be empty.")),
        (as_json({"message": "bad", "status": 400}, status=400), Refused("400", "bad")),
        (as_json({"message": "bad", "status": "400"}), Refused("400", "bad")),
        (envelope(None, 403, "blocked"), Refused("403", "blocked")),
        (envelope(None, 40014, "cannot cancel"), Refused("40014", "cannot cancel")),
        (envelope(None, 400, ""), Refused("400", "SSI gave no reason")),
    ],
)
async def test_a_refusal_in_the_body_is_refused(answer: Answer, refused: Refused) -> None:
    async with running(signed_in(lambda _: answer)) as host, made.client(host.url) as broker:
        assert await broker.cancel(made.CANCEL) == refused


@pytest.mark.parametrize(
    "answer", [envelope({"requestID": "10000001"}), as_json({"Message": "Success", "Status": "200"})]
)
async def test_status_200_is_accepted(answer: Answer) -> None:
    async with running(signed_in(lambda _: answer)) as host, made.client(host.url) as broker:
        assert await broker.submit(made.SUBMIT) == Accepted()


async def test_a_throttled_request_was_not_sent_and_says_how_long_to_wait() -> None:
    quota = Answer(429, b"API calls quota exceeded!", "text/plain", headers=("Retry-After: 3",))
    async with running(signed_in(lambda _: quota)) as host, made.client(host.url) as broker:
        assert await broker.submit(made.SUBMIT) == NotSent("SSI's rate limit was reached (429); Retry-After: 3", 3.0)


async def test_a_throttle_in_the_body_was_not_sent() -> None:
    async with running(signed_in(lambda _: envelope(None, 429, "quota"))) as host, made.client(host.url) as broker:
        assert await broker.submit(made.SUBMIT) == NotSent("SSI's rate limit was reached (429)")


async def test_nobody_listening_is_not_sent() -> None:
    async with made.client(f"http://127.0.0.1:{unused_port()}/") as broker:
        assert isinstance(await broker.submit(made.SUBMIT), NotSent)


async def test_a_host_that_goes_away_after_the_login_is_not_sent() -> None:
    async with running(signed_in(lambda _: Breakdown.CLOSE)) as host:
        keys = made.credentials(host.url)
        broker = FastConnect(keys, made.PATIENT)
        assert isinstance(await broker.submit(made.SUBMIT), Unknown)
    outcome = await broker.submit(made.SUBMIT)
    await broker.aclose()
    assert outcome == NotSent("no connection to SSI (ConnectError)")


async def test_a_host_without_tls_is_not_sent() -> None:
    async with running(signed_in(lambda _: Breakdown.CLOSE)) as host:
        async with made.client(host.url.replace("http://", "https://"), made.HURRIED) as broker:
            outcome = await broker.submit(made.SUBMIT)
        assert isinstance(outcome, NotSent)
        assert not host.requests


async def test_an_answer_that_drips_without_end_is_unknown() -> None:
    limits = replace(made.PATIENT, total=1)
    async with running(signed_in(lambda _: Breakdown.HANG)) as host, made.client(host.url, limits) as broker:
        assert isinstance(await broker.submit(made.SUBMIT), Unknown)


@pytest.mark.parametrize("status", [200, 401])
async def test_an_expired_token_is_not_sent_and_the_next_request_has_a_new_one(status: int) -> None:
    logins = iter(("first", "second"))
    refusals = iter([as_json({"message": "Unauthorized", "status": 401}, status)])

    def script(request: Request) -> Answer:
        return login_answer(next(logins)) if request.path == LOGIN else next(refusals, envelope({}))

    async with running(script) as host, made.client(host.url) as broker:
        assert isinstance(await broker.submit(made.SUBMIT), NotSent)
        assert await broker.submit(made.SUBMIT) == Accepted()
        first, second = (r.headers["authorization"] for r in host.requests if r.path == NEW_ORDER)
    assert first != second


async def test_a_refused_login_sends_no_order_and_is_not_repeated_at_once() -> None:
    async with running(lambda _: envelope(None, 400, f"wrong code {made.PIN}")) as host:
        async with made.client(host.url) as broker:
            outcomes = [await broker.submit(made.SUBMIT) for _ in range(3)]
        assert host.count(LOGIN) == 1
        assert host.count(NEW_ORDER) == 0
    assert outcomes == [NotSent("login failed: HTTP 200, status 400: wrong code ***")] * 3


async def test_a_login_without_an_answer_sends_no_order() -> None:
    async with running(lambda _: Breakdown.HANG) as host, made.client(host.url, made.HURRIED) as broker:
        assert isinstance(await broker.submit(made.SUBMIT), NotSent)
        assert host.count(NEW_ORDER) == 0


def test_credentials_show_no_secret() -> None:
    shown = repr(made.credentials("http://127.0.0.1/"))
    hidden = (made.CONSUMER_SECRET, made.PIN, "c0ffee", "PRIVATE KEY")
    assert not any(secret in shown for secret in hidden)
    assert isinstance(made.credentials("http://127.0.0.1/"), Credentials)
