"""Executions that the broker takes back or corrects: its later figures are booked and a person is told (LC-31).

SSI has no message for either, so it shows in the order's cumulative figures only.
"""

import pytest

from ledger.accounts import AlertKind
from risk.checks import TradingState
from simulator.fault_kinds import FaultKind
from tests.support.standing import alerts_about, trading_state
from tests.support.trading import PATIENCE_SECONDS, Json, Trading
from tests.support.whole_stack import eventually

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


def marked(trading: Trading, order_id: str) -> Json:
    """The order once it is marked; the account goes on as before, since its books agree with the broker's."""
    order = dict(eventually(lambda: trading.seen(order_id), lambda it: bool(it.get("anomalies")), PATIENCE_SECONDS))
    assert alerts_about(trading.stack, order_id) == {AlertKind.ORDER_CONTRADICTION}
    assert trading_state(trading.stack) is TradingState.ACTIVE
    return order


@pytest.mark.fault(FaultKind.CORRECTION)
def test_lc31_a_corrected_price_is_booked_marked_and_alerted(trading: Trading) -> None:
    trading.fault(FaultKind.CORRECTION, value=1_000)
    order = trading.order()
    order_id = trading.working(order)
    trading.sell_to(order, 1_000)
    corrected = marked(trading, order_id)
    assert (corrected["status"], corrected["filled_quantity"]) == ("filled", 1_000)
    assert corrected["anomalies"] == ["fill_corrected"]
    trading.wait_for_executions(order_id, 1_000)
    trading.reckon()


@pytest.mark.fault(FaultKind.BUST)
def test_lc31_an_execution_that_is_taken_back_is_reversed_marked_and_alerted(trading: Trading) -> None:
    trading.fault(FaultKind.BUST, value=1_000)
    order = trading.order()
    order_id = trading.working(order)
    trading.sell_to(order, 1_000)
    busted = marked(trading, order_id)
    assert (busted["status"], busted["filled_quantity"], busted["hold_vnd"]) == ("canceled", 0, 0)
    assert busted["anomalies"] == ["fill_taken_back"]
    trading.wait_for_executions(order_id)
    trading.reckon()


@pytest.mark.fault(FaultKind.BUST)
def test_lc31_an_order_goes_on_with_what_a_bust_leaves_of_it(trading: Trading) -> None:
    """The simulator cancels what it takes back of an open order."""
    trading.fault(FaultKind.BUST, value=1_000)
    order = trading.order()
    order_id = trading.working(order)
    trading.sell_to(order, 300)
    left = marked(trading, order_id)
    assert (left["status"], left["filled_quantity"], left["leaves_quantity"]) == ("working", 0, 700)
    trading.sell_to(order, 700)
    done = trading.wait_for(order_id, "canceled")
    assert (done["filled_quantity"], done["hold_vnd"]) == (700, 0)
    trading.reckon()


@pytest.mark.fault(FaultKind.BUST)
@pytest.mark.fault(FaultKind.MESSAGES_REORDERED)
def test_lc31_a_bust_among_words_that_overtake_each_other_counts_as_the_last_one(trading: Trading) -> None:
    """The book may tell of it before the word that proves it: that is a contradiction until then."""
    order = trading.order()
    order_id = trading.working(order)
    trading.fault(FaultKind.MESSAGES_REORDERED, value=1_000, times=3)
    trading.fault(FaultKind.BUST)
    trading.sell_to(order, 1_000)
    trading.wait_for(order_id, "canceled")
    assert set(marked(trading, order_id)["anomalies"]) - {"figures_uncertain"} == {"fill_taken_back"}
    trading.reckon()
