"""What becomes of orders when calls to the broker fail: each is sent once, and nothing is concluded without proof."""

import pytest

from simulator.fault_kinds import FaultKind
from tests.support.trading import Trading

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


def place_unknown(trading: Trading) -> str:
    """An order of which nobody can tell whether it has arrived: unknown, with its whole hold."""
    order_id = trading.place_with_repeats(trading.order())
    unknown = trading.wait_for_life(order_id, "unknown")
    assert (unknown["status"], unknown["hold_vnd"] > 0) == ("pending", True)
    return order_id


@pytest.mark.fault(FaultKind.REPLY_DELAY_MS)
def test_an_answer_that_comes_late_is_waited_for_and_the_order_works(trading: Trading) -> None:
    orders, messages = trading.sent()
    trading.fault(FaultKind.REPLY_DELAY_MS, "NewOrder", value=1_500)
    trading.cancel(trading.working(trading.order()))
    assert trading.sent() == (orders + 1, messages + 1)
    trading.reckon()


@pytest.mark.fault(FaultKind.HANG_BEFORE_TAKING)
def test_an_order_whose_call_hung_and_never_arrived_stays_held_until_the_day_end_tells(trading: Trading) -> None:
    orders, messages = trading.sent()
    trading.fault(FaultKind.HANG_BEFORE_TAKING, "NewOrder", value=500)
    order_id = place_unknown(trading)
    trading.set_clock("15:15:01")
    assert trading.wait_for(order_id, "canceled")["hold_vnd"] == 0
    assert trading.sent() == (orders, messages + 1)
    trading.reckon()


@pytest.mark.fault(FaultKind.HANG_AFTER_TAKING)
def test_an_order_whose_call_hung_after_it_arrived_is_found_and_sent_once(trading: Trading) -> None:
    orders, messages = trading.sent()
    trading.fault(FaultKind.HANG_AFTER_TAKING, "NewOrder", value=500)
    trading.cancel(trading.working(trading.order()))
    assert trading.sent() == (orders + 1, messages + 1)
    trading.reckon()


@pytest.mark.fault(FaultKind.REFUSE_CONNECTIONS)
def test_what_was_being_sent_when_the_port_closed_stays_unknown_and_what_comes_after_is_sent_when_it_opens(
    trading: Trading,
) -> None:
    orders, messages = trading.sent()
    cut_off, next_one = trading.order(), trading.order()
    trading.fault(FaultKind.REFUSE_CONNECTIONS, "NewOrder", value=2_000)
    unknown = trading.place_with_repeats(cut_off)
    trading.wait_for_life(unknown, "unknown")
    working = trading.place_with_repeats(next_one)
    trading.wait_for(working, "working")
    trading.cancel(working)
    assert trading.close_by_hand(unknown)["hold_vnd"] == 0
    assert trading.sent() == (orders + 1, messages + 2)
    trading.reckon()


@pytest.mark.fault(FaultKind.TOO_MANY_REQUESTS)
def test_an_order_that_the_rate_limit_turned_away_waits_and_becomes_one_order(trading: Trading) -> None:
    orders, messages = trading.sent()
    trading.fault(FaultKind.TOO_MANY_REQUESTS, "NewOrder", value=1)
    trading.cancel(trading.working(trading.order()))
    assert trading.sent() == (orders + 1, messages + 2)
    trading.reckon()


@pytest.mark.fault(FaultKind.SERVER_ERROR_BEFORE_TAKING)
def test_lc05_an_error_page_instead_of_an_order_rejects_nothing_and_a_person_closes_it(trading: Trading) -> None:
    orders, messages = trading.sent()
    trading.fault(FaultKind.SERVER_ERROR_BEFORE_TAKING, "NewOrder", value=503)
    order_id = place_unknown(trading)
    assert trading.close_by_hand(order_id)["hold_vnd"] == 0
    assert trading.sent() == (orders, messages + 1)
    trading.reckon()


@pytest.mark.fault(FaultKind.SERVER_ERROR_AFTER_TAKING)
def test_lc05_an_order_that_was_taken_behind_an_error_page_is_found_and_sent_once(trading: Trading) -> None:
    orders, messages = trading.sent()
    trading.fault(FaultKind.SERVER_ERROR_AFTER_TAKING, "NewOrder")
    trading.cancel(trading.working(trading.order()))
    assert trading.sent() == (orders + 1, messages + 1)
    trading.reckon()


@pytest.mark.fault(FaultKind.TRUNCATED_REPLY)
def test_an_order_whose_answer_was_torn_is_found_and_sent_once(trading: Trading) -> None:
    orders, messages = trading.sent()
    trading.fault(FaultKind.TRUNCATED_REPLY, "NewOrder")
    trading.cancel(trading.working(trading.order()))
    assert trading.sent() == (orders + 1, messages + 1)
    trading.reckon()


@pytest.mark.fault(FaultKind.EXPIRED_TOKEN)
def test_an_order_that_met_an_expired_token_goes_out_again_with_a_new_one_and_is_one_order(trading: Trading) -> None:
    orders, messages = trading.sent()
    trading.fault(FaultKind.EXPIRED_TOKEN, "NewOrder")
    trading.cancel(trading.working(trading.order()))
    assert trading.sent() == (orders + 1, messages + 2)
    trading.reckon()


@pytest.mark.fault(FaultKind.RESTART_WITH_TOKEN_LOSS)
def test_after_a_restart_that_forgot_every_token_orders_work_and_fills_are_heard_again(trading: Trading) -> None:
    orders, messages = trading.sent()
    order = trading.order()
    trading.fault(FaultKind.RESTART_WITH_TOKEN_LOSS, "NewOrder")
    cut_off = place_unknown(trading)
    order_id = trading.working(order)
    trading.sell_to(order, 300)
    trading.wait_for_fill(order_id, 300)
    trading.cancel(order_id)
    trading.close_by_hand(cut_off)
    # The second order met its lost token first, and went out again with a new one.
    assert trading.sent() == (orders + 1, messages + 3)
    trading.reckon()


@pytest.mark.fault(FaultKind.LOST_CANCEL_ANSWER)
def test_lc43_a_cancel_that_was_done_without_an_answer_is_proven_by_the_brokers_word(trading: Trading) -> None:
    order = trading.order()
    order_id = trading.working(order)
    trading.sell_to(order, 300)
    trading.wait_for_fill(order_id, 300)
    before = trading.messages("CancelOrder")
    trading.fault(FaultKind.LOST_CANCEL_ANSWER, "CancelOrder")
    trading.api.delete(f"/orders/{order_id}").raise_for_status()
    cancelled = trading.wait_for(order_id, "canceled")
    assert (cancelled["filled_quantity"], cancelled["hold_vnd"]) == (300, 0)
    assert trading.messages("CancelOrder") == before + 1
    trading.reckon()


@pytest.mark.fault(FaultKind.BOOK_PAGE_FAILS)
def test_lc93_a_book_that_fails_closes_nothing_and_is_asked_again_until_it_tells(trading: Trading) -> None:
    """The stream lags, so that only the book can tell of the order whose answer was lost."""
    trading.wait_for_stream()
    orders, messages = trading.sent()
    trading.fault(FaultKind.DROP_REPLY_AFTER_TAKING, "NewOrder")
    trading.fault(FaultKind.STREAM_LAG_MS, value=20_000)
    trading.fault(FaultKind.BOOK_PAGE_FAILS, "auditOrderBook", times=2)
    order_id = place_unknown(trading)
    trading.wait_for_faults()
    assert trading.wait_for(order_id, "working")["hold_vnd"] > 0
    assert trading.sent() == (orders + 1, messages + 1)
    trading.cancel(order_id)
    trading.reckon()


@pytest.mark.fault(FaultKind.FILL_BEFORE_ACK)
def test_lc14_an_order_that_is_filled_before_its_answer_comes_is_filled_once(trading: Trading) -> None:
    orders, messages = trading.sent()
    order = trading.order()
    trading.sell_to(order, 1_000)
    trading.fault(FaultKind.FILL_BEFORE_ACK, "NewOrder", value=700)
    order_id = trading.place(order)
    filled = trading.wait_for(order_id, "filled")
    assert (filled["filled_quantity"], filled["hold_vnd"]) == (1_000, 0)
    trading.wait_for_executions(order_id, 1_000)
    assert trading.sent() == (orders + 1, messages + 1)
    trading.reckon()
