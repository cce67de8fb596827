"""From the stream's own words to what is booked: no execution is lost to a number, and none counts twice (LC-23)."""

from dataclasses import replace

import pytest

from activities.inbox_messages import from_stream
from broker.fastconnect.messages import read_message
from ledger.accounts import AlertKind
from ledger.demo import seed_trader_account
from ledger.ledger import Ledger
from ledger.settlement import Opening
from orders.order import Order
from tests.broker.stream_messages import match_event
from tests.support.database import ACCOUNT_ID, CONNECTION_ID
from tests.support.ledger_orders import DAY, PRICE, accept, command, open_market, send

pytestmark = pytest.mark.stack

CASH = 1_000_000_000
OTHER_ACCOUNT = "0901361"


def executed(number: int, request_id: str, broker_order_id: str = "B1", **changes: object) -> str:
    ours = {"instrumentID": "VIC", "account": ACCOUNT_ID, "matchPrice": PRICE}
    told = {"notifyID": number, "uniqueID": request_id, "orderID": broker_order_id}
    return match_event(**{**ours, **told, **changes})


async def tell(ledger: Ledger, *raws: str) -> None:
    """Take the messages in one by one, as a slow stream brings them, and book what finds an order."""
    for raw in raws:
        await ledger.store_raw(CONNECTION_ID, DAY, [from_stream(raw, read_message(raw))])
        for routed in await ledger.route(CONNECTION_ID, DAY):
            await ledger.book(routed.order_id)


async def sent(ledger: Ledger, quantity: int = 100, account_id: str = ACCOUNT_ID) -> tuple[str, str]:
    stored = await accept(ledger, command(quantity=quantity, account_id=account_id))
    assert stored.verdict.accepted, stored.verdict.violations
    return stored.order.order_id, await send(ledger, stored.order.order_id)


async def order_of(ledger: Ledger, order_id: str) -> Order:
    stored = await ledger.load(order_id)
    assert stored is not None
    return stored.order


async def test_two_accounts_with_counts_of_their_own_lose_no_execution(ledger: Ledger, database_url: str) -> None:
    seed_trader_account(database_url, OTHER_ACCOUNT)
    await open_market(ledger, cash=CASH)
    await ledger.open_balances(OTHER_ACCOUNT, DAY, Opening(CASH))
    (first, first_id), (second, second_id) = await sent(ledger), await sent(ledger, account_id=OTHER_ACCOUNT)
    words = (executed(5, first_id, "B1"), executed(5, second_id, "B2", account=OTHER_ACCOUNT))
    await tell(ledger, *words, *words)
    assert [(await order_of(ledger, each)).matched_quantity for each in (first, second)] == [100, 100]
    assert await ledger.alerts() == ()


async def test_a_count_that_begins_anew_loses_no_execution_of_another_order(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    (first, first_id), (second, second_id) = await sent(ledger), await sent(ledger)
    await tell(ledger, executed(1, first_id, "B1"), executed(1, second_id, "B2"))
    assert [(await order_of(ledger, each)).matched_quantity for each in (first, second)] == [100, 100]


async def test_a_count_that_begins_anew_loses_no_execution_of_the_same_order_and_a_person_is_told(
    ledger: Ledger,
) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await sent(ledger, quantity=300)
    words = (executed(1, request_id), executed(1, request_id, matchQty=200))
    await tell(ledger, *words, *words)
    assert (await order_of(ledger, order_id)).matched_quantity == 300
    (alert,) = await ledger.alerts()
    assert alert.kind is AlertKind.CONTRADICTING_MESSAGE


async def test_a_replay_in_other_json_counts_no_execution_twice(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await sent(ledger, quantity=300)
    again = executed(1, request_id, matchPrice=float(PRICE), ipAddress="10.9.9.9")
    await tell(ledger, executed(1, request_id), again)
    assert (await order_of(ledger, order_id)).matched_quantity == 100


async def test_after_a_number_that_stands_twice_the_whole_day_is_asked_for(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    _, request_id = await sent(ledger)
    _, other_id = await sent(ledger)
    await tell(ledger, executed(1, request_id), executed(2, request_id))
    assert await ledger.cursor(CONNECTION_ID, DAY) == 2
    await tell(ledger, executed(1, other_id, "B2"))
    assert await ledger.cursor(CONNECTION_ID, DAY) == 0


async def test_what_was_stored_under_an_older_key_is_not_stored_again(ledger: Ledger) -> None:
    await open_market(ledger, cash=CASH)
    order_id, request_id = await sent(ledger, quantity=300)
    raw = executed(1, request_id)
    older = replace(from_stream(raw, read_message(raw)), key="notify:1")
    await ledger.store_raw(CONNECTION_ID, DAY, [older])
    await tell(ledger, raw)
    assert (await order_of(ledger, order_id)).matched_quantity == 100
    assert await ledger.alerts() == ()
