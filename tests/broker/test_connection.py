"""The connection as a whole: limits read from SSI, the device id, and the answers to what is unknown."""

import asyncio
from dataclasses import replace

import pytest

from broker.fastconnect.connection import FastConnect
from broker.fastconnect.device import WrongDeviceId, device_id
from broker.fastconnect.quotas import Quota
from broker.fastconnect.unknowns import LIVE, SIMULATED, PartFilledAmend, SsiBehaviour, behaviour_at
from broker.port import Accepted, NoAnswer, NotSent
from tests.broker import client as made
from tests.broker.loopback import LOGIN, Answer, Request, envelope, running, signed_in

NEW_ORDER = "/api/v2/Trading/NewOrder"
RATE_LIMIT = "/api/v2/Trading/rateLimit"
LIMITS = envelope([{"endpoint": "*:*/NewOrder", "period": "1h", "limit": 2}])


async def test_the_limits_that_ssi_tells_are_obeyed_per_account_and_call() -> None:
    def script(request: Request) -> Answer:
        return LIMITS if request.path == RATE_LIMIT else envelope({})

    async with running(signed_in(script)) as host, made.client(host.url) as broker:
        assert await broker.read_limits() == (Quota(2, 3_600, name="neworder"),)
        outcomes = [await broker.submit(made.SUBMIT) for _ in range(3)]
        assert outcomes[:2] == [Accepted(), Accepted()]
        assert isinstance(outcomes[2], NotSent)
        assert 3_000 < outcomes[2].wait_seconds <= 3_600
        assert host.count(NEW_ORDER) == 2
        assert await broker.submit(replace(made.SUBMIT, account="0712346")) == Accepted()
        assert await broker.cancel(made.CANCEL) == Accepted()


@pytest.mark.parametrize("limits", [envelope(None, 404, "none"), envelope([{"endpoint": "*"}]), envelope("fast")])
async def test_limits_that_are_not_told_leave_those_before_in_force(limits: Answer) -> None:
    def script(request: Request) -> Answer:
        return limits if request.path == RATE_LIMIT else envelope({})

    behaviour = replace(SIMULATED, assumed_quotas=(Quota(1, 3_600.0, name="neworder"),))
    async with running(signed_in(script)) as host, made.client(host.url, behaviour=behaviour) as broker:
        assert isinstance(await broker.read_limits(), NoAnswer)
        assert await broker.submit(made.SUBMIT) == Accepted()
        assert isinstance(await broker.submit(made.SUBMIT), NotSent)


async def test_limits_are_kept_up_to_date_until_that_is_cancelled() -> None:
    def script(request: Request) -> Answer:
        return LIMITS if request.path == RATE_LIMIT else envelope({})

    async with running(signed_in(script)) as host, made.client(host.url) as broker:
        keeping = asyncio.create_task(broker.keep_limits())
        while isinstance(await broker.submit(made.SUBMIT), Accepted):
            assert host.count(NEW_ORDER) < 1_000
        keeping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await keeping


async def test_a_query_without_a_turn_is_no_answer() -> None:
    behaviour = replace(SIMULATED, assumed_quotas=(Quota(0, 1.0, method="get"),))
    async with running(signed_in(lambda _: envelope({}))) as host, made.client(host.url, behaviour=behaviour) as broker:
        assert isinstance(await broker.cash(made.ACCOUNT), NoAnswer)
        assert {request.path for request in host.requests} == {LOGIN}


async def test_when_logins_end_older_tokens_one_token_serves_all() -> None:
    behaviour = replace(SIMULATED, login_ends_older_tokens=True)
    async with running(signed_in(lambda _: envelope({"orders": []}))) as host:
        async with made.client(host.url, behaviour=behaviour) as broker:
            await broker.audit_book(made.ACCOUNT)
            await broker.submit(made.SUBMIT)
        assert host.count(LOGIN) == 1
        assert host.requests[0].fields()["isSave"] is True


@pytest.mark.parametrize("text", ["0A-1B-2C-3D-4E-5F", "0a:1b:2c:3d:4e:5f", "0A1B2C3D4E5F"])
def test_each_form_of_a_mac_address_is_sent_as_it_is(text: str) -> None:
    assert device_id(text, must_be_mac=True) == text


def test_without_a_device_id_this_machines_is_sent() -> None:
    assert device_id(device_id("", must_be_mac=True), must_be_mac=True) == device_id("", must_be_mac=True)


@pytest.mark.parametrize("text", ["eth0:02:fc:00:00:00:01", "0A-1B-2C", "0A-1B:2C-3D-4E-5F", "my machine"])
def test_any_other_device_id_is_refused_at_start_and_says_what_is_allowed(text: str) -> None:
    with pytest.raises(WrongDeviceId, match="0A-1B-2C-3D-4E-5F"):
        FastConnect(replace(made.credentials("https://fc-tradeapi.ssi.com.vn/"), device_id=text))


@pytest.mark.parametrize(
    ("url", "behaviour"),
    [
        ("https://fc-tradeapi.ssi.com.vn/", LIVE),
        ("http://simulator:8010/", LIVE),
        ("http://10.0.0.7/", LIVE),
        ("", LIVE),
        ("http://127.0.0.1:8010/", SIMULATED),
        ("http://localhost:8010/", SIMULATED),
    ],
)
def test_only_a_host_on_this_machine_is_taken_for_the_simulator(url: str, behaviour: SsiBehaviour) -> None:
    assert behaviour_at(url) == behaviour


def test_live_is_every_safe_answer_and_amends_no_part_filled_quantity() -> None:
    assert SsiBehaviour() == LIVE
    assert LIVE.part_filled_amend is PartFilledAmend.UNVERIFIED
    assert LIVE.assumed_quotas
