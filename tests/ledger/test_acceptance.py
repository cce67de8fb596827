"""Acceptance: the verdict is given once, and no acceptance ever spends what is not available (I5)."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ledger.accounts import UnknownAccountError
from ledger.attempts import MayNotSend, Refusal
from ledger.ledger import Ledger
from ledger.settlement import Opening, OpeningShares
from market.calendar import VIETNAM
from market.violations import RuleCode
from market.vocabulary import Exchange, Side
from orders.holds import Hold, hold
from orders.order import CloseReason, Life
from orders.status import Status, status
from tests.support.database import ACCOUNT_ID
from tests.support.ledger_orders import (
    AFTERNOON,
    BREAK,
    COMMISSION,
    DAY,
    LIMITS,
    PRICE,
    accept,
    clock_at,
    command,
    hear,
    match,
    open_market,
    place,
    start,
)

pytestmark = pytest.mark.stack

COST = 100 * PRICE + COMMISSION


async def test_a_buy_holds_its_cash_with_commission(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000)
    placed = command()
    stored = await accept(ledger, placed)
    assert stored.verdict.accepted
    assert (stored.version, stored.order.life, stored.send_after) == (0, Life.UNSENT, None)
    assert (stored.user, stored.request_id, stored.fingerprint) == ("trader", placed.request_id, placed.fingerprint)
    assert stored.received_at == placed.received_at
    cash = await ledger.cash(ACCOUNT_ID)
    assert (cash.available, cash.held) == (10_000_000 - COST, COST)
    assert await ledger.load(placed.order_id) == stored


async def test_a_sell_holds_its_shares(ledger: Ledger) -> None:
    await open_market(ledger, VIC=500)
    stored = await accept(ledger, command(Side.SELL, 200))
    assert stored.verdict.accepted
    position = await ledger.position(ACCOUNT_ID, "VIC")
    assert position is not None
    assert (position.quantity, position.sellable, position.held) == (500, 300, 200)


async def test_lc22_fifty_parallel_buys_with_cash_for_ten_accept_exactly_ten(ledger: Ledger) -> None:
    await open_market(ledger, cash=10 * COST)
    verdicts = await asyncio.gather(*(accept(ledger, command()) for _ in range(50)))
    accepted = [stored for stored in verdicts if stored.verdict.accepted]
    denied = [stored for stored in verdicts if not stored.verdict.accepted]
    assert len(accepted) == 10
    assert {one.code for stored in denied for one in stored.verdict.violations} == {RuleCode.INSUFFICIENT_CASH}
    cash = await ledger.cash(ACCOUNT_ID)
    assert (cash.available, cash.held) == (0, 10 * COST)


async def test_twenty_parallel_accepts_of_one_command_make_one_row_and_one_hold(ledger: Ledger) -> None:
    await open_market(ledger, cash=10 * COST)
    placed = command()
    answers = await asyncio.gather(*(accept(ledger, placed) for _ in range(20)))
    assert all(answer == answers[0] for answer in answers)
    assert len((await ledger.orders([ACCOUNT_ID])).orders) == 1
    assert (await ledger.cash(ACCOUNT_ID)).held == COST


async def test_the_same_client_order_id_with_another_body_gives_the_stored_order(ledger: Ledger) -> None:
    await open_market(ledger, cash=10 * COST)
    first = await accept(ledger, command(client_order_id="mine"))
    again = replace(command(quantity=200, client_order_id="mine"), order_id="another-id")
    assert again.fingerprint != first.fingerprint
    assert await accept(ledger, again) == first


async def test_a_denied_order_stores_every_violation_and_is_never_judged_again(ledger: Ledger) -> None:
    await open_market(ledger, cash=0)
    placed = command(quantity=150, price=85_550)
    stored = await accept(ledger, placed)
    codes = [violation.code for violation in stored.verdict.violations]
    assert codes == [RuleCode.QUANTITY_NOT_A_LOT, RuleCode.PRICE_OFF_TICK, RuleCode.INSUFFICIENT_CASH]
    assert (status(stored.order), stored.order.close_reason, stored.version) == (
        Status.DENIED,
        CloseReason.DENIED,
        1,
    )
    assert await accept(ledger, placed) == stored
    assert await ledger.refold(placed.order_id) == stored.order
    assert [event.kind for event in await ledger.events(placed.order_id)] == ["denied"]
    assert await ledger.open_orders() == ()


async def test_an_order_without_a_price_is_denied_and_stays_bookable(ledger: Ledger) -> None:
    await open_market(ledger, cash=10 * COST)
    stored = await accept(ledger, command(price=None))
    assert [violation.code for violation in stored.verdict.violations] == [RuleCode.PRICE_MISSING]
    booked = await hear(ledger, stored.order.order_id, match())
    assert booked.order.filled == 100


async def test_an_unlisted_symbol_is_denied(ledger: Ledger) -> None:
    await open_market(ledger, cash=10 * COST)
    stored = await accept(ledger, command(symbol="XYZ"))
    assert RuleCode.UNKNOWN_SYMBOL in {violation.code for violation in stored.verdict.violations}


async def test_an_order_in_the_break_waits_for_the_afternoon(ledger: Ledger) -> None:
    await open_market(ledger, cash=10 * COST)
    first = await accept(ledger, command(), BREAK)
    second = await accept(ledger, command(), BREAK)
    assert first.send_after == AFTERNOON
    waiting = await ledger.waiting_orders(Exchange.HOSE)
    assert waiting == (first.order.order_id, second.order.order_id)
    assert await ledger.waiting_orders(Exchange.HNX) == ()


async def test_a_recheck_does_not_count_the_orders_own_hold(ledger: Ledger) -> None:
    await open_market(ledger, cash=COST)
    waiting = await accept(ledger, command(), BREAK)
    limits = replace(LIMITS, maximum_positions=1)
    checked = await ledger.recheck(waiting.order.order_id, clock_at(AFTERNOON), datetime.now(UTC), limits)
    assert (checked.order.life, checked.send_after) == (Life.UNSENT, None)


async def test_a_recheck_that_finds_a_broken_rule_denies_the_order_and_frees_its_hold(ledger: Ledger) -> None:
    await open_market(ledger, cash=COST)
    waiting = await accept(ledger, command(), BREAK)
    order_id = waiting.order.order_id
    limits = replace(LIMITS, maximum_order_quantity=50)
    checked = await ledger.recheck(order_id, clock_at(AFTERNOON), datetime.now(UTC), limits)
    assert (checked.order.close_reason, checked.order.text) == (CloseReason.DENIED, "quantity_above_firm_limit")
    assert checked.verdict.accepted
    assert hold(checked.order) == Hold()
    assert (await ledger.cash(ACCOUNT_ID)).available == COST
    assert await ledger.recheck(order_id, clock_at(AFTERNOON), datetime.now(UTC), limits) == checked


async def test_symbols_owned_or_being_bought_count_as_open_positions(ledger: Ledger) -> None:
    await open_market(ledger, cash=10 * COST, VND=100)
    limits = replace(LIMITS, maximum_positions=1)
    refused = await ledger.accept(command(), datetime(2026, 11, 20, 10, tzinfo=VIETNAM), datetime.now(UTC), limits)
    assert [violation.code for violation in refused.verdict.violations] == [RuleCode.TOO_MANY_POSITIONS]


async def test_the_share_called_vnd_is_not_money(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000, VND=300)
    assert (await ledger.cash(ACCOUNT_ID)).available == 10_000_000
    position = await ledger.position(ACCOUNT_ID, "VND")
    assert position is not None
    assert (position.sellable, position.cost_total) == (300, 24_000_000)


async def test_an_unknown_account_is_an_error(ledger: Ledger) -> None:
    with pytest.raises(UnknownAccountError):
        await accept(ledger, command(account_id="nobody"))


async def test_what_has_not_settled_at_the_opening_is_pending(ledger: Ledger) -> None:
    opening = Opening(1_000, receivable=700, shares={"VIC": OpeningShares(300, 100, 80_000)})
    assert await ledger.open_balances(ACCOUNT_ID, DAY, opening)
    cash, position = await ledger.cash(ACCOUNT_ID), await ledger.position(ACCOUNT_ID, "VIC")
    assert position is not None
    assert (cash.available, list(cash.receivable.values())) == (1_000, [700])
    assert (position.quantity, position.sellable, list(position.pending.values())) == (300, 100, [200])


async def test_balances_are_opened_once(ledger: Ledger) -> None:
    await open_market(ledger, cash=1_000)
    assert not await ledger.open_balances(ACCOUNT_ID, DAY, Opening(5_000))
    assert (await ledger.cash(ACCOUNT_ID)).available == 1_000


async def test_an_account_opened_with_nothing_is_not_opened_again(ledger: Ledger) -> None:
    await open_market(ledger)
    assert not await ledger.open_balances(ACCOUNT_ID, DAY, Opening(5_000))
    account = await ledger.account(ACCOUNT_ID)
    assert account is not None
    assert account.opened


async def test_pages_of_orders_do_not_shift_when_new_ones_arrive(ledger: Ledger) -> None:
    await open_market(ledger, cash=10 * COST)
    placed = [(await accept(ledger, command())).order.order_id for _ in range(5)]
    first = await ledger.orders([ACCOUNT_ID], limit=2)
    await place(ledger)
    second = await ledger.orders([ACCOUNT_ID], limit=2, cursor=first.next_cursor)
    third = await ledger.orders([ACCOUNT_ID], limit=2, cursor=second.next_cursor)
    seen = [stored.order.order_id for page in (first, second, third) for stored in page.orders]
    assert seen == placed[::-1]
    assert third.next_cursor is None
    held = await ledger.orders([ACCOUNT_ID], status=frozenset({Status.ACCEPTED}), side=Side.BUY, symbol="VIC")
    assert len(held.orders) == 5
    assert (await ledger.orders([ACCOUNT_ID], status=frozenset())).orders == ()


async def test_an_order_of_an_earlier_trading_date_is_closed_and_never_released(ledger: Ledger) -> None:
    await open_market(ledger, cash=COST)
    waiting = await accept(ledger, command(), BREAK)
    monday = clock_at(datetime(2026, 11, 23, 10, tzinfo=VIETNAM))
    closed = await ledger.recheck(waiting.order.order_id, monday, datetime.now(UTC), LIMITS)
    assert (closed.order.close_reason, hold(closed.order)) == (CloseReason.TOO_OLD, Hold())
    assert (await ledger.cash(ACCOUNT_ID)).available == COST


async def test_the_age_of_an_order_that_waited_counts_from_the_start_of_its_phase(ledger: Ledger) -> None:
    await open_market(ledger, cash=COST)
    placed = replace(command(), received_at=datetime.now(UTC) - timedelta(hours=3))
    waiting = await accept(ledger, placed, BREAK)
    order_id = waiting.order.order_id
    one_hour_late = replace(clock_at(BREAK), anchor_wall=datetime.now(UTC) - timedelta(hours=2))
    released = await ledger.recheck(order_id, one_hour_late, datetime.now(UTC), LIMITS)
    assert released.send_after is None
    assert abs(released.good_from - (datetime.now(UTC) - timedelta(hours=1))) < timedelta(minutes=1)
    assert await start(ledger, order_id) == MayNotSend(Refusal.TOO_OLD)
    closed = await ledger.load(order_id)
    assert closed is not None
    assert closed.order.close_reason is CloseReason.TOO_OLD
