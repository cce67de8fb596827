"""Our books against the broker's over a whole stack: every test of an order's life ends with I1 to I5."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from ledger.database import open_engine
from ledger.ledger import Ledger
from ledger.postings import needed_hold
from market.vocabulary import Side
from orders.order import Action, Life, Origin
from orders.stored import StoredOrder
from tests.support.whole_stack import PATIENCE_SECONDS, WholeStack, eventually

ACCOUNT = "0901351"
_PAGE = 200
_IN_FLIGHT = frozenset({Life.SENDING, Life.UNKNOWN})

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """What was reckoned: every order of ours, and the broker's of today."""

    orders: tuple[StoredOrder, ...]
    at_broker: tuple[Json, ...]
    fills: tuple[Json, ...]


def reckon(stack: WholeStack, patience: float = PATIENCE_SECONDS) -> Account:
    """Wait until nothing is in flight, then compare orders, fills, cash and shares to the share and the dong."""
    with stack.api as api, stack.control as control:
        eventually(lambda: differences(stack, api, control), lambda found: not found, patience)
        at_broker, fills = _of_account(control, "orders"), _of_account(control, "fills")
        orders = asyncio.run(_prove(stack.database_url, fills))
        ours = api.get("/accounts/balance").raise_for_status().json()
    assert sum(needed_hold(stored.order).cash for stored in orders) == ours["held_vnd"], "I2"
    return Account(orders, tuple(at_broker), tuple(fills))


def differences(stack: WholeStack, api: httpx.Client, control: httpx.Client) -> Json:
    """What is not equal right now, or why it cannot be told; empty when I1 and I4 hold."""
    try:
        return {**_cash(api, control), **_shares(api, control), **_orders(stack, control)}
    except (httpx.TransportError, httpx.HTTPStatusError) as error:
        return {"no answer": str(error)}


def _cash(api: httpx.Client, control: httpx.Client) -> Json:
    ours = api.get("/accounts/balance").raise_for_status().json()
    theirs = _their_account(control)
    receivable = sum(each["amount_vnd"] for each in ours["receivable"])
    pairs = {
        "cash": (ours["available_vnd"] + ours["held_vnd"], theirs["cash"]),
        "held": (ours["held_vnd"], theirs["held"]),
        "receivable": (receivable, theirs["receivable"]),
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _shares(api: httpx.Client, control: httpx.Client) -> Json:
    positions = api.get("/positions").raise_for_status().json()["positions"]
    ours = {each["symbol"]: (each["quantity"], each["sellable"]) for each in positions if each["quantity"]}
    theirs = {
        symbol: (each["on_hand"], each["settled"] - each["held"])
        for symbol, each in _their_account(control)["positions"].items()
        if each["on_hand"]
    }
    return {} if ours == theirs else {"shares": (ours, theirs)}


def _orders(stack: WholeStack, control: httpx.Client) -> Json:
    """Today's orders one by one: each broker order belongs to exactly one of ours, and no two to the same (I4).

    Whatever waits for a word of the broker is told too: unknown orders, missing executions, open orders of days before.
    """
    today = control.get("clock").raise_for_status().json()["trading_date"]
    every = asyncio.run(_all_orders(stack.database_url))
    theirs = {each["request_id"]: each for each in _of_account(control, "orders")}
    by_order_id = {each["order_id"]: request_id for request_id, each in theirs.items()}
    found: Json = {}
    for stored in every:
        order = stored.order
        if order.trading_date.isoformat() != today:
            if order.life is not Life.CLOSED:
                found[order.order_id] = (order.life.value, f"of {order.trading_date}")
            continue
        sent = [r.request_id for r in order.requests if r.action is Action.SUBMIT and r.request_id in theirs]
        if order.origin is Origin.EXTERNAL:
            sent = [by_order_id[order.broker_order_id]]
        at_broker = [theirs.pop(request_id) for request_id in sent]
        pair = (_our_totals(stored), tuple(_their_totals(each) for each in at_broker))
        equal = pair[1] in {(), (pair[0],)} and bool(at_broker) == _was_taken(stored)
        if order.life in _IN_FLIGHT or not order.details_complete or not equal:
            found[order.order_id] = (order.life.value, *pair)
    if theirs:
        found["nobody's"] = sorted(theirs)
    return {"orders": found} if found else {}


def _our_totals(stored: StoredOrder) -> tuple[object, ...]:
    order = stored.order
    return order.quantity, order.filled, order.filled_value, order.leaves, order.broker_order_id


def _their_totals(order: Json) -> tuple[object, ...]:
    return order["quantity"], order["filled"], order["filled_value"], order["leaves"], order["order_id"]


def _was_taken(stored: StoredOrder) -> bool:
    """Only the broker's own word gives an order an id of its books."""
    return bool(stored.order.broker_order_id)


def _their_account(control: httpx.Client) -> Json:
    accounts = control.get("accounts").raise_for_status().json()
    return dict(next(account for account in accounts if account["number"] == ACCOUNT))


def _of_account(control: httpx.Client, what: str) -> list[Json]:
    return list(control.get(what, params={"account": ACCOUNT}).raise_for_status().json())


async def _all_orders(database_url: str) -> tuple[StoredOrder, ...]:
    engine = open_engine(database_url)
    try:
        return await _pages(Ledger(engine))
    finally:
        await engine.dispose()


async def _pages(ledger: Ledger) -> tuple[StoredOrder, ...]:
    found: list[StoredOrder] = []
    cursor: str | None = None
    while True:
        page = await ledger.orders([ACCOUNT], cursor=cursor, limit=_PAGE)
        found += page.orders
        if (cursor := page.next_cursor) is None:
            return tuple(found)


async def _prove(database_url: str, fills: Sequence[Json]) -> tuple[StoredOrder, ...]:
    """I3 and I5, and each fill of the broker booked once, none beside them.

    Of orders whose figures were restated only the totals tell: SSI never says which execution it took back (LC-31).
    """
    engine = open_engine(database_url)
    try:
        ledger = Ledger(engine)
        assert await ledger.trial_balance() == (), "I2, I5"
        orders = await _pages(ledger)
        for stored in orders:
            assert await ledger.refold(stored.order.order_id) == stored.order, "I3"
        restated = {each.order.broker_order_id for each in orders if each.order.restatement.number}
        standing = [fill for fill in fills if fill["order_id"] not in restated]
        assert await _booked_fills(ledger, orders, standing) == Counter(map(_fill, standing)), "I1"
        return orders
    finally:
        await engine.dispose()


async def _booked_fills(
    ledger: Ledger, orders: Sequence[StoredOrder], fills: Sequence[Json]
) -> Counter[tuple[str, str, int, int]]:
    """Our executions of the broker orders that `fills` are about."""
    told = {fill["order_id"] for fill in fills}
    booked: Counter[tuple[str, str, int, int]] = Counter()
    for stored in orders:
        order = stored.order
        if not order.filled or order.broker_order_id not in told:
            continue
        for each in await ledger.executions(order.order_id):
            if not each.superseded:
                booked[order.broker_order_id, order.terms.side.value, each.price, each.quantity] += 1
    return booked


def _fill(fill: Json) -> tuple[str, str, int, int]:
    return fill["order_id"], Side(fill["side"]).value, fill["price"], fill["quantity"]
