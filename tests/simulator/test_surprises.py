"""What a broker may tell against all rules: late and needless fills, busts, corrections, strange ids and orders."""

from datetime import timedelta

import pytest

from market.fees import SSI_ONLINE, commission
from market.vocabulary import Side
from simulator.broker_order import BrokerOrder, OrderStatus
from simulator.faults import Fault, FaultKind
from simulator.state import ExchangeState
from simulator.surprises import bust, correct, late_fill
from simulator.trading_day import advance
from tests.simulator.market_of_one import ACCOUNT, amend, at, cancel, meet, open_market, place, told

REFERENCE = 85_500


def market_with(kind: FaultKind, value: int = 0, clock: str = "10:00") -> ExchangeState:
    state = open_market(clock)
    state.faults.add(Fault(kind, value=value))
    return state


def now(state: ExchangeState, order: BrokerOrder) -> BrokerOrder:
    return state.orders[order.order_id]


def filled(state: ExchangeState, quantity: int = 200) -> BrokerOrder:
    meet(state, "VIC", Side.SELL, REFERENCE, quantity)
    return now(state, place(state, quantity=quantity))


def spent(state: ExchangeState) -> int:
    return 1_000_000_000 - state.accounts[ACCOUNT].cash


def cost(shares: int, price: int = REFERENCE) -> int:
    return shares * price + commission(SSI_ONLINE, shares * price)


def test_a_cancelled_order_trades_after_all() -> None:
    state = market_with(FaultKind.LATE_FILL_AFTER_CANCEL, value=2_000)
    order = cancel(state, place(state, quantity=300))
    told(state)
    advance(state, at("10:00:01"))
    assert now(state, order).status is OrderStatus.CL
    advance(state, at("10:00:02"))
    late = now(state, order)
    assert (late.status, late.filled, late.cancelled) == (OrderStatus.FF, 300, 0)
    assert told(state) == ["match", "FF"]
    assert (spent(state), state.accounts[ACCOUNT].held) == (cost(300), 0)


def test_a_rejected_order_fills() -> None:
    state = market_with(FaultKind.FILL_AFTER_REJECT)
    order = place(state)
    assert order.status is OrderStatus.RJ
    advance(state, state.now)
    assert now(state, order).status is OrderStatus.FF
    assert told(state) == ["ERR500", "match", "FF"]
    assert spent(state) == cost(100)


def test_an_expired_order_fills() -> None:
    state = market_with(FaultKind.FILL_AFTER_EXPIRY, clock="14:00")
    order = place(state)
    advance(state, at("14:45"))
    assert (now(state, order).status, now(state, order).filled) == (OrderStatus.FF, 100)
    assert told(state)[-3:] == ["EX", "match", "FF"]


def test_a_filled_order_trades_beyond_its_quantity() -> None:
    state = market_with(FaultKind.OVERFILL, value=500)
    order = filled(state)
    advance(state, state.now)
    over = now(state, order)
    assert (over.filled, over.quantity, over.leaves) == (700, 200, 0)
    assert state.accounts[ACCOUNT].position("VIC").on_hand == 5_000 + 700


def test_an_execution_is_taken_back_with_its_money_and_shares() -> None:
    state = market_with(FaultKind.BUST, value=1_000)
    order = filled(state)
    told(state)
    advance(state, state.now + timedelta(seconds=1))
    gone = now(state, order)
    assert (gone.status, gone.filled, gone.filled_value, gone.cancelled) == (OrderStatus.CL, 0, 0, 200)
    assert told(state) == ["CL"]
    assert (spent(state), state.accounts[ACCOUNT].position("VIC").on_hand) == (0, 5_000)


def test_a_corrected_price_moves_the_average_and_the_cash() -> None:
    state = market_with(FaultKind.CORRECTION)
    order = filled(state)
    advance(state, state.now)
    assert (now(state, order).filled, now(state, order).average_price) == (200, 85_400.0)
    assert spent(state) == cost(200, 85_400)


@pytest.mark.parametrize("side", Side)
def test_whatever_is_told_late_taken_back_and_corrected_money_and_shares_follow_the_figures(side: Side) -> None:
    state = open_market()
    order = cancel(state, place(state, side=side, quantity=500))
    order = late_fill(state, order, REFERENCE, 300)
    order = correct(state, order, REFERENCE, 85_000, 300)
    order = bust(state, order, 85_000, 100)
    assert (order.status, order.filled, order.cancelled, order.filled_value) == (
        OrderStatus.FFPC,
        200,
        300,
        200 * 85_000,
    )
    account = state.accounts[ACCOUNT]
    sign = 1 if side is Side.BUY else -1
    assert account.position("VIC").on_hand == 5_000 + sign * 200
    assert account.position("VIC").held == account.held == 0
    if side is Side.BUY:
        assert spent(state) == cost(200, 85_000)
    else:
        assert [item.amount for item in account.receivables] == [200 * 85_000 * 9_975 // 10_000]


def test_a_sale_told_too_late_leaves_the_account_short() -> None:
    state = open_market()
    order = cancel(state, place(state, side=Side.SELL, quantity=5_000))
    late_fill(state, order, REFERENCE, 6_000)
    assert state.accounts[ACCOUNT].position("VIC").on_hand == -1_000


def test_a_bust_of_an_order_that_waits_leaves_the_rest_waiting() -> None:
    state = open_market()
    meet(state, "VIC", Side.SELL, REFERENCE, 100)
    order = place(state, quantity=300)
    after = bust(state, order, REFERENCE, 100)
    assert (after.status, after.leaves, after.filled) == (OrderStatus.QU, 200, 0)
    meet(state, "VIC", Side.SELL, REFERENCE, 200)
    done = now(state, order)
    assert (done.status, done.filled, done.leaves) == (OrderStatus.FFPC, 200, 0)


def test_a_cancel_is_refused_that_the_exchange_would_have_taken() -> None:
    state = market_with(FaultKind.CANCEL_REFUSED)
    order = place(state)
    told(state)
    assert cancel(state, order).status is OrderStatus.QU
    assert told(state) == ["40014"]
    assert cancel(state, order).status is OrderStatus.CL


@pytest.mark.parametrize(("quantity", "first"), [(200, "amended"), (400, "other")])
def test_an_amended_order_gets_another_id_and_keeps_the_place_it_is_due(quantity: int, first: str) -> None:
    state = market_with(FaultKind.ORDER_ID_CHANGED_ON_AMEND)
    order = place(state, quantity=300)
    other = place(state, quantity=300)
    amended = amend(state, order, quantity=quantity)
    assert amended.order_id != order.order_id == amended.previous_order_id
    assert order.order_id not in state.orders
    meet(state, "VIC", Side.SELL, REFERENCE, 200)
    assert (now(state, amended).filled > 0) is (first == "amended")
    assert (now(state, other).filled > 0) is (first == "other")
    cancel(state, amended)
    cancel(state, other)
    assert state.accounts[ACCOUNT].held == 0


def test_an_order_is_missing_from_the_books_for_a_while() -> None:
    state = market_with(FaultKind.BOOK_MISSES_ORDER, value=3_000)
    hidden, shown = place(state), place(state)
    assert (state.is_hidden(hidden), state.is_hidden(shown)) == (True, False)
    advance(state, at("10:00:03"))
    assert not state.is_hidden(hidden)


def test_a_skewed_clock_shows_in_the_orders_times_only() -> None:
    state = market_with(FaultKind.CLOCK_SKEW, value=-90_000)
    skewed, straight = place(state), place(state)
    assert (skewed.entered_at, straight.entered_at) == (at("09:58:30"), at("10:00"))
    assert skewed.sent_at == straight.sent_at == state.now


def test_an_order_comes_that_nobody_sent() -> None:
    state = market_with(FaultKind.UNKNOWN_EXTERNAL_ORDER)
    order = place(state)
    strange = next(each for each in state.orders.values() if each.order_id != order.order_id)
    assert (strange.channel, strange.quantity, strange.price) == ("WT", order.quantity, order.price)
    assert strange.request_id.startswith("9")
    assert len(strange.request_id) == 8
