"""The inbox and its routing: every message is kept, finds its order, and is driven again until it is booked."""

import asyncio
import hashlib
from datetime import timedelta

import pytest

from ledger.accounts import AlertKind
from ledger.attempts import FIRST_REQUEST_ID, Attempt
from ledger.inbox import InboxMessage
from ledger.ledger import Ledger
from market.vocabulary import Side
from orders.evidence import AmendAsked, BrokerState, Evidence, RequestFailed
from orders.order import Action
from orders.status import Status, status
from tests.support.database import ACCOUNT_ID, CONNECTION_ID
from tests.support.ledger_orders import (
    DAY,
    MORNING,
    PRICE,
    accept,
    command,
    match,
    open_market,
    report,
    send,
    start,
)

pytestmark = pytest.mark.stack

CASH = 1_000_000_000


def _message(
    sequence: int,
    evidence: Evidence | None,
    *request_ids: str,
    broker_order_id: str = "B1",
    raw: str = "",
    account: str = ACCOUNT_ID,
    problem: str = "",
    symbol: str = "VIC",
    side: Side | None = Side.BUY,
) -> InboxMessage:
    return InboxMessage(
        raw=raw or f"message {sequence}",
        key=f"n{sequence}",
        sequence=sequence,
        account=account,
        request_ids=request_ids,
        broker_order_id=broker_order_id,
        evidence=evidence,
        problem=problem,
        symbol=symbol,
        side=side,
    )


async def _sent(ledger: Ledger) -> tuple[str, str]:
    order_id = (await accept(ledger, command())).order.order_id
    return order_id, await send(ledger, order_id)


async def test_messages_are_routed_by_request_id_and_by_the_broker_order_id_learnt_from_them(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await _sent(ledger)
    raw = '{"type":"orderMatchEvent"}'
    received = [_message(1, match(), raw=raw), _message(2, report(100), request_id)]
    await ledger.store_raw(CONNECTION_ID, DAY, received)
    (routed,) = await ledger.route(CONNECTION_ID, DAY)
    assert (routed.order_id, routed.account_id) == (order_id, ACCOUNT_ID)
    assert routed.summary == f"100 at {PRICE}; filled: filled 100 of 100, cancelled 0"
    stored = await ledger.book(order_id)
    assert status(stored.order) is Status.FILLED
    assert await ledger.route(CONNECTION_ID, DAY) == ()
    told = [event for event in await ledger.events(order_id) if event.kind == "match"]
    assert [event.raw_hash for event in told] == [hashlib.sha256(raw.encode()).hexdigest()]


async def test_routed_evidence_is_driven_again_until_it_is_booked(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await _sent(ledger)
    await ledger.store_raw(CONNECTION_ID, DAY, [_message(1, report(0), request_id)])
    first = await ledger.route(CONNECTION_ID, DAY)
    assert await ledger.route(CONNECTION_ID, DAY) == ()
    assert await ledger.route(CONNECTION_ID, DAY, timedelta()) == first
    assert [one.order.order_id for one in await ledger.open_orders()] == [order_id]
    await ledger.book(order_id)
    assert await ledger.route(CONNECTION_ID, DAY) == ()


async def test_a_message_nobody_knows_waits_and_is_routed_when_its_order_is_known(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    await ledger.store_raw(CONNECTION_ID, DAY, [_message(1, match(), broker_order_id="B1")])
    assert await ledger.route(CONNECTION_ID, DAY) == ()
    waiting = await ledger.unrouted(CONNECTION_ID, DAY)
    assert waiting.count == 1
    assert waiting.oldest is not None
    order_id, request_id = await _sent(ledger)
    await ledger.store_raw(CONNECTION_ID, DAY, [_message(2, report(0), request_id)])
    (routed,) = await ledger.route(CONNECTION_ID, DAY)
    assert routed.order_id == order_id
    assert (await ledger.unrouted(CONNECTION_ID, DAY)).count == 0
    assert (await ledger.book(order_id)).order.filled == 100


async def test_a_request_id_in_another_account_of_the_broker_is_not_ours(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    _, request_id = await _sent(ledger)
    await ledger.store_raw(CONNECTION_ID, DAY, [_message(1, report(100), request_id, account="somebody")])
    assert await ledger.route(CONNECTION_ID, DAY) == ()


THEIRS = "90000007"


async def _told(ledger: Ledger, *messages: InboxMessage) -> list[str]:
    await ledger.store_raw(CONNECTION_ID, DAY, messages)
    routed = [each.order_id for each in await ledger.route(CONNECTION_ID, DAY)]
    for order_id in routed:
        await ledger.book(order_id)
    return routed


async def _alerted(ledger: Ledger) -> list[tuple[AlertKind, str | None]]:
    return [(alert.kind, alert.order_id) for alert in await ledger.alerts()]


@pytest.mark.parametrize(("symbol", "side"), [("VND", Side.BUY), ("VIC", Side.SELL), ("VND", Side.SELL)])
@pytest.mark.parametrize("ours_first", [True, False])
async def test_an_order_of_other_terms_under_a_request_id_of_ours_is_not_ours_and_a_person_is_told(
    ledger: Ledger, symbol: str, side: Side, ours_first: bool
) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await _sent(ledger)
    ours = _message(1, match(), request_id)
    foreign = _message(2, match(500), request_id, broker_order_id="Z9", symbol=symbol, side=side)
    assert await _told(ledger, *((ours, foreign) if ours_first else (foreign, ours))) == [order_id]
    stored = await ledger.load(order_id)
    assert stored is not None
    assert stored.order.filled == 100
    for _ in range(2):
        assert await _told(ledger) == []
    assert await _alerted(ledger) == [(AlertKind.CONTRADICTING_MESSAGE, order_id)]


async def test_an_id_at_the_broker_that_is_known_wins_over_the_request_id(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    (first, first_id), (second, second_id) = await _sent(ledger), await _sent(ledger)
    await _told(ledger, _message(1, report(0), first_id), _message(2, report(0), second_id, broker_order_id="B2"))
    assert await _told(ledger, _message(3, match(), second_id, broker_order_id="B1")) == [first]
    stored = await ledger.load(second)
    assert stored is not None
    assert stored.order.filled == 0


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_second_order_at_the_broker_under_the_id_of_our_submit_is_told_and_not_booked(
    ledger: Ledger, at_once: bool
) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await _sent(ledger)
    ours, second = _message(1, match(40), request_id), _message(2, match(60), request_id, broker_order_id="Z9")
    for batch in ([ours, second],) if at_once else ([ours], [second]):
        await _told(ledger, *batch)
    stored = await ledger.load(order_id)
    assert stored is not None
    assert stored.order.filled == 40
    assert await _alerted(ledger) == [(AlertKind.CONTRADICTING_MESSAGE, order_id)]


async def test_lc62_a_new_id_after_our_amendment_is_ours_even_under_the_id_of_the_submit(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await _sent(ledger)
    await _told(ledger, _message(1, report(0), request_id))
    await ledger.record(order_id, "a1", AmendAsked("a1", "trader", MORNING, price=PRICE - 100), "client")
    assert isinstance(await start(ledger, order_id, Action.AMEND, "a1"), Attempt)
    assert await _told(ledger, _message(2, match(), request_id, broker_order_id="B2")) == [order_id]
    assert await ledger.alerts() == ()


async def test_a_new_id_after_somebody_elses_amendment_of_our_order_is_ours(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await _sent(ledger)
    await _told(ledger, _message(1, report(0), request_id))
    assert await _told(ledger, _message(2, match(), THEIRS, request_id, broker_order_id="B2")) == [order_id]
    assert await ledger.alerts() == ()


async def test_an_execution_that_comes_before_the_answer_to_its_order_finds_it(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = (await accept(ledger, command())).order.order_id
    attempt = await start(ledger, order_id)
    assert isinstance(attempt, Attempt)
    assert await _told(ledger, _message(1, match(), attempt.request_id)) == [order_id]
    stored = await ledger.load(order_id)
    assert stored is not None
    assert stored.order.filled == 100


async def test_a_message_that_tells_no_terms_is_routed_by_its_request_id(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await _sent(ledger)
    assert await _told(ledger, _message(1, match(), request_id, symbol="", side=None)) == [order_id]


async def test_an_error_without_account_or_order_id_is_routed_by_its_request_id(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await _sent(ledger)
    failed = RequestFailed(request_id, "", "ORD007", "too many")
    await ledger.store_raw(CONNECTION_ID, DAY, [_message(0, failed, request_id, broker_order_id="", account="")])
    assert [routed.order_id for routed in await ledger.route(CONNECTION_ID, DAY)] == [order_id]
    assert status((await ledger.book(order_id)).order) is Status.REJECTED


async def test_lc23_the_same_message_twice_is_stored_once(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await _sent(ledger)
    twice = [_message(7, match(), request_id), _message(7, match(), request_id)]
    await asyncio.gather(*(ledger.store_raw(CONNECTION_ID, DAY, twice) for _ in range(5)))
    await asyncio.gather(*(ledger.route(CONNECTION_ID, DAY) for _ in range(5)))
    assert (await ledger.book(order_id)).order.matched_quantity == 100
    assert await ledger.alerts() == ()
    assert await ledger.cursor(CONNECTION_ID, DAY) == 7


async def test_lc24_other_words_under_a_known_key_raise_an_alert_and_change_nothing(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await _sent(ledger)
    await ledger.store_raw(CONNECTION_ID, DAY, [_message(1, match(), request_id)])
    await ledger.route(CONNECTION_ID, DAY)
    booked = await ledger.book(order_id)
    other = _message(1, match(price=PRICE - 100), request_id, raw="other words")
    for _ in range(2):
        await ledger.store_raw(CONNECTION_ID, DAY, [other])
    await ledger.route(CONNECTION_ID, DAY)
    assert await ledger.book(order_id) == booked
    (alert,) = await ledger.alerts()
    assert (alert.kind, alert.order_id) == (AlertKind.CONTRADICTING_MESSAGE, order_id)
    assert "other words" in alert.text


async def test_what_says_nothing_about_an_order_is_kept_and_moves_the_cursor(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    assert await ledger.cursor(CONNECTION_ID, DAY) == 0
    await ledger.store_raw(CONNECTION_ID, DAY, [_message(9, None)])
    assert await ledger.cursor(CONNECTION_ID, DAY) == 9
    assert (await ledger.unrouted(CONNECTION_ID, DAY)).count == 0
    await ledger.store_raw(CONNECTION_ID, DAY, [])


@pytest.mark.parametrize("words", ["\x00", "\ud800"])
async def test_words_that_no_text_column_takes_are_kept_and_never_stop_the_feed(ledger: Ledger, words: str) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await _sent(ledger)
    broken = RequestFailed(request_id, "B1", "X", words)
    good = _message(2, report(0, state=BrokerState.WORKING), request_id)
    await ledger.store_raw(CONNECTION_ID, DAY, [_message(1, broken, request_id, raw=words), good])
    assert [routed.order_id for routed in await ledger.route(CONNECTION_ID, DAY)] == [order_id]
    (alert,) = await ledger.alerts()
    assert alert.kind is AlertKind.UNREADABLE_MESSAGE


async def test_a_message_that_was_not_understood_raises_an_alert(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    await ledger.store_raw(CONNECTION_ID, DAY, [_message(1, None, problem="no orderStatus")] * 2)
    (alert,) = await ledger.alerts()
    assert (alert.kind, alert.text) == (AlertKind.UNREADABLE_MESSAGE, "no orderStatus")


async def test_a_message_older_than_the_request_with_its_id_belongs_to_another_order(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    foreign = _message(1, report(100, state=BrokerState.FILLED), str(FIRST_REQUEST_ID), broker_order_id="OLD")
    await ledger.store_raw(CONNECTION_ID, DAY, [foreign])
    order_id, request_id = await _sent(ledger)
    assert request_id == str(FIRST_REQUEST_ID)
    assert await ledger.route(CONNECTION_ID, DAY) == ()
    stored = await ledger.book(order_id)
    assert stored.order.filled == 0


async def test_request_ids_of_other_programs_are_never_allotted(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    foreign = _message(1, report(0), str(FIRST_REQUEST_ID), broker_order_id="THEIRS")
    await ledger.store_raw(CONNECTION_ID, DAY, [foreign])
    assert await ledger.route(CONNECTION_ID, DAY) == ()
    _, request_id = await _sent(ledger)
    assert request_id == str(FIRST_REQUEST_ID + 1)


async def test_the_cursor_stops_before_a_gap_so_that_what_is_missing_is_asked_for_again(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    assert await ledger.cursor(CONNECTION_ID, DAY) == 0
    await ledger.store_raw(CONNECTION_ID, DAY, [_message(number, None) for number in (1, 2, 5)])
    assert await ledger.cursor(CONNECTION_ID, DAY) == 2
    await ledger.store_raw(CONNECTION_ID, DAY, [_message(number, None) for number in (3, 4)])
    assert await ledger.cursor(CONNECTION_ID, DAY) == 5
