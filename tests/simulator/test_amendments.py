"""Amendments at the broker: price or quantity, the place in the queue, holds, and what the stream is told."""

import pytest

from market.vocabulary import OrderType, Side
from simulator.broker_order import OrderStatus
from simulator.switches import Switches
from simulator.trading_day import advance
from tests.simulator.market_of_one import ACCOUNT, amend, at, cancel, meet, open_market, place, told


def test_a_smaller_quantity_keeps_the_place_in_the_queue() -> None:
    state = open_market()
    first, second = place(state, quantity=500), place(state, quantity=500)
    amended = amend(state, first, quantity=200)
    assert (amended.quantity, amended.leaves, amended.order_id) == (200, 200, first.order_id)
    meet(state, "VIC", Side.SELL, 85_500, 200)
    assert (state.orders[first.order_id].status, state.orders[second.order_id].filled) == (OrderStatus.FF, 0)


@pytest.mark.parametrize(("price", "quantity"), [(None, 600), (85_500, None)])
def test_more_shares_or_another_price_lose_the_place(price: int | None, quantity: int | None) -> None:
    state = open_market()
    first = place(state, price=85_500 if price is None else 85_400, quantity=500)
    second = place(state, quantity=500)
    amend(state, first, price=price, quantity=quantity)
    meet(state, "VIC", Side.SELL, 85_500, 500)
    assert (state.orders[first.order_id].filled, state.orders[second.order_id].status) == (0, OrderStatus.FF)


def test_an_amended_price_that_crosses_trades_at_once() -> None:
    state = open_market()
    meet(state, "VIC", Side.SELL, 86_000, 100)
    order = place(state, quantity=300)
    told(state)
    amended = amend(state, order, price=86_000)
    assert (amended.filled, amended.leaves, amended.price) == (100, 200, 86_000)
    assert told(state) == ["RS", "QU", "match", "PF"]


def test_the_stream_shows_the_amended_order_under_the_new_request() -> None:
    state = open_market()
    order = place(state)
    amended = amend(state, order, quantity=200)
    assert amended.unique_id != amended.request_id == order.request_id


def test_if_asked_the_broker_shows_the_amendment_and_the_cancel_as_pending() -> None:
    state = open_market()
    state.switches = Switches(pending_statuses=True)
    order = place(state, quantity=200)
    told(state)
    amend(state, order, quantity=100)
    amend(state, order, quantity=100)
    cancel(state, order)
    assert told(state) == ["WM", "RS", "QU", "WM", "ORD014", "QU", "WC", "CL"]


def test_the_hold_follows_the_amended_terms() -> None:
    state = open_market()
    order = place(state, price=85_000, quantity=200)
    amend(state, order, price=85_500)
    assert state.accounts[ACCOUNT].held == 200 * 85_500 * 10_015 // 10_000
    amend(state, order, quantity=100)
    assert state.accounts[ACCOUNT].held == 100 * 85_500 * 10_015 // 10_000


@pytest.mark.parametrize(
    ("price", "quantity", "code"),
    [
        (85_400, 300, "ORD012"),
        (None, None, "ORD014"),
        (85_450, None, "ORD004"),
        (99_000, None, "ORD003"),
        (None, 100, "ORD031"),
        (None, 50, "ORD031"),
        (None, 250, "ORD005"),
        (None, 20_000, "ORD008"),
    ],
)
def test_an_amendment_that_breaks_a_rule_leaves_the_order_as_it_was(
    price: int | None, quantity: int | None, code: str
) -> None:
    state = open_market()
    meet(state, "VIC", Side.SELL, 85_500, 100)
    order = place(state, quantity=200)
    told(state)
    after = amend(state, order, price=price, quantity=quantity)
    assert told(state) == [code]
    assert after.last_error is not None
    assert (after.price, after.quantity, after.unique_id) == (order.price, order.quantity, order.unique_id)


def test_a_sale_grows_no_further_than_the_shares_owned() -> None:
    state = open_market()
    order = place(state, side=Side.SELL, quantity=4_000)
    assert amend(state, order, quantity=5_100).last_error is not None
    assert amend(state, order, quantity=5_000).quantity == 5_000


def test_in_the_break_only_what_the_broker_still_holds_is_amended() -> None:
    state = open_market("11:29")
    queued = place(state)
    advance(state, at("11:30"))
    held = place(state)
    told(state)
    amend(state, queued, price=85_000)
    assert amend(state, held, price=85_000).price == 85_000
    assert told(state) == ["ORD011", "IAV"]
    advance(state, at("13:00"))
    assert state.securities["VIC"].books[next(iter(state.securities["VIC"].books))].best(Side.BUY) == 85_500


def test_what_became_of_an_mtl_is_amended_like_a_limit_order() -> None:
    state = open_market()
    meet(state, "VIC", Side.SELL, 85_500, 100)
    order = place(state, price=0, quantity=300, order_type=OrderType.MTL)
    assert amend(state, order, price=85_000).price == 85_000


def test_a_finished_order_is_not_amended() -> None:
    state = open_market()
    order = cancel(state, place(state))
    told(state)
    amend(state, order, price=85_000)
    assert told(state) == ["ERR500"]
