"""Asking for an amendment on a real ledger: rules, money, and what is held while it is open."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ledger.attempts import Attempt
from ledger.ledger import Ledger
from orders.commands import AmendOrder
from orders.evidence import Answer, BrokerReport, BrokerState, RequestAnswered
from orders.order import Action, RequestState
from orders.stored import StoredOrder
from tests.support.database import ACCOUNT_ID
from tests.support.ledger_orders import (
    BREAK,
    COMMISSION,
    LIMITS,
    MORNING,
    PRICE,
    accept,
    command,
    hear,
    open_market,
    place,
    report,
    start,
)

pytestmark = pytest.mark.stack
COST = 100 * PRICE + COMMISSION


async def resting(ledger: Ledger, cash: int = COST) -> str:
    await open_market(ledger, cash=cash)
    order_id = await place(ledger)
    await hear(ledger, order_id, report(0))
    return order_id


async def ask(
    ledger: Ledger,
    order_id: str,
    *,
    price: int | None = None,
    quantity: int | None = None,
    intent_id: str = "amend-1",
    now: datetime = MORNING,
) -> StoredOrder:
    wanted = AmendOrder(order_id, intent_id, "trader", datetime.now(UTC), price, quantity)
    return await ledger.ask_amend(wanted, now, datetime.now(UTC), LIMITS)


def codes(stored: StoredOrder) -> list[str]:
    amend = stored.order.last_amend
    assert amend is not None
    return [violation.code.value for violation in amend.violations]


async def test_lc58_the_extra_is_held_before_the_amendment_leaves(ledger: Ledger) -> None:
    order_id = await resting(ledger, cash=2 * COST)
    stored = await ask(ledger, order_id, quantity=200)
    assert stored.order.open_amend is not None
    assert (await ledger.cash(ACCOUNT_ID)).held == 2 * COST
    attempt = await start(ledger, order_id, Action.AMEND, "amend-1")
    assert isinstance(attempt, Attempt)
    assert (attempt.wanted.quantity, attempt.terms.quantity, attempt.filled) == (200, 100, 0)
    answered = RequestAnswered(attempt.request_id, Answer.REFUSED, "400", "no")
    await ledger.finish_attempt(attempt.request_id, order_id, answered)
    assert (await ledger.cash(ACCOUNT_ID)).held == COST


async def test_lc58_an_amendment_that_the_account_cannot_pay_is_refused_with_the_numbers(ledger: Ledger) -> None:
    order_id = await resting(ledger, cash=2 * COST - 1)
    stored = await ask(ledger, order_id, quantity=200)
    assert stored.order.open_amend is None
    assert codes(stored) == ["insufficient_cash"]
    assert (await ledger.cash(ACCOUNT_ID)).held == COST


async def test_lc54_the_new_price_counts_from_the_brokers_word_and_the_hold_follows(ledger: Ledger) -> None:
    order_id = await resting(ledger)
    await ask(ledger, order_id, price=85_000)
    attempt = await start(ledger, order_id, Action.AMEND, "amend-1")
    assert isinstance(attempt, Attempt)
    await ledger.finish_attempt(attempt.request_id, order_id, RequestAnswered(attempt.request_id, Answer.ACCEPTED))
    assert (await ledger.cash(ACCOUNT_ID)).held == COST
    shown = BrokerReport("B1", attempt.request_id, BrokerState.WORKING, 100, 0, 0, 0, price=85_000)
    stored = await hear(ledger, order_id, shown)
    assert stored.order.terms.price == 85_000
    assert (await ledger.cash(ACCOUNT_ID)).held == 100 * 85_000 + 12_750
    assert await ledger.refold(order_id) == stored.order


async def test_lc59_of_two_amendments_the_second_is_refused(ledger: Ledger) -> None:
    order_id = await resting(ledger)
    await ask(ledger, order_id, price=85_000)
    stored = await ask(ledger, order_id, price=84_000, intent_id="amend-2")
    amend = stored.order.last_amend
    assert amend is not None
    assert (amend.state, amend.code) == (RequestState.REFUSED, "amend_open")


async def test_lc61_price_and_quantity_in_one_amendment_break_a_rule(ledger: Ledger) -> None:
    stored = await ask(ledger, await resting(ledger), price=85_000, quantity=200)
    assert "amend_price_and_quantity" in codes(stored)


async def test_lc64_an_amendment_across_the_boards_breaks_a_rule(ledger: Ledger) -> None:
    assert "amend_across_boards" in codes(await ask(ledger, await resting(ledger), quantity=50))


async def test_an_amendment_in_the_break_is_refused_with_the_next_time(ledger: Ledger) -> None:
    assert codes(await ask(ledger, await resting(ledger), price=85_000, now=BREAK)) == ["amend_not_now"]


async def test_an_order_that_we_hold_has_its_new_terms_at_once_and_loses_its_place(ledger: Ledger) -> None:
    await open_market(ledger, cash=3 * COST)
    first = await accept(ledger, command(), BREAK)
    second = await accept(ledger, command(), BREAK)
    stored = await ask(ledger, first.order.order_id, price=85_000, now=BREAK)
    assert stored.order.terms.price == 85_000
    assert (await ledger.cash(ACCOUNT_ID)).held == COST + 100 * 85_000 + 12_750
    waiting = await ledger.waiting_orders(first.order.terms.exchange)
    assert waiting == (second.order.order_id, first.order.order_id)


async def test_the_same_wish_asked_twice_is_one(ledger: Ledger) -> None:
    order_id = await resting(ledger)
    once = await ask(ledger, order_id, price=85_000)
    assert await ask(ledger, order_id, price=85_000) == replace(once)


async def test_api07_who_asked_for_each_amendment_and_when_is_kept(ledger: Ledger) -> None:
    order_id = await resting(ledger, cash=2 * COST)
    before = datetime.now(UTC)
    await ask(ledger, order_id, price=PRICE + 50, intent_id="off-tick")
    await ask(ledger, order_id, quantity=200, intent_id="more")
    wishes = await ledger.amend_wishes(order_id)
    assert [(wish.intent_id, wish.user) for wish in wishes] == [("off-tick", "trader"), ("more", "trader")]
    assert all(before <= wish.asked_at <= datetime.now(UTC) for wish in wishes)
    assert await ledger.amend_wishes((await accept(ledger, command())).order.order_id) == ()
