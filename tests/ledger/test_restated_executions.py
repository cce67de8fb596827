"""Executions that are taken back or corrected: the later word is booked, and what it made void is reversed (LC-31)."""

import asyncio
from dataclasses import replace
from datetime import datetime, time

import pytest

from ledger.accounts import AlertKind
from ledger.executions import is_restated
from ledger.ledger import Ledger
from ledger.reads.positions import Position
from market.calendar import VIETNAM
from market.vocabulary import Side
from orders.evidence import BrokerReport, BrokerState, Evidence, Match
from orders.order import Life, Order
from orders.status import Status, status
from risk.checks import TradingState
from tests.support.database import ACCOUNT_ID
from tests.support.ledger_orders import COMMISSION, DAY, PRICE, T2, hear, match, open_market, place, report

pytestmark = pytest.mark.stack

CASH = 20_000_000
COST = 100 * PRICE + COMMISSION
LOWER = PRICE - 100


def traded(number: int, quantity: int = 100, price: int = PRICE) -> tuple[Match, BrokerReport]:
    """One execution of an order for 100 shares, and the figures that count it."""
    return replace(match(quantity, price), number=number), replace(report(quantity, price=price), number=number + 1)


def taken_back(number: int, left: int = 0) -> BrokerReport:
    return replace(report(left, state=BrokerState.CANCELED, cancelled=100 - left), number=number)


async def prove(ledger: Ledger, order_id: str) -> Order:
    """I3 and I5, and the fills that count add up to the order."""
    stored = await ledger.load(order_id)
    assert stored is not None
    order = stored.order
    assert await ledger.refold(order_id) == order, "I3"
    assert await ledger.trial_balance() == (), "I2, I5"
    standing = [fill for fill in await ledger.executions(order_id) if not fill.superseded]
    assert sum(fill.quantity for fill in standing) == order.filled
    assert sum(fill.value for fill in standing) == order.filled_value
    return order


async def position_of(ledger: Ledger) -> Position:
    position = await ledger.position(ACCOUNT_ID, "VIC")
    assert position is not None
    return position


async def trading_state(ledger: Ledger) -> TradingState:
    account = await ledger.account(ACCOUNT_ID)
    assert account is not None
    return account.state


async def test_lc31_a_buy_that_is_taken_back_gives_its_cash_back_and_leaves_no_share(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, *traded(1), taken_back(3))
    order = await prove(ledger, order_id)
    assert (status(order), order.filled, order.cancelled) == (Status.CANCELED, 0, 100)
    cash, position = await ledger.cash(ACCOUNT_ID), await position_of(ledger)
    assert (cash.available, cash.held, cash.shortfall) == (CASH, 0, 0)
    assert (position.quantity, position.pending, position.cost_total, position.realized_pnl) == (0, {}, 0, 0)
    (fill,) = await ledger.executions(order_id)
    assert (fill.superseded, fill.quantity, fill.value) == (True, 100, 100 * PRICE)
    (alert,) = await ledger.alerts()
    assert (alert.kind, alert.order_id) == (AlertKind.ORDER_CONTRADICTION, order_id)
    assert await trading_state(ledger) is TradingState.ACTIVE


async def test_lc31_what_can_trade_again_is_held_again_and_trades_once(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    stored = await hear(ledger, order_id, *traded(1), replace(report(40), number=3))
    assert (stored.order.life, stored.order.leaves) == (Life.LIVE, 60)
    await prove(ledger, order_id)
    cash = await ledger.cash(ACCOUNT_ID)
    assert (cash.available, cash.held) == (CASH - COST, 60 * PRICE + 7_695)
    again = replace(match(60), number=4), replace(report(100), number=5)
    stored = await hear(ledger, order_id, *again)
    assert status(stored.order) is Status.FILLED
    await prove(ledger, order_id)
    assert ((await ledger.cash(ACCOUNT_ID)).available, (await position_of(ledger)).pending) == (CASH - COST, {DAY: 100})


async def test_lc31_a_bust_and_a_refill_in_one_batch_end_in_the_same_money_and_in_other_fills(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, *traded(1))
    words: list[Evidence] = [replace(report(0), number=3), *traded(4)]
    for number, word in enumerate(words):
        await ledger.record(order_id, f"batch-{number}", word, "stream")
    await ledger.book(order_id)
    assert (await prove(ledger, order_id)).filled == 100
    assert [fill.superseded for fill in await ledger.executions(order_id)] == [True, False]
    assert (await ledger.cash(ACCOUNT_ID)).available == CASH - COST


async def test_lc31_a_corrected_price_moves_cash_commission_and_cost(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, *traded(1), replace(report(100, price=LOWER), number=3))
    order = await prove(ledger, order_id)
    assert (status(order), order.filled_value) == (Status.FILLED, 100 * LOWER)
    cost = 100 * LOWER + 12_810
    assert (await ledger.cash(ACCOUNT_ID)).available == CASH - cost
    assert (await position_of(ledger)).cost_total == cost
    assert await trading_state(ledger) is TradingState.ACTIVE


async def test_lc31_a_bust_and_then_a_correction_leave_what_the_last_word_tells(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    corrected = replace(taken_back(4, 40), filled_value=40 * LOWER)
    await hear(ledger, order_id, *traded(1), taken_back(3, 40), corrected)
    order = await prove(ledger, order_id)
    assert (order.filled, order.filled_value, len(order.anomalies)) == (40, 40 * LOWER, 2)
    assert [fill.superseded for fill in await ledger.executions(order_id)] == [True, True, False]
    assert (await ledger.cash(ACCOUNT_ID)).available == CASH - 40 * LOWER - 5_124
    assert len(await ledger.alerts()) == 2


async def test_lc31_a_sale_that_is_taken_back_brings_its_shares_back_at_the_cost_they_left_with(ledger: Ledger) -> None:
    await open_market(ledger, VIC=100)
    order_id = await place(ledger, Side.SELL)
    await hear(ledger, order_id, *traded(1))
    assert (await position_of(ledger)).quantity == 0
    await hear(ledger, order_id, taken_back(3))
    await prove(ledger, order_id)
    position, cash = await position_of(ledger), await ledger.cash(ACCOUNT_ID)
    assert (position.quantity, position.sellable, position.held) == (100, 100, 0)
    assert (position.cost_total, position.realized_pnl) == (100 * 80_000, 0)
    assert (cash.available, cash.receivable, cash.shortfall) == (0, {}, 0)


async def test_lc31_profit_made_since_is_worked_out_anew_without_the_busted_buy(ledger: Ledger) -> None:
    """The sale had sold at an average of the opening 80,000 and the buy; without the buy it sold the opening shares."""
    await open_market(ledger, cash=CASH, VIC=100)
    bought, sold = await place(ledger), await place(ledger, Side.SELL)
    await hear(ledger, bought, *traded(1))
    await hear(ledger, sold, *traded(3))
    net = 100 * PRICE - COMMISSION - 8_550
    assert (await position_of(ledger)).realized_pnl == net - (100 * 80_000 + COST) // 2
    await hear(ledger, bought, taken_back(5))
    await prove(ledger, bought)
    position = await position_of(ledger)
    assert (position.quantity, position.cost_total, position.realized_pnl) == (0, 0, net - 100 * 80_000)


async def test_lc31_shares_that_were_sold_before_they_are_taken_back_are_a_named_shortfall(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    bought = await place(ledger)
    await hear(ledger, bought, *traded(1))
    await ledger.settle_due(datetime.combine(T2, time(13), VIETNAM))
    sold = await place(ledger, Side.SELL)
    await hear(ledger, sold, *traded(3))
    await hear(ledger, bought, taken_back(5))
    await prove(ledger, bought)
    position = await position_of(ledger)
    assert (position.quantity, position.shortfall, position.pending) == (-100, 100, {})
    assert await trading_state(ledger) is TradingState.REDUCE_ONLY
    assert AlertKind.SHORTFALL in [alert.kind for alert in await ledger.alerts()]


async def test_lc31_a_correction_that_cash_does_not_cover_is_a_named_shortfall(ledger: Ledger) -> None:
    await open_market(ledger, cash=COST)
    order_id = await place(ledger)
    await hear(ledger, order_id, *traded(1), replace(report(100, price=PRICE + 100), number=3))
    await prove(ledger, order_id)
    assert (await ledger.cash(ACCOUNT_ID)).shortfall == 10_015
    assert await trading_state(ledger) is TradingState.REDUCE_ONLY


async def test_lc31_words_from_before_the_bust_that_come_after_it_change_nothing(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    execution, figures = traded(1)
    await hear(ledger, order_id, figures, taken_back(3), execution, figures, replace(figures, number=0))
    assert (await prove(ledger, order_id)).filled == 0
    assert (await ledger.cash(ACCOUNT_ID)).available == CASH
    assert [fill.provisional for fill in await ledger.executions(order_id)] == [True]


async def test_lc31_two_contents_under_one_number_restate_twice_in_one_booking(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, *traded(1))
    words = replace(report(30), number=3), replace(report(40), number=3)
    for which, word in enumerate(words):
        await ledger.record(order_id, f"other-content-{which}", word, "stream")
    await ledger.book(order_id)
    assert (await prove(ledger, order_id)).filled == 30
    fills = await ledger.executions(order_id)
    assert [(fill.aggregate, fill.superseded, fill.quantity) for fill in fills] == [
        (False, True, 100),
        (True, True, 30),
        (True, False, 30),
    ]


def test_a_row_under_the_number_of_its_word_still_reads_as_restated() -> None:
    assert is_restated("restated:3")


async def test_a_book_after_the_close_ends_a_restated_order_and_pays_for_what_it_tells(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    early = report(100)
    await hear(ledger, order_id, *traded(1), replace(report(30), number=3), early)
    assert (await prove(ledger, order_id)).filled == 30
    await hear(ledger, order_id, replace(early, final=True))
    assert status(await prove(ledger, order_id)) is Status.FILLED
    cash = await ledger.cash(ACCOUNT_ID)
    assert (cash.available, cash.held) == (CASH - COST, 0)


async def test_lc31_a_bust_that_is_booked_by_many_at_once_is_posted_once(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, *traded(1))
    await ledger.record(order_id, "bust", taken_back(3), "stream")
    await asyncio.gather(*(ledger.book(order_id) for _ in range(5)))
    await prove(ledger, order_id)
    assert (await ledger.cash(ACCOUNT_ID)).available == CASH
