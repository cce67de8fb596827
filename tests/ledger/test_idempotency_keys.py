"""A key names one request for good: two at once, after a restart, from two users, and what the loser leaves behind."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from ledger.database import open_engine
from ledger.ledger import Ledger
from market.violations import RuleCode
from orders.commands import PlaceOrder
from orders.identity import fingerprint
from orders.stored import StoredOrder
from tests.support.database import ACCOUNT_ID
from tests.support.ledger_orders import COMMISSION, PRICE, accept, command, open_market

pytestmark = pytest.mark.stack
COST = 100 * PRICE + COMMISSION


def keyed(key: str = "key-1", user: str = "trader", quantity: int = 100) -> PlaceOrder:
    return replace(command(quantity=quantity), user=user, idempotency_key=key)


def codes(stored: StoredOrder) -> list[RuleCode]:
    return [violation.code for violation in stored.verdict.violations]


async def made_by(ledger: Ledger, key: str = "key-1", user: str = "trader") -> str | None:
    found = await ledger.order_of_key(user, key)
    return None if found is None else found.order.order_id


async def test_a_key_belongs_to_the_first_order_and_the_same_command_finds_it_again(ledger: Ledger) -> None:
    await open_market(ledger, cash=10 * COST)
    placed = keyed()
    assert await made_by(ledger) is None
    first, again = await accept(ledger, placed), await accept(ledger, placed)
    assert first == again
    assert await ledger.order_of_key("trader", "key-1") == first
    assert (await ledger.cash(ACCOUNT_ID)).held == COST


async def test_another_order_under_the_key_is_denied_and_holds_nothing(ledger: Ledger) -> None:
    await open_market(ledger, cash=10 * COST)
    first, other = await accept(ledger, keyed()), await accept(ledger, keyed(quantity=200))
    assert codes(other) == [RuleCode.IDEMPOTENCY_KEY_REUSED]
    assert other.verdict.violations[0].allowed == first.order.order_id
    assert other.order.life.value == "closed"
    assert (await ledger.cash(ACCOUNT_ID)).held == COST
    assert await made_by(ledger) == first.order.order_id


async def test_of_many_orders_at_once_under_one_key_one_is_accepted(ledger: Ledger) -> None:
    await open_market(ledger, cash=100 * COST)
    verdicts = await asyncio.gather(*(accept(ledger, keyed(quantity=100 * number)) for number in range(1, 9)))
    (accepted,) = [each for each in verdicts if each.verdict.accepted]
    assert [codes(each) for each in verdicts if each is not accepted] == [[RuleCode.IDEMPOTENCY_KEY_REUSED]] * 7
    assert await made_by(ledger) == accepted.order.order_id
    held = accepted.order.quantity * PRICE + accepted.order.quantity // 100 * COMMISSION
    assert (await ledger.cash(ACCOUNT_ID)).held == held


async def test_a_key_outlives_the_process_that_saw_it(ledger: Ledger, database_url: str) -> None:
    await open_market(ledger, cash=10 * COST)
    first = await accept(ledger, keyed())
    engine: AsyncEngine = open_engine(database_url)
    try:
        assert codes(await accept(Ledger(engine), keyed())) == [RuleCode.IDEMPOTENCY_KEY_REUSED]
        assert await made_by(Ledger(engine)) == first.order.order_id
    finally:
        await engine.dispose()


async def test_a_denied_order_keeps_its_key_too(ledger: Ledger) -> None:
    await open_market(ledger, cash=COST - 1)
    denied = await accept(ledger, keyed())
    assert codes(denied) == [RuleCode.INSUFFICIENT_CASH]
    assert await made_by(ledger) == denied.order.order_id


async def test_api03_a_key_belongs_to_its_user_and_orders_without_one_are_free(ledger: Ledger) -> None:
    await open_market(ledger, cash=10 * COST)
    for placed in (keyed(), keyed(user="operator"), keyed("key-2"), command(), command()):
        assert (await accept(ledger, placed)).verdict.accepted
    assert await made_by(ledger) != await made_by(ledger, user="operator")


def test_what_is_asked_for_beside_the_terms_makes_another_request() -> None:
    terms = command().terms
    plain, queued, late = (fingerprint(ACCOUNT_ID, terms, *each) for each in ((), ("queue",), ("delay=30",)))
    assert len({plain, queued, late, fingerprint(ACCOUNT_ID, terms, "queue", "delay=30")}) == 4
    assert plain == fingerprint(ACCOUNT_ID, terms)
