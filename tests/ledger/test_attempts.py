"""Attempts: one sender per request (I4), request ids unique per connection and day, and the first answer stands."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from ledger.attempts import FIRST_REQUEST_ID, Attempt, AttemptTaken, MayNotSend, Refusal
from ledger.ledger import Ledger
from market.calendar import VIETNAM
from orders.evidence import Answer, CancelAsked, RequestAnswered
from orders.order import Action, CloseReason, Life, RequestState
from orders.status import Status, status
from tests.support.database import ACCOUNT_ID, CONNECTION_ID
from tests.support.ledger_orders import DAY, accept, command, hear, open_market, place, report, send, start

pytestmark = pytest.mark.stack

CASH = 1_000_000_000


async def _accepted(ledger: Ledger) -> str:
    return (await accept(ledger, command())).order.order_id


async def test_of_twenty_parallel_starts_one_may_send(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await _accepted(ledger)
    outcomes = await asyncio.gather(*(start(ledger, order_id) for _ in range(20)))
    attempts = [outcome for outcome in outcomes if isinstance(outcome, Attempt)]
    assert len(attempts) == 1
    assert int(attempts[0].request_id) >= FIRST_REQUEST_ID
    assert attempts[0].broker_account == ACCOUNT_ID
    taken = [outcome for outcome in outcomes if outcome not in attempts]
    assert taken == [AttemptTaken(attempts[0].request_id, outcome_known=False)] * 19
    stored = await ledger.load(order_id)
    assert stored is not None
    assert (stored.order.life, stored.version) == (Life.SENDING, 1)


async def test_request_ids_of_parallel_orders_are_unique_and_increase(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    orders = [await _accepted(ledger) for _ in range(20)]
    outcomes = await asyncio.gather(*(start(ledger, one) for one in orders))
    ids = sorted(int(outcome.request_id) for outcome in outcomes if isinstance(outcome, Attempt))
    assert ids == list(range(FIRST_REQUEST_ID, FIRST_REQUEST_ID + 20))


async def test_ids_seen_at_the_broker_are_skipped(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    await ledger.saw_request_ids(CONNECTION_ID, DAY, frozenset({"10000000", "10000001", "10000003"}))
    orders = [await _accepted(ledger) for _ in range(2)]
    assert [await send(ledger, order_id) for order_id in orders] == ["10000002", "10000004"]


async def test_an_order_proven_unsent_may_be_sent_again_under_a_new_id(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await _accepted(ledger)
    first = await send(ledger, order_id, Answer.NOT_SENT)
    second = await send(ledger, order_id)
    assert int(second) > int(first)
    outcome = await start(ledger, order_id)
    assert outcome == AttemptTaken(second, outcome_known=True)


async def test_an_order_of_unknown_fate_is_not_sent_again(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await _accepted(ledger)
    request_id = await send(ledger, order_id, Answer.UNKNOWN)
    outcome = await start(ledger, order_id)
    assert outcome == AttemptTaken(request_id, outcome_known=True)


async def test_a_cancel_found_before_the_send_wins(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await _accepted(ledger)
    await ledger.record(order_id, "cancel:c1", CancelAsked("c1", "trader"), "client")
    outcome = await start(ledger, order_id)
    assert outcome == MayNotSend(Refusal.CANCEL_ASKED)


async def test_the_first_answer_stands(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await _accepted(ledger)
    request_id = await send(ledger, order_id)
    late = RequestAnswered(request_id, Answer.REFUSED, "X", "late")
    stored = await ledger.finish_attempt(request_id, order_id, late)
    assert stored.order.life is Life.LIVE


async def test_a_cancel_is_sent_once_and_only_by_its_first_starter(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    assert await start(ledger, order_id, Action.CANCEL, "c1") == MayNotSend(Refusal.NOTHING_ASKED)
    await hear(ledger, order_id, CancelAsked("c1", "trader"))
    assert await start(ledger, order_id, Action.CANCEL, "c1") == MayNotSend(Refusal.NO_BROKER_ORDER_ID)
    await hear(ledger, order_id, report(0))
    outcomes = await asyncio.gather(*(start(ledger, order_id, Action.CANCEL, "c1") for _ in range(5)))
    (attempt,) = [outcome for outcome in outcomes if isinstance(outcome, Attempt)]
    assert attempt.broker_order_id == "B1"
    stored = await ledger.finish_attempt(
        attempt.request_id, order_id, RequestAnswered(attempt.request_id, Answer.ACCEPTED)
    )
    assert stored.order.open_cancel is not None
    assert stored.order.open_cancel.state is RequestState.PENDING
    assert await start(ledger, order_id, Action.CANCEL, "c1") == AttemptTaken(attempt.request_id, outcome_known=True)


async def test_a_closed_order_is_never_sent(ledger: Ledger) -> None:
    await open_market(ledger)
    denied = await accept(ledger, command())
    order_id = denied.order.order_id
    assert await start(ledger, order_id) == MayNotSend(Refusal.CLOSED)


async def test_a_given_up_attempt_is_unknown_and_its_late_answer_still_counts(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await _accepted(ledger)
    attempt = await start(ledger, order_id)
    assert isinstance(attempt, Attempt)
    given_up = await ledger.give_up_attempts(order_id)
    assert given_up.order.life is Life.UNKNOWN
    assert await ledger.give_up_attempts(order_id) == given_up
    answered = RequestAnswered(attempt.request_id, Answer.ACCEPTED)
    assert (await ledger.finish_attempt(attempt.request_id, order_id, answered)).order.life is Life.LIVE
    assert await ledger.connection_of(order_id) == CONNECTION_ID


async def test_lc43_a_cancel_whose_sender_died_may_be_sent_again_under_a_new_id(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, report(0), CancelAsked("c1", "trader"))
    first = await start(ledger, order_id, Action.CANCEL, "c1")
    assert isinstance(first, Attempt)
    await ledger.give_up_attempts(order_id)
    second = await start(ledger, order_id, Action.CANCEL, "c1")
    assert isinstance(second, Attempt)
    assert second.request_id != first.request_id


async def test_an_order_too_old_to_go_out_is_closed_by_the_attempt_to_send_it(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await _accepted(ledger)
    late = datetime.now(UTC) + timedelta(seconds=901)
    refused = await ledger.start_attempt(order_id, Action.SUBMIT, order_id, DAY, late)
    assert refused == MayNotSend(Refusal.TOO_OLD)
    closed = await ledger.load(order_id)
    assert closed is not None
    assert (closed.order.close_reason, status(closed.order)) == (CloseReason.TOO_OLD, Status.DENIED)
    assert (await ledger.cash(ACCOUNT_ID)).available == CASH


async def test_yesterdays_order_cannot_be_cancelled_under_todays_request_ids(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, report(0), CancelAsked("c1", "trader"))
    monday = datetime(2026, 11, 23, 10, tzinfo=VIETNAM)
    refused = await ledger.start_attempt(order_id, Action.CANCEL, "c1", monday.date(), datetime.now(UTC))
    assert refused == MayNotSend(Refusal.ANOTHER_DAY)


@pytest.mark.parametrize(("first", "sent_before"), [(Answer.UNKNOWN, True), (Answer.NOT_SENT, False)])
async def test_a_repeat_knows_whether_an_earlier_attempt_may_have_arrived(
    ledger: Ledger, first: Answer, sent_before: bool
) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, report(0), CancelAsked("c1", "trader"))
    attempt = await start(ledger, order_id, Action.CANCEL, "c1")
    assert isinstance(attempt, Attempt)
    assert not attempt.sent_before
    await ledger.finish_attempt(attempt.request_id, order_id, RequestAnswered(attempt.request_id, first))
    repeat = await start(ledger, order_id, Action.CANCEL, "c1")
    assert isinstance(repeat, Attempt)
    assert repeat.sent_before is sent_before
