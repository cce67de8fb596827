"""Orders that no client of ours sent: whose they are, and that hold and fills are exact from the first word on."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ledger.accounts import AlertKind
from ledger.adopting import ExternalOrder, NotAdopted, Stranger
from ledger.attempts import Attempt, MayNotSend, Refusal
from ledger.inbox import InboxMessage
from ledger.ledger import Ledger
from market.fees import SSI_ONLINE
from market.reserve import cash_for
from market.vocabulary import OrderType, Side
from orders.evidence import AmendAsked, Answer, BrokerReport, BrokerState, CancelAsked, Evidence
from orders.identity import external_order_id
from orders.order import Action, Life, Origin
from orders.status import Status, status
from orders.stored import StoredOrder
from risk.checks import TradingState
from tests.support.database import ACCOUNT_ID, CONNECTION_ID
from tests.support.ledger_orders import (
    COMMISSION,
    DAY,
    MORNING,
    PRICE,
    accept,
    command,
    hear,
    match,
    open_market,
    place,
    report,
    send,
    start,
)

pytestmark = pytest.mark.stack

CASH = 1_000_000_000
THEIRS = "90000007"
AT_ONCE = timedelta()


def shown(
    filled: int = 0, *, quantity: int = 100, state: BrokerState | None = None, request_id: str = THEIRS
) -> BrokerReport:
    return replace(report(filled, quantity=quantity, state=state, request_id=request_id), price=PRICE)


def external(told: BrokerReport, side: Side = Side.BUY, symbol: str = "VIC") -> ExternalOrder:
    return ExternalOrder(symbol, side, OrderType.LO, told.quantity, PRICE, told)


def message(number: int, fact: Evidence, *request_ids: str, broker_order_id: str = "B1") -> InboxMessage:
    return InboxMessage(f"message {number}", f"n{number}", number, ACCOUNT_ID, request_ids, broker_order_id, fact)


async def adopt(ledger: Ledger, found: ExternalOrder) -> StoredOrder | NotAdopted:
    return await ledger.adopt(ACCOUNT_ID, DAY, found, MORNING, datetime.now(UTC))


async def adopted(ledger: Ledger, found: ExternalOrder) -> StoredOrder:
    stored = await adopt(ledger, found)
    assert isinstance(stored, StoredOrder)
    assert await ledger.refold(stored.order.order_id) == stored.order, "I3"
    return stored


async def test_lc98_an_order_placed_elsewhere_is_tagged_external_and_holds_what_it_needs(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    stored = await adopted(ledger, external(shown()))
    order = stored.order
    assert order.order_id == external_order_id(CONNECTION_ID, DAY, "B1")
    assert (order.origin, order.life, status(order)) == (Origin.EXTERNAL, Life.LIVE, Status.WORKING)
    needed = cash_for(SSI_ONLINE, 0, 100 * PRICE)
    cash = await ledger.cash(ACCOUNT_ID)
    assert (cash.available, cash.held) == (CASH - needed, needed)
    assert [event.kind for event in await ledger.events(order.order_id)] == ["adopted", "broker_report"]
    assert [alert.kind for alert in await ledger.alerts()] == [AlertKind.EXTERNAL_ORDER]


async def test_an_order_that_has_filled_is_adopted_with_its_fill_and_holds_the_rest(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    stored = await adopted(ledger, external(shown(100, quantity=300)))
    cash, position = await ledger.cash(ACCOUNT_ID), await ledger.position(ACCOUNT_ID, "VIC")
    assert position is not None
    assert (position.quantity, stored.order.filled, stored.order.leaves) == (100, 100, 200)
    assert cash.available + cash.held == CASH - 100 * PRICE - COMMISSION


async def test_a_filled_sale_elsewhere_takes_the_shares_and_brings_the_money(ledger: Ledger) -> None:
    await open_market(ledger, VIC=500)
    await adopted(ledger, external(shown(100), Side.SELL))
    position = await ledger.position(ACCOUNT_ID, "VIC")
    assert position is not None
    assert (position.quantity, position.sellable) == (400, 400)


async def test_what_the_account_cannot_cover_posts_all_the_same_and_lets_it_only_sell(ledger: Ledger) -> None:
    await open_market(ledger, cash=1_000)
    await adopted(ledger, external(shown(100)))
    account = await ledger.account(ACCOUNT_ID)
    assert account is not None
    assert account.state is TradingState.REDUCE_ONLY
    kinds = {alert.kind for alert in await ledger.alerts()}
    assert kinds == {AlertKind.EXTERNAL_ORDER, AlertKind.SHORTFALL}


async def test_messages_that_waited_are_routed_to_the_adopted_order_and_booked_once(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    told = [message(1, shown(), THEIRS), message(2, match(), THEIRS), message(3, shown(100), THEIRS)]
    await ledger.store_raw(CONNECTION_ID, DAY, told)
    assert await ledger.route(CONNECTION_ID, DAY) == ()
    stored = await adopted(ledger, external(shown(100)))
    (routed,) = await ledger.route(CONNECTION_ID, DAY)
    assert routed.order_id == stored.order.order_id
    order = (await ledger.book(routed.order_id)).order
    assert (order.filled, order.matched_quantity, status(order)) == (100, 100, Status.FILLED)
    cash = await ledger.cash(ACCOUNT_ID)
    assert (cash.available, cash.held) == (CASH - 100 * PRICE - COMMISSION, 0)
    standing = [fill for fill in await ledger.executions(order.order_id) if not fill.superseded]
    assert [(fill.quantity, fill.provisional) for fill in standing] == [(100, False)]


async def test_only_what_has_waited_without_an_id_of_ours_is_a_stranger(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = (await accept(ledger, command())).order.order_id
    own = await send(ledger, order_id)
    await ledger.store_raw(
        CONNECTION_ID, DAY, [message(1, report(0), own), message(2, shown(), THEIRS, broker_order_id="B2")]
    )
    assert await ledger.strangers(CONNECTION_ID, DAY) == ()
    assert await ledger.strangers(CONNECTION_ID, DAY, AT_ONCE) == (Stranger(ACCOUNT_ID, "B2"),)
    await ledger.route(CONNECTION_ID, DAY)
    await ledger.book(order_id)
    await adopted(ledger, external(replace(shown(), broker_order_id="B2")))
    await ledger.route(CONNECTION_ID, DAY)
    assert await ledger.strangers(CONNECTION_ID, DAY, AT_ONCE) == ()


async def test_lc13_a_row_with_a_request_id_of_ours_is_never_external(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = (await accept(ledger, command(symbol="VND", price=20_000))).order.order_id
    own = await send(ledger, order_id)
    assert await adopt(ledger, external(shown(request_id=own))) is NotAdopted.OURS


async def test_a_row_whose_messages_carry_a_request_id_of_ours_is_never_external(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = (await accept(ledger, command(symbol="VND", price=20_000))).order.order_id
    own = await send(ledger, order_id)
    await ledger.store_raw(CONNECTION_ID, DAY, [message(1, shown(), THEIRS, own)])
    assert await adopt(ledger, external(shown())) is NotAdopted.OURS


@pytest.mark.parametrize("answer", [Answer.UNKNOWN, Answer.ACCEPTED])
async def test_nothing_is_adopted_while_an_order_of_ours_on_that_side_has_no_id_at_the_broker(
    ledger: Ledger, answer: Answer
) -> None:
    await open_market(ledger, cash=CASH)
    order_id = (await accept(ledger, command())).order.order_id
    await send(ledger, order_id, answer)
    assert await adopt(ledger, external(shown())) is NotAdopted.PERHAPS_OURS
    assert isinstance(await adopt(ledger, external(shown(), symbol="VND")), StoredOrder)


@pytest.mark.parametrize(("later", "alerts"), [(timedelta(), 0), (timedelta(minutes=1), 1)])
async def test_a_person_is_told_when_an_order_of_ours_stays_away_from_the_book(
    ledger: Ledger, later: timedelta, alerts: int
) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, report(0))
    told = external(replace(shown(), broker_order_id="B2"))
    for _ in range(2):
        answer = await ledger.adopt(ACCOUNT_ID, DAY, told, MORNING, datetime.now(UTC) + later, frozenset({"B2"}))
        assert answer is NotAdopted.PERHAPS_OURS
    assert [alert.order_id for alert in await ledger.alerts()] == [order_id] * alerts


@pytest.mark.parametrize("shown_under", ["submit", "amend"])
async def test_lc62_the_successor_of_an_order_that_we_amended_is_never_external(
    ledger: Ledger, shown_under: str
) -> None:
    await open_market(ledger, cash=CASH)
    order_id = (await accept(ledger, command())).order.order_id
    ids = {"submit": await send(ledger, order_id)}
    await hear(ledger, order_id, report(0, request_id=ids["submit"]))
    await ledger.record(order_id, "a1", AmendAsked("a1", "trader", MORNING, price=PRICE - 100), "client")
    attempt = await start(ledger, order_id, Action.AMEND, "a1")
    assert isinstance(attempt, Attempt)
    ids["amend"] = attempt.request_id
    successor = replace(shown(40, request_id=ids[shown_under]), broker_order_id="B2")
    await hear(ledger, order_id, report(40, state=BrokerState.CANCELED))
    assert await adopt(ledger, external(successor)) is NotAdopted.OURS
    await ledger.store_raw(CONNECTION_ID, DAY, [message(2, successor, ids[shown_under], broker_order_id="B2")])
    await ledger.route(CONNECTION_ID, DAY)
    stored = await ledger.book(order_id)
    assert (stored.order.broker_order_id, stored.order.filled) == ("B2", 40)
    assert (await ledger.orders([ACCOUNT_ID])).orders == (stored,)


async def ended_by_somebody_else(ledger: Ledger, filled: int) -> str:
    """An order of ours that the broker tells as cancelled without our cancel, as when its id is changed there."""
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, report(filled, state=BrokerState.CANCELED))
    return order_id


async def test_lc62_what_may_count_the_fills_of_an_order_of_ours_once_more_is_told_and_not_adopted(
    ledger: Ledger,
) -> None:
    order_id = await ended_by_somebody_else(ledger, 40)
    for _ in range(2):
        assert await adopt(ledger, external(replace(shown(40), broker_order_id="B2"))) is NotAdopted.PERHAPS_OURS
    (alert,) = await ledger.alerts()
    assert (alert.kind, alert.order_id) == (AlertKind.ORDER_CONTRADICTION, order_id)
    assert (await ledger.owned(ACCOUNT_ID)).shares["VIC"] == 40


@pytest.mark.parametrize(("ours", "theirs"), [(0, 40), (40, 0), (40, 39)])
async def test_what_cannot_count_the_fills_of_an_order_of_ours_is_adopted_beside_it(
    ledger: Ledger, ours: int, theirs: int
) -> None:
    await ended_by_somebody_else(ledger, ours)
    await adopted(ledger, external(replace(shown(theirs), broker_order_id="B2")))
    assert (await ledger.owned(ACCOUNT_ID)).shares["VIC"] == ours + theirs


async def test_beside_an_order_that_we_cancelled_another_is_adopted(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = await place(ledger)
    await hear(ledger, order_id, report(40))
    await ledger.record(order_id, "cancel-1", CancelAsked("cancel-1", "minh"), "client")
    assert isinstance(await start(ledger, order_id, Action.CANCEL, "cancel-1"), Attempt)
    await hear(ledger, order_id, report(40, state=BrokerState.CANCELED))
    await adopted(ledger, external(replace(shown(60), broker_order_id="B2")))


async def test_an_order_is_adopted_once_however_often_it_is_found(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    found = await asyncio.gather(*(adopt(ledger, external(shown())) for _ in range(5)))
    assert sorted(isinstance(each, StoredOrder) for each in found) == [False] * 4 + [True]
    assert (await ledger.cash(ACCOUNT_ID)).held == cash_for(SSI_ONLINE, 0, 100 * PRICE)


async def test_an_order_of_a_symbol_without_reference_data_is_not_adopted(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    assert await adopt(ledger, external(shown(), symbol="XYZ")) is NotAdopted.UNKNOWN_SYMBOL


async def test_an_adopted_order_is_never_sent_and_can_be_cancelled_by_a_named_person(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id = (await adopted(ledger, external(shown()))).order.order_id
    assert await start(ledger, order_id) == MayNotSend(Refusal.ALREADY_SENT)
    await ledger.record(order_id, "cancel-1", CancelAsked("cancel-1", "minh"), "client")
    attempt = await start(ledger, order_id, Action.CANCEL, "cancel-1")
    assert getattr(attempt, "broker_order_id", "") == "B1"
    told = next(event for event in await ledger.events(order_id) if event.kind == "cancel_asked")
    assert told.actor == "minh"
    await ledger.record(order_id, "end", shown(state=BrokerState.CANCELED), "stream")
    assert status((await ledger.book(order_id)).order) is Status.CANCELED
    assert (await ledger.cash(ACCOUNT_ID)).available == CASH


@pytest.mark.parametrize("state", [BrokerState.REJECTED, BrokerState.CANCELED, BrokerState.EXPIRED])
async def test_an_order_that_ended_without_a_fill_is_adopted_closed_and_costs_nothing(
    ledger: Ledger, state: BrokerState
) -> None:
    await open_market(ledger, cash=CASH)
    stored = await adopted(ledger, external(shown(state=state)))
    assert stored.order.life is Life.CLOSED
    assert (await ledger.cash(ACCOUNT_ID)).available == CASH


async def test_a_market_order_holds_what_its_worst_price_needs(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    found = replace(external(replace(shown(), price=None)), order_type=OrderType.ATC, price=None)
    await adopted(ledger, found)
    assert (await ledger.cash(ACCOUNT_ID)).held == cash_for(SSI_ONLINE, 0, 100 * 91_400)
