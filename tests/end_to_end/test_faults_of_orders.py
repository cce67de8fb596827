"""What becomes of orders about which the broker says what it should not: no fill is refused, and a person is told."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ledger.accounts import AlertKind
from market.violations import RuleCode
from risk.checks import TradingState
from simulator.fault_kinds import FaultKind
from tests.support.standing import alerts_about, let_trade_again, trading_state
from tests.support.trading import Trading

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


@contextmanager
def a_person_looks_afterwards(trading: Trading) -> Iterator[None]:
    try:
        yield
    finally:
        let_trade_again(trading.stack)


@pytest.mark.fault(FaultKind.LATE_FILL_AFTER_CANCEL)
def test_lc27_a_fill_after_the_cancel_is_booked_and_the_order_is_filled(trading: Trading) -> None:
    order = trading.order()
    order_id = trading.working(order)
    trading.fault(FaultKind.LATE_FILL_AFTER_CANCEL, value=500)
    assert trading.cancel(order_id)["hold_vnd"] == 0
    filled = trading.wait_for(order_id, "filled")
    assert (filled["filled_quantity"], filled["cancelled_quantity"], filled["hold_vnd"]) == (1_000, 0, 0)
    trading.reckon()


@pytest.mark.fault(FaultKind.FILL_AFTER_REJECT)
def test_lc28_a_fill_after_the_rejection_is_booked_marked_and_alerted(trading: Trading) -> None:
    orders, messages = trading.sent()
    trading.fault(FaultKind.FILL_AFTER_REJECT, "NewOrder", value=500)
    order_id = trading.place(trading.order())
    assert trading.wait_for(order_id, "rejected")["hold_vnd"] == 0
    filled = trading.wait_for(order_id, "filled")
    assert (filled["filled_quantity"], filled["hold_vnd"], filled["anomalies"]) == (1_000, 0, ["fill_after_close"])
    assert AlertKind.ORDER_CONTRADICTION in alerts_about(trading.stack, order_id)
    assert trading.sent() == (orders + 1, messages + 1)
    trading.reckon()


@pytest.mark.fault(FaultKind.FILL_AFTER_EXPIRY)
def test_lc28_a_fill_after_the_expiry_is_booked_marked_and_alerted(trading: Trading) -> None:
    order = trading.order()
    order_id = trading.working(order)
    trading.fault(FaultKind.FILL_AFTER_EXPIRY, value=2_000)
    trading.set_clock("14:45:01")
    filled = trading.wait_for(order_id, "filled")
    assert (filled["filled_quantity"], filled["hold_vnd"], filled["anomalies"]) == (1_000, 0, ["fill_after_close"])
    assert AlertKind.ORDER_CONTRADICTION in alerts_about(trading.stack, order_id)
    trading.reckon()


@pytest.mark.fault(FaultKind.OVERFILL)
def test_lc29_more_filled_than_ordered_is_booked_in_full_and_the_account_may_only_reduce(trading: Trading) -> None:
    with a_person_looks_afterwards(trading):
        order = trading.order()
        order_id = trading.working(order)
        trading.fault(FaultKind.OVERFILL, value=200)
        trading.sell_to(order, 1_000)
        filled = trading.wait_for_fill(order_id, 1_200)
        assert (filled["status"], filled["anomalies"]) == ("filled", ["overfilled"])
        assert AlertKind.OVERFILL in alerts_about(trading.stack, order_id)
        assert trading_state(trading.stack) is TradingState.REDUCE_ONLY
        denied = trading.api.post("/orders", json=trading.order())
        assert (denied.status_code, denied.json()["violations"][0]["code"]) == (422, RuleCode.ACCOUNT_REDUCE_ONLY)
        trading.reckon()


@pytest.mark.fault(FaultKind.CANCEL_REFUSED)
def test_lc42_a_refused_cancel_leaves_the_order_working_and_another_may_follow(trading: Trading) -> None:
    order_id = trading.working(trading.order())
    held = trading.seen(order_id)["hold_vnd"]
    trading.fault(FaultKind.CANCEL_REFUSED, "CancelOrder")
    refused = trading.api.delete(f"/orders/{order_id}").raise_for_status().json()
    assert refused["outcome"] == "refused"
    assert trading.wait_for(order_id, "working")["hold_vnd"] == held
    assert trading.cancel(order_id)["hold_vnd"] == 0
    trading.reckon()


@pytest.mark.fault(FaultKind.BOOK_MISSES_ORDER)
def test_an_order_that_the_book_does_not_show_yet_is_neither_given_up_nor_sent_again(trading: Trading) -> None:
    """Its answer is lost and the stream lags, so that only the book could tell of it."""
    trading.wait_for_stream()
    orders, messages = trading.sent()
    trading.fault(FaultKind.DROP_REPLY_AFTER_TAKING, "NewOrder")
    trading.fault(FaultKind.STREAM_LAG_MS, value=20_000)
    trading.fault(FaultKind.BOOK_MISSES_ORDER, "NewOrder", value=1_000)
    order_id = trading.place(trading.order())
    assert trading.wait_for_life(order_id, "unknown")["hold_vnd"] > 0
    trading.wait_for(order_id, "working")
    assert trading.sent() == (orders + 1, messages + 1)
    trading.cancel(order_id)
    trading.reckon()


@pytest.mark.fault(FaultKind.CLOCK_SKEW)
def test_a_broker_whose_clock_is_off_is_followed_by_its_numbers_and_not_by_its_times(trading: Trading) -> None:
    order = trading.order()
    trading.fault(FaultKind.CLOCK_SKEW, "NewOrder", value=7_000)
    order_id = trading.working(order)
    trading.sell_to(order, 300)
    trading.wait_for_fill(order_id, 300)
    trading.fault(FaultKind.CLOCK_SKEW, "CancelOrder", value=-7_000)
    cancelled = trading.cancel(order_id)
    assert (cancelled["filled_quantity"], cancelled["hold_vnd"]) == (300, 0)
    trading.reckon()
