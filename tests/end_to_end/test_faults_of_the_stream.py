"""What becomes of orders when the trading stream breaks, lags, loses or repeats: each fill is booked once."""

import pytest

from simulator.fault_kinds import FaultKind
from tests.support.trading import Trading

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


def fill_in_two(trading: Trading, order_id: str, order: dict[str, object]) -> None:
    """Two executions, of 300 and 700 shares; the order is filled by them and by nothing else."""
    trading.sell_to(order, 300)
    trading.sell_to(order, 700)
    assert trading.wait_for(order_id, "filled")["hold_vnd"] == 0
    trading.wait_for_executions(order_id, 300, 700)


@pytest.mark.fault(FaultKind.STREAM_SILENCE)
def test_a_fill_that_falls_into_a_silence_is_found_in_the_book_and_its_execution_after_the_next_message(
    trading: Trading,
) -> None:
    trading.wait_for_stream()
    order = trading.order()
    order_id = trading.working(order)
    trading.fault(FaultKind.STREAM_SILENCE, value=500)
    trading.sell_to(order, 1_000)
    assert trading.wait_for(order_id, "filled")["hold_vnd"] == 0
    trading.cancel(trading.working(trading.order()))
    trading.wait_for_executions(order_id, 1_000)
    trading.reckon()


@pytest.mark.fault(FaultKind.STREAM_LAG_MS)
def test_a_fill_that_comes_late_is_booked_once_and_its_hold_kept_until_then(trading: Trading) -> None:
    trading.wait_for_stream()
    order = trading.order()
    order_id = trading.working(order)
    held = trading.seen(order_id)["hold_vnd"]
    trading.fault(FaultKind.STREAM_LAG_MS, value=1_500)
    trading.sell_to(order, 1_000)
    trading.wait_for_faults()
    waiting = trading.seen(order_id)
    assert (waiting["filled_quantity"], waiting["hold_vnd"]) == (0, held)
    assert trading.wait_for(order_id, "filled")["hold_vnd"] == 0
    trading.wait_for_executions(order_id, 1_000)
    trading.reckon()


@pytest.mark.fault(FaultKind.MESSAGE_LOST)
def test_a_lost_message_is_missed_by_its_number_and_its_fill_is_booked_once(trading: Trading) -> None:
    trading.wait_for_stream()
    order = trading.order()
    order_id = trading.working(order)
    trading.fault(FaultKind.MESSAGE_LOST, symbol=order["symbol"])
    fill_in_two(trading, order_id, order)
    trading.reckon()


@pytest.mark.fault(FaultKind.MESSAGE_DUPLICATED)
def test_lc23_messages_that_come_twice_count_once(trading: Trading) -> None:
    trading.wait_for_stream()
    order = trading.order()
    order_id = trading.working(order)
    trading.fault(FaultKind.MESSAGE_DUPLICATED, times=4)
    fill_in_two(trading, order_id, order)
    trading.reckon()


@pytest.mark.fault(FaultKind.MESSAGES_REORDERED)
def test_lc26_messages_in_another_order_give_the_same_order(trading: Trading) -> None:
    trading.wait_for_stream()
    order = trading.order()
    order_id = trading.working(order)
    trading.fault(FaultKind.MESSAGES_REORDERED, times=2, value=500)
    fill_in_two(trading, order_id, order)
    trading.reckon()
