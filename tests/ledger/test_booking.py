"""Booking: each piece of evidence counts once, in any order, and the money follows to the dong."""

import asyncio
from datetime import datetime, time
from itertools import permutations

import pytest

from ledger.accounts import AlertKind
from ledger.events import Level
from ledger.ledger import Ledger
from ledger.reads.orders import Execution
from market.calendar import VIETNAM
from market.vocabulary import Side
from orders.evidence import Answer, BrokerState, ClosedHere, Evidence
from orders.order import Anomaly, CloseReason, Life
from orders.status import Status, status
from risk.checks import TradingState
from tests.support.database import ACCOUNT_ID
from tests.support.ledger_orders import (
    COMMISSION,
    DAY,
    PRICE,
    T2,
    accept,
    command,
    hear,
    match,
    open_market,
    place,
    report,
    send,
)

pytestmark = pytest.mark.stack

CASH = 20_000_000
COST = 100 * PRICE + COMMISSION


async def _standing(ledger: Ledger, order_id: str) -> tuple[Execution, ...]:
    """The fills that count; every life of an order here ends with I3 too."""
    stored = await ledger.load(order_id)
    assert stored is not None
    order = stored.order
    assert await ledger.refold(order_id) == order, "I3"
    fills = tuple(fill for fill in await ledger.executions(order_id) if not fill.superseded)
    assert sum(fill.quantity for fill in fills) == order.filled
    assert sum(fill.value for fill in fills) == order.filled_value
    return fills


async def test_lc01_a_filled_buy_turns_its_hold_into_shares_to_come(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    stored = await hear(ledger, order_id, report(0), match(), report(100))
    assert status(stored.order) is Status.FILLED
    cash = await ledger.cash(ACCOUNT_ID)
    assert (cash.available, cash.held, cash.receivable, cash.shortfall) == (CASH - COST, 0, {}, 0)
    position = await ledger.position(ACCOUNT_ID, "VIC")
    assert position is not None
    assert (position.quantity, position.sellable, position.pending) == (100, 0, {DAY: 100})
    assert (position.cost_total, position.average_cost) == (COST, COST // 100)
    assert [fill.commission for fill in await _standing(ledger, order_id)] == [COMMISSION]
    assert await ledger.open_orders() == ()


async def test_a_filled_sell_brings_its_proceeds_less_commission_and_tax_on_t2(ledger: Ledger) -> None:
    await open_market(ledger, VIC=300)
    order_id = await place(ledger, Side.SELL)
    await hear(ledger, order_id, match(), report(100))
    net = 100 * PRICE - COMMISSION - 8_550
    cash = await ledger.cash(ACCOUNT_ID)
    assert (cash.available, cash.receivable) == (0, {DAY: net})
    position = await ledger.position(ACCOUNT_ID, "VIC")
    assert position is not None
    assert (position.quantity, position.sellable, position.held) == (200, 200, 0)
    assert (position.cost_total, position.realized_pnl) == (200 * 80_000, net - 100 * 80_000)
    (fill,) = await _standing(ledger, order_id)
    assert (fill.commission, fill.tax) == (COMMISSION, 8_550)


async def test_what_is_pending_can_be_used_from_thirteen_hours_on_t2(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH, VIC=300)
    await hear(ledger, await place(ledger), match(), report(100))
    await hear(ledger, await place(ledger, Side.SELL), match(), report(100))
    assert await ledger.settle_due(datetime.combine(T2, time(12, 59, 59), VIETNAM)) == 0
    due = datetime.combine(T2, time(13), VIETNAM)
    moved = await asyncio.gather(*(ledger.settle_due(due) for _ in range(5)))
    assert sum(moved) == 2
    cash = await ledger.cash(ACCOUNT_ID)
    assert (cash.available, cash.receivable) == (CASH - COST + 100 * PRICE - COMMISSION - 8_550, {})
    position = await ledger.position(ACCOUNT_ID, "VIC")
    assert position is not None
    assert (position.quantity, position.sellable, position.pending) == (300, 300, {})


async def test_the_same_evidence_is_booked_once_however_often_it_comes(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await asyncio.gather(*(ledger.record(order_id, "one", match(), "stream") for _ in range(10)))
    booked = await asyncio.gather(*(ledger.book(order_id) for _ in range(10)))
    assert {stored.order.filled for stored in booked} == {100}
    assert len(await _standing(ledger, order_id)) == 1
    assert (await ledger.cash(ACCOUNT_ID)).available == CASH - COST
    assert await ledger.book(order_id) == booked[0]


@pytest.mark.parametrize("turn", list(permutations(range(4))))
async def test_lc25a_match_and_report_in_any_order_and_each_twice_are_one_fill(
    ledger: Ledger, turn: tuple[int, ...]
) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    deliveries: list[tuple[str, Evidence]] = [
        ("match", match()),
        ("match", match()),
        ("report", report(100)),
        ("report", report(100)),
    ]
    for index in turn:
        key, fact = deliveries[index]
        await hear(ledger, order_id, fact, key=key)
    (fill,) = await _standing(ledger, order_id)
    assert (fill.quantity, fill.price, fill.provisional) == (100, PRICE, False)
    assert (await ledger.cash(ACCOUNT_ID)).available == CASH - COST


async def test_lc25_cumulative_reports_make_derived_fills_of_the_differences(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH * 3)
    order_id = await place(ledger, quantity=500)
    for filled in (300, 300, 500):
        await hear(ledger, order_id, report(filled, quantity=500))
    fills = await _standing(ledger, order_id)
    assert [(fill.quantity, fill.price, fill.provisional) for fill in fills] == [
        (300, PRICE, True),
        (200, PRICE, True),
    ]


async def test_lc34_derived_fills_are_replaced_by_executions_split_and_priced_otherwise(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH * 3)
    order_id = await place(ledger, quantity=500)
    await hear(ledger, order_id, report(300, quantity=500), report(500, quantity=500))
    await hear(ledger, order_id, match(250, PRICE - 100))
    partly = await _standing(ledger, order_id)
    assert [(fill.quantity, fill.provisional) for fill in partly] == [(250, False), (250, True)]
    await hear(ledger, order_id, match(150, PRICE - 200), match(100, PRICE))
    fills = await _standing(ledger, order_id)
    assert [(fill.quantity, fill.price, fill.provisional) for fill in fills] == [
        (250, PRICE - 100, False),
        (150, PRICE - 200, False),
        (100, PRICE, False),
    ]
    value = 250 * (PRICE - 100) + 150 * (PRICE - 200) + 100 * PRICE
    commission = (value * 1_500 + 500_000) // 1_000_000
    assert sum(fill.commission for fill in fills) == commission
    assert (await ledger.cash(ACCOUNT_ID)).available == CASH * 3 - value - commission
    position = await ledger.position(ACCOUNT_ID, "VIC")
    assert position is not None
    assert (position.quantity, position.cost_total) == (500, value + commission)


async def test_lc27_a_fill_after_the_cancel_is_booked(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, report(0, state=BrokerState.CANCELED, cancelled=100))
    assert (await ledger.cash(ACCOUNT_ID)).available == CASH
    stored = await hear(ledger, order_id, match(40))
    assert (status(stored.order), stored.order.filled) == (Status.CANCELED, 40)
    cost = 40 * PRICE + 5_130
    cash = await ledger.cash(ACCOUNT_ID)
    assert (cash.available, cash.held) == (CASH - cost, 0)
    assert await _standing(ledger, order_id)


async def test_lc28_a_fill_after_expiry_is_booked_and_the_rest_is_held_again(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, report(0, state=BrokerState.EXPIRED, cancelled=100))
    stored = await hear(ledger, order_id, match(40))
    assert stored.order.anomalies == (Anomaly.FILL_AFTER_CLOSE,)
    cash = await ledger.cash(ACCOUNT_ID)
    assert (cash.available, cash.held) == (CASH - COST, COST - 40 * PRICE - 5_130)
    alerts = [event for event in await ledger.events(order_id) if event.level is Level.ALERT]
    assert [event.kind for event in alerts] == ["anomaly:fill_after_close"]
    assert [one.order.order_id for one in await ledger.open_orders()] == [order_id]


async def test_lc28_each_contradiction_of_the_broker_is_told_to_a_person_once(ledger: Ledger) -> None:
    await open_market(ledger, cash=COST)
    order_id = await place(ledger)
    await hear(ledger, order_id, report(0, state=BrokerState.REJECTED))
    await hear(ledger, order_id, match(40), match(60))
    (alert,) = await ledger.alerts()
    assert (alert.kind, alert.order_id, alert.account_id) == (AlertKind.ORDER_CONTRADICTION, order_id, ACCOUNT_ID)
    account = await ledger.account(ACCOUNT_ID)
    assert account is not None
    assert account.state is TradingState.ACTIVE


async def test_lc29_an_overfill_that_cash_covers_is_booked_in_full_and_stops_buying(ledger: Ledger) -> None:
    await open_market(ledger, cash=10 * CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, match(300))
    account, position = await ledger.account(ACCOUNT_ID), await ledger.position(ACCOUNT_ID, "VIC")
    assert account is not None
    assert position is not None
    assert (account.state, position.quantity) == (TradingState.REDUCE_ONLY, 300)
    assert [alert.kind for alert in await ledger.alerts()] == [AlertKind.OVERFILL]


async def test_lc29_an_overfill_beyond_cash_makes_a_named_shortfall_and_stops_buying(ledger: Ledger) -> None:
    await open_market(ledger, cash=COST)
    order_id = await place(ledger)
    stored = await hear(ledger, order_id, match(100), match(100))
    assert (stored.order.filled, stored.order.anomalies[0]) == (200, Anomaly.OVERFILLED)
    cash = await ledger.cash(ACCOUNT_ID)
    assert (cash.available, cash.held, cash.shortfall) == (0, 0, COST)
    account = await ledger.account(ACCOUNT_ID)
    assert account is not None
    assert account.state is TradingState.REDUCE_ONLY
    (alert,) = [each for each in await ledger.alerts() if each.kind is AlertKind.SHORTFALL]
    cause = (await ledger.events(order_id))[-1].cause
    assert (alert.order_id, alert.account_id) == (order_id, ACCOUNT_ID)
    assert cause in alert.key
    assert not (await accept(ledger, command())).verdict.accepted


async def test_an_oversold_position_is_a_shortfall_of_shares_and_its_proceeds_still_come(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH, VIC=100)
    order_id = await place(ledger, Side.SELL)
    await hear(ledger, order_id, match(100), match(100))
    position = await ledger.position(ACCOUNT_ID, "VIC")
    assert position is not None
    assert (position.quantity, position.sellable, position.shortfall) == (-100, 0, 100)
    await ledger.settle_due(datetime.combine(T2, time(13), VIETNAM))
    cash = await ledger.cash(ACCOUNT_ID)
    assert cash.available == CASH + 2 * (100 * PRICE) - 25_650 - 17_100


async def test_a_rejection_frees_the_hold(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    stored = await accept(ledger, command())
    order_id = stored.order.order_id
    await send(ledger, order_id, Answer.REFUSED)
    rejected = await ledger.load(order_id)
    assert rejected is not None
    assert status(rejected.order) is Status.REJECTED
    assert (await ledger.cash(ACCOUNT_ID)).available == CASH


async def test_part_fills_release_the_hold_step_by_step_and_a_cancel_the_rest(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, match(30, PRICE - 500))
    cash = await ledger.cash(ACCOUNT_ID)
    spent = 30 * (PRICE - 500) + 3_825
    assert cash.available + cash.held == CASH - spent
    await hear(ledger, order_id, report(30, price=PRICE - 500, state=BrokerState.CANCELED, cancelled=70))
    cash = await ledger.cash(ACCOUNT_ID)
    assert (cash.available, cash.held) == (CASH - spent, 0)


async def test_closing_an_unsent_order_frees_its_hold(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    stored = await accept(ledger, command())
    closed = await hear(ledger, stored.order.order_id, ClosedHere(CloseReason.TOO_OLD, "late"))
    assert closed.order.life is Life.CLOSED
    assert (await ledger.cash(ACCOUNT_ID)).available == CASH


async def test_events_tell_who_and_why_in_order(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, match(), key="ssi:51")
    events = await ledger.events(order_id)
    assert [event.kind for event in events] == ["accepted", "request_started", "request_answered", "match"]
    last = events[-1]
    assert (last.actor, last.source, last.cause, last.version) == ("broker", "stream", "ssi:51", 3)
    assert (last.old_status, last.new_status) == (Status.PENDING, Status.FILLED)
    assert last.detail == f"100 at {PRICE}"


async def test_parallel_fills_of_many_orders_of_one_account_add_up(ledger: Ledger) -> None:
    await open_market(ledger, cash=20 * COST)
    orders = [await place(ledger) for _ in range(20)]
    await asyncio.gather(*(hear(ledger, order_id, report(60), match(60), match(40)) for order_id in orders))
    position = await ledger.position(ACCOUNT_ID, "VIC")
    assert position is not None
    assert (position.quantity, position.cost_total) == (2_000, 20 * COST)
    assert (await ledger.cash(ACCOUNT_ID)).available == 0
