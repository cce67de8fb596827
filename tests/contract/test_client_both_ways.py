"""Our client with the fitting setting works whichever way SSI does what nobody knows."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace

import pytest

from broker.fastconnect.connection import FastConnect
from broker.fastconnect.data_stream import FastConnectFeed
from broker.fastconnect.quotas import Quota, QuotaScope
from broker.fastconnect.unknowns import SIMULATED, CashBalance, ExternalOrders, PartFilledAmend, Replay, SsiBehaviour
from broker.market_data import SessionShown, Snapshot
from broker.port import (
    Accepted,
    AmendRequest,
    Book,
    BrokerCash,
    BrokerMessage,
    CancelRequest,
    Heard,
    Interrupted,
    NotSent,
    Outcome,
    Refused,
    Unknown,
)
from market.fees import SSI_ONLINE, commission
from market.terms import OrderTerms
from market.vocabulary import Exchange, OrderType, Side
from orders.evidence import BrokerState
from tests.contract.our_client import (
    REFERENCE,
    TERMS,
    WAIT_SECONDS,
    credentials,
    others_trade,
    request_ids,
    submit_request,
    trading,
)
from tests.support.simulator_process import SimulatorProcess

pytestmark = pytest.mark.stack

Settings = dict[str, object]

GUIDE = [{"endpoint": "*", "period": "1s", "limit": 5}, {"endpoint": "*", "period": "5s", "limit": 30}]


@pytest.fixture(autouse=True)
def _settings_of_its_own(simulator: SimulatorProcess) -> Iterator[None]:
    yield
    simulator.call("DELETE", "settings")


def behaviour(**changes: object) -> SsiBehaviour:
    return replace(SIMULATED, **changes)  # type: ignore[arg-type] # the table below names the fields


UNNAMED = ExternalOrders.NO_REQUEST_ID

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
    "U17 other opaque words": ({"ip_address": ""}, SIMULATED),
    "U20 another prefix": ({"prefix": "x99"}, SIMULATED),
    "U21 no id from elsewhere": ({"external_orders": "no_request_id"}, behaviour(external_orders=UNNAMED)),
}


@pytest.mark.parametrize("case", FULL_LIVES)
async def test_an_order_is_acknowledged_filled_and_found_in_the_books(
    simulator: SimulatorProcess, account: str, case: str
) -> None:
    settings, known = FULL_LIVES[case]
    simulator.call("PUT", "settings", settings)
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
    simulator.call("PUT", "settings", {"hose_market_order": word})
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
    simulator.call("PUT", "settings", {"amend_quantity": way})
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
    simulator.call("PUT", "settings", settings)
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
    simulator.call("PUT", "settings", {"http_errors": True})
    known = behaviour(envelope_in_http_error_counts=counts)
    async with FastConnect(credentials(simulator), behaviour=known) as broker:
        assert isinstance(await broker.submit(submit_request(account, replace(TERMS, price=0))), expected)


async def test_a_token_that_is_refused_in_another_status_is_renewed(simulator: SimulatorProcess, account: str) -> None:
    simulator.call("PUT", "settings", {"words": {"expired_token": {"status": 403, "message": "Hết hạn"}}})
    known = behaviour(unauthorised_statuses=frozenset({401, 403}))
    async with FastConnect(credentials(simulator), behaviour=known) as broker:
        simulator.call("POST", "faults", {"kind": "expired_token", "path": "NewOrder"})
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
    own_simulator: SimulatorProcess, way: str, known: Replay, heard_twice: int
) -> None:
    simulator, account = own_simulator, own_simulator.env["SSI_ACCOUNT"]
    simulator.call("PUT", "settings", {"replay": way})
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
                    simulator.call("POST", "stream/hang-up")
                    others_trade(simulator, Side.SELL, 200)
                if BrokerState.FILLED in states:
                    break
    assert len(keys) - len(set(keys)) == heard_twice


@pytest.mark.parametrize(("form", "told"), [("text_with_retry_after", True), ("text", False), ("json", False)])
async def test_an_order_too_many_is_not_sent_in_whatever_form_ssi_says_so(
    simulator: SimulatorProcess, account: str, form: str, told: bool
) -> None:
    one = {"endpoint": "*:*/NewOrder", "period": "2s", "limit": 1}
    simulator.call("PUT", "settings", {"limits": [one], "throttled": form})
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
    simulator.call("PUT", "settings", {"limits": limits, "limit_scope": scope.value})
    known = behaviour(quota_scope=scope, assumed_quotas=(Quota(4, 1.0),))
    async with FastConnect(credentials(simulator), behaviour=known) as broker:
        assert await broker.read_limits() == (Quota(4, 1.0),)
        outcomes = [await broker.submit(submit_request(account)) for _ in range(6)]
        book = await broker.audit_book(account)
    assert outcomes == [Accepted()] * 6
    assert isinstance(book, Book)


@pytest.mark.parametrize("way", CashBalance)
async def test_the_cash_that_is_left_after_a_buy_is_told_both_ways(
    simulator: SimulatorProcess, account: str, way: CashBalance
) -> None:
    simulator.call("PUT", "settings", {"cash_balance": way})
    # Dearer than what other tests have left in the book, so that it fills first.
    dearest = submit_request(account, replace(TERMS, price=REFERENCE + 500))
    async with trading(simulator, account, behaviour(cash_balance=way)) as (broker, listener):
        before = await broker.cash(account)
        assert await broker.submit(dearest) == Accepted()
        await listener.until_state(BrokerState.WORKING)
        others_trade(simulator, Side.SELL, 200)
        filled = await listener.until_state(BrokerState.FILLED)
        after = await broker.cash(account)
    assert isinstance(before, BrokerCash)
    assert isinstance(after, BrokerCash)
    assert before.settled - after.settled == filled.filled_value + commission(SSI_ONLINE, filled.filled_value)


@pytest.mark.parametrize(
    ("way", "known"), [("own_request_id", SIMULATED), ("no_request_id", behaviour(external_orders=UNNAMED))]
)
async def test_an_order_from_elsewhere_is_shown_under_an_id_of_its_own_or_as_external(
    simulator: SimulatorProcess, account: str, way: str, known: SsiBehaviour
) -> None:
    simulator.call("PUT", "settings", {"external_orders": way})
    body = {"account": account, "symbol": "FPT", "side": "BUY", "price": REFERENCE - 1_000, "quantity": 100}
    simulator.call("POST", "external-orders", body)
    async with FastConnect(credentials(simulator), behaviour=known) as broker:
        book = await broker.audit_book(account)
    assert isinstance(book, Book)
    assert [(bool(row.request_id), row.external) for row in book.rows] == [(known is SIMULATED, known is not SIMULATED)]


@pytest.mark.parametrize(("way", "state"), [("broker", BrokerState.HELD), ("reject", BrokerState.REJECTED)])
async def test_an_order_before_its_phase_is_read_as_parked_or_rejected(
    simulator: SimulatorProcess, account: str, way: str, state: BrokerState
) -> None:
    simulator.call("PUT", "settings", {"pre_open": way})
    simulator.call("POST", "phases", {"exchange": "HOSE", "phase": "BREAK"})
    async with trading(simulator, account) as (broker, listener):
        assert await broker.submit(submit_request(account)) == Accepted()
        await listener.until(lambda heard: bool(heard.reports or heard.failures))
        book = await broker.audit_book(account)
        simulator.call("DELETE", "phases/HOSE")
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
    simulator.call("PUT", "settings", settings)
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
        simulator.call("POST", "symbols/FPT/halt")
        simulator.call("POST", "symbols/FPT/resume")
        simulator.call("POST", "phases", {"exchange": "HOSE", "phase": "CONT_AM"})
        simulator.call("DELETE", "phases/HOSE")
        others = {"symbol": "FPT", "side": "BUY", "price": REFERENCE - 1_000, "quantity": 100}
        simulator.call("POST", "participants", others)
