"""Our client with the fitting setting works whichever way SSI does what nobody knows."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from broker.fastconnect.connection import FastConnect
from broker.fastconnect.data_stream import FastConnectFeed
from broker.fastconnect.quotas import Quota, QuotaScope
from broker.fastconnect.unknowns import SIMULATED, PartFilledAmend, Replay, SsiBehaviour
from broker.market_data import SessionShown, Snapshot
from broker.port import (
    Accepted,
    AmendRequest,
    Book,
    BrokerMessage,
    CancelRequest,
    Heard,
    Interrupted,
    NotSent,
    Outcome,
    Refused,
    Unknown,
)
from market.terms import OrderTerms
from market.vocabulary import Exchange, OrderType, Side
from orders.evidence import BrokerState
from tests.contract.our_client import (
    REFERENCE,
    TERMS,
    WAIT_SECONDS,
    control,
    credentials,
    new_account,
    others_trade,
    request_ids,
    submit_request,
    trading,
)
from tests.support.simulator_process import SimulatorProcess, running_simulator

pytestmark = pytest.mark.stack

Settings = dict[str, object]

GUIDE = [{"endpoint": "*", "period": "1s", "limit": 5}, {"endpoint": "*", "period": "5s", "limit": 30}]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    with running_simulator(tmp_path_factory.mktemp("simulator"), participants=False) as process:
        yield process


@pytest.fixture
def simulator(running: SimulatorProcess) -> Iterator[SimulatorProcess]:
    yield running
    control(running, "DELETE", "settings", None)


@pytest.fixture
def account(simulator: SimulatorProcess) -> str:
    return new_account(simulator)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[SimulatorProcess]:
    """For tests that look at the running numbers of a whole day."""
    with running_simulator(tmp_path, participants=False) as process:
        yield process


def behaviour(**changes: object) -> SsiBehaviour:
    return replace(SIMULATED, **changes)  # type: ignore[arg-type] # the table below names the fields


FULL_LIVES: dict[str, tuple[Settings, SsiBehaviour]] = {
    "as it comes": ({}, SIMULATED),
    "U1 HTTP codes": ({"http_errors": True}, SIMULATED),
    "U4 numbers with holes": ({"notify_id_step": 3}, behaviour(numbers_are_consecutive=False)),
    "U4 numbers of each account": ({"notify_ids": "account"}, behaviour(numbers_are_consecutive=False)),
    "U5 few statuses": ({"skipped_statuses": ["RS", "SD"]}, SIMULATED),
    "U5 the execution comes late": ({"match_told": "after_order"}, SIMULATED),
    "U5 changes asked for are told": ({"pending_statuses": True}, SIMULATED),
    "U7 books keep the first id": ({"books_show_last_request": False}, SIMULATED),
    "U8 a MAC is wanted": ({"strict_device_id": True}, behaviour(device_id_is_mac=True)),
    "U9 the guide's limits": ({"limits": GUIDE}, behaviour(assumed_quotas=(Quota(5, 1.0), Quota(30, 5.0)))),
    "U10 start is wanted": ({"start_needed": True}, behaviour(hub_wants_start=True)),
    "U10 the keep-alive is told": (
        {"keep_alive_told": 0.4, "keep_alive_seconds": 0.2},
        behaviour(keep_alive_is_told=True),
    ),
    "U10 no keep-alive is told": ({"keep_alive_told": None}, behaviour(keep_alive_is_told=True)),
    "U14 one token at a time": ({"login_ends_older_tokens": True}, behaviour(login_ends_older_tokens=True)),
    "U14 tokens without an end": ({"token_tells_end": False}, SIMULATED),
    "U17 other opaque words": ({"prefix": "x99", "ip_address": ""}, SIMULATED),
}


@pytest.mark.parametrize("case", FULL_LIVES)
async def test_an_order_is_acknowledged_filled_and_found_in_the_books(
    simulator: SimulatorProcess, account: str, case: str
) -> None:
    settings, known = FULL_LIVES[case]
    control(simulator, "PUT", "settings", settings)
    request = submit_request(account)
    async with trading(simulator, account, known) as (broker, listener):
        assert await broker.submit(request) == Accepted()
        await listener.until_state(BrokerState.WORKING)
        others_trade(simulator, Side.SELL, 200)
        filled = await listener.until_state(BrokerState.FILLED)
        await listener.until(lambda heard: bool(heard.matches))
        assert (filled.filled, sum(match.quantity for match in listener.matches)) == (200, 200)
        book = await broker.audit_book(account)
        assert isinstance(book, Book)
        assert [(row.request_id, row.report.state) for row in book.rows] == [(request.request_id, BrokerState.FILLED)]


@pytest.mark.parametrize(("word", "refused"), [("MTL", "MP"), ("MP", "MTL")])
async def test_hoses_market_order_goes_out_under_its_name(
    simulator: SimulatorProcess, account: str, word: str, refused: str
) -> None:
    control(simulator, "PUT", "settings", {"hose_market_order": word})
    others_trade(simulator, Side.SELL, 200)
    terms = OrderTerms("FPT", Exchange.HOSE, Side.BUY, OrderType.MTL, 200, None)
    async with trading(simulator, account, behaviour(hose_market_order=word)) as (broker, listener):
        assert await broker.submit(submit_request(account, terms)) == Accepted()
        await listener.until_state(BrokerState.FILLED)
    async with FastConnect(credentials(simulator), behaviour=behaviour(hose_market_order=refused)) as broker:
        assert isinstance(await broker.submit(submit_request(account, terms)), Refused)


@pytest.mark.parametrize(
    ("way", "meaning"),
    [("whole", PartFilledAmend.WHOLE_QUANTITY), ("open", PartFilledAmend.OPEN_QUANTITY)],
)
async def test_a_part_filled_order_is_amended_to_the_quantity_meant(
    simulator: SimulatorProcess, account: str, way: str, meaning: PartFilledAmend
) -> None:
    control(simulator, "PUT", "settings", {"amend_quantity": way})
    terms = replace(TERMS, quantity=500)
    async with trading(simulator, account, behaviour(part_filled_amend=meaning)) as (broker, listener):
        await broker.submit(submit_request(account, terms))
        working = await listener.until_state(BrokerState.WORKING)
        others_trade(simulator, Side.SELL, 100)
        await listener.until(lambda heard: bool(heard.matches))
        amend = AmendRequest(
            account, str(next(request_ids)), working.broker_order_id, terms, replace(terms, quantity=300), filled=100
        )
        assert await broker.amend(amend) == Accepted()
        await listener.until(lambda heard: any(report.quantity == 300 for report in heard.reports))
        cancel = CancelRequest(account, str(next(request_ids)), working.broker_order_id, terms)
        assert await broker.cancel(cancel) == Accepted()
        cancelled = await listener.until_state(BrokerState.CANCELED)
        assert (cancelled.filled, cancelled.cancelled) == (100, 200)


@pytest.mark.parametrize(
    ("settings", "known", "second", "orders"),
    [
        ({}, SIMULATED, Refused, 1),
        ({}, behaviour(duplicate_statuses=frozenset({400})), Unknown, 1),
        ({"words": {"duplicate_request": {"status": 409, "message": "Conflict"}}}, SIMULATED, Unknown, 1),
        ({"duplicate_request": "repeated"}, SIMULATED, Accepted, 1),
        ({"duplicate_request": "taken"}, SIMULATED, Accepted, 2),
    ],
)
async def test_a_repeated_request_id_gets_the_outcome_that_its_answer_proves(
    simulator: SimulatorProcess,
    account: str,
    settings: Settings,
    known: SsiBehaviour,
    second: type[Outcome],
    orders: int,
) -> None:
    control(simulator, "PUT", "settings", settings)
    request = submit_request(account)
    async with trading(simulator, account, known) as (broker, listener):
        assert await broker.submit(request) == Accepted()
        answer = await broker.submit(request)
        assert isinstance(answer, second), answer
        await listener.until(lambda heard: len({report.broker_order_id for report in heard.reports}) == orders)


@pytest.mark.parametrize(("counts", "expected"), [(True, Refused), (False, Unknown)])
async def test_a_refusal_in_the_http_code_proves_what_the_setting_says(
    simulator: SimulatorProcess, account: str, counts: bool, expected: type[Outcome]
) -> None:
    control(simulator, "PUT", "settings", {"http_errors": True})
    known = behaviour(envelope_in_http_error_counts=counts)
    async with FastConnect(credentials(simulator), behaviour=known) as broker:
        assert isinstance(await broker.submit(submit_request(account, replace(TERMS, price=0))), expected)


async def test_a_token_that_is_refused_in_another_status_is_renewed(simulator: SimulatorProcess, account: str) -> None:
    control(simulator, "PUT", "settings", {"words": {"expired_token": {"status": 403, "message": "Hết hạn"}}})
    known = behaviour(unauthorised_statuses=frozenset({401, 403}))
    async with FastConnect(credentials(simulator), behaviour=known) as broker:
        control(simulator, "POST", "faults", {"kind": "expired_token", "path": "NewOrder"})
        assert isinstance(await broker.submit(submit_request(account)), NotSent)
        assert await broker.submit(submit_request(account)) == Accepted()


@pytest.mark.parametrize(
    ("way", "known", "heard_twice"),
    [
        ("with_last", Replay.UNVERIFIED, 1),
        ("with_last", Replay.WITH_LAST, 0),
        ("after_last", Replay.UNVERIFIED, 0),
        ("after_last", Replay.AFTER_LAST, 0),
    ],
)
async def test_a_stream_that_broke_goes_on_without_a_loss(
    own: SimulatorProcess, way: str, known: Replay, heard_twice: int
) -> None:
    simulator, account = own, own.env["SSI_ACCOUNT"]
    control(simulator, "PUT", "settings", {"replay": way})
    async with FastConnect(credentials(simulator), behaviour=behaviour(replay=known)) as broker:
        keys: list[str] = []
        async with aclosing(broker.follow(0)) as heard, asyncio.timeout(WAIT_SECONDS):
            await broker.submit(submit_request(account))
            broken = False
            async for item in heard:
                assert not isinstance(item, Interrupted) or item.why.value == "reopened", item
                if not isinstance(item, Heard) or not isinstance(item.reading, BrokerMessage):
                    continue
                if item.reading.account != account:
                    continue
                keys.append(item.reading.key)
                states = [getattr(item.reading.fact, "state", None)]
                if BrokerState.WORKING in states and not broken:
                    broken = True
                    control(simulator, "POST", "stream/hang-up", None)
                    others_trade(simulator, Side.SELL, 200)
                if BrokerState.FILLED in states:
                    break
    assert len(keys) - len(set(keys)) == heard_twice


@pytest.mark.parametrize(("form", "told"), [("text_with_retry_after", True), ("text", False), ("json", False)])
async def test_an_order_too_many_is_not_sent_in_whatever_form_ssi_says_so(
    simulator: SimulatorProcess, account: str, form: str, told: bool
) -> None:
    one = {"endpoint": "*:*/NewOrder", "period": "2s", "limit": 1}
    control(simulator, "PUT", "settings", {"limits": [one], "throttled": form})
    async with FastConnect(credentials(simulator), behaviour=behaviour(throttled_rest_seconds=0.1)) as broker:
        assert await broker.submit(submit_request(account)) == Accepted()
        throttled = await broker.submit(submit_request(account))
        assert isinstance(throttled, NotSent)
        assert (throttled.wait_seconds > 0) is told
        # Whoever reads the limits waits for a turn instead of being throttled.
        await asyncio.sleep(2.1)
        await broker.read_limits()
        assert [await broker.submit(submit_request(account)) for _ in range(2)] == [Accepted()] * 2


@pytest.mark.parametrize("scope", QuotaScope)
async def test_a_client_that_knows_the_limits_is_never_throttled(
    simulator: SimulatorProcess, account: str, scope: QuotaScope
) -> None:
    limits = [{"endpoint": "*", "period": "1s", "limit": 4}]
    control(simulator, "PUT", "settings", {"limits": limits, "limit_scope": scope.value})
    known = behaviour(quota_scope=scope, assumed_quotas=(Quota(4, 1.0),))
    async with FastConnect(credentials(simulator), behaviour=known) as broker:
        assert await broker.read_limits() == (Quota(4, 1.0),)
        outcomes = [await broker.submit(submit_request(account)) for _ in range(6)]
        book = await broker.audit_book(account)
    assert outcomes == [Accepted()] * 6
    assert isinstance(book, Book)


@pytest.mark.parametrize(("way", "state"), [("broker", BrokerState.HELD), ("reject", BrokerState.REJECTED)])
async def test_an_order_before_its_phase_is_read_as_parked_or_rejected(
    simulator: SimulatorProcess, account: str, way: str, state: BrokerState
) -> None:
    control(simulator, "PUT", "settings", {"pre_open": way})
    control(simulator, "POST", "phases", {"exchange": "HOSE", "phase": "BREAK"})
    async with trading(simulator, account) as (broker, listener):
        assert await broker.submit(submit_request(account)) == Accepted()
        await listener.until(lambda heard: bool(heard.reports or heard.failures))
        book = await broker.audit_book(account)
        control(simulator, "DELETE", "phases/HOSE", None)
    assert isinstance(book, Book)
    assert [row.report.state for row in book.rows] == [state]


@pytest.mark.parametrize(
    ("settings", "known"),
    [
        ({}, behaviour(channels_share_a_connection=True)),
        ({"one_channel_per_connection": True}, behaviour(channels_share_a_connection=False)),
        ({"snapshot_on_subscribe": False}, SIMULATED),
        ({"all_channels_every_ms": 300}, SIMULATED),
    ],
)
async def test_the_market_stream_tells_sessions_and_prices(
    simulator: SimulatorProcess, settings: Settings, known: SsiBehaviour
) -> None:
    control(simulator, "PUT", "settings", settings)
    seen: set[type] = set()
    data_credentials = replace(credentials(simulator), data_stream_url=simulator.env["SSI_DATA_STREAM_URL"])
    async with (
        FastConnectFeed(data_credentials, behaviour=known, channels=("F", "X")) as feed,
        aclosing(feed.follow()) as items,
        asyncio.timeout(WAIT_SECONDS),
    ):
        nudges = asyncio.create_task(_nudge(simulator))
        async for item in items:
            if isinstance(item, SessionShown | Snapshot) and item.symbol == "FPT":
                seen.add(type(item))
            if seen == {SessionShown, Snapshot}:
                break
        nudges.cancel()


async def _nudge(simulator: SimulatorProcess) -> None:
    """Something happens on the market again and again, for a stream that starts without a picture."""
    while True:
        await asyncio.sleep(0.5)
        control(simulator, "POST", "symbols/FPT/halt", None)
        control(simulator, "POST", "symbols/FPT/resume", None)
        control(simulator, "POST", "phases", {"exchange": "HOSE", "phase": "CONT_AM"})
        control(simulator, "DELETE", "phases/HOSE", None)
        others = {"symbol": "FPT", "side": "BUY", "price": REFERENCE - 1_000, "quantity": 100}
        control(simulator, "POST", "participants", others)
