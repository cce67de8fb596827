"""PostgreSQL is killed, and frozen: workflows wait for it, live orders still answer, and nothing is lost (LC-18)."""

import pytest

from tests.support.killing import arm, frozen, kill, no_restarts, pid_of, wait_until_back, wait_until_fired
from tests.support.trading import Trading

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]


def test_a_database_that_dies_during_acceptance_gives_one_verdict_when_it_is_back(trading: Trading) -> None:
    before, database = len(trading.at_broker()), pid_of(trading.stack, "postgres")
    order = trading.order()
    armed = arm(trading.stack, "in_acceptance", victim=database)
    order_id = trading.place_with_repeats(order)
    wait_until_fired(armed)
    trading.wait_for(order_id, "working")
    assert trading.place_with_repeats(order) == order_id
    assert len(trading.at_broker()) == before + 1
    trading.reckon()


def test_lc18_a_database_that_dies_while_a_fill_is_booked_has_it_booked_once_when_it_is_back(
    trading: Trading,
) -> None:
    order = trading.order()
    order_id = trading.working(order)
    armed = arm(trading.stack, "in_booking", victim=pid_of(trading.stack, "postgres"))
    trading.sell_to(order, 300)
    wait_until_fired(armed)
    trading.wait_for_fill(order_id, 300)
    trading.wait_for_executions(order_id, 300)
    trading.reckon()


def test_a_database_that_dies_before_the_brokers_answer_is_stored_loses_neither(trading: Trading) -> None:
    before = len(trading.at_broker())
    armed = arm(trading.stack, "after_send", victim=pid_of(trading.stack, "postgres"))
    order_id = trading.place(trading.order())
    wait_until_fired(armed)
    trading.wait_for(order_id, "working")
    assert len(trading.at_broker()) == before + 1
    trading.reckon()


def test_without_a_database_lists_say_so_and_a_live_order_is_answered_by_its_workflow(trading: Trading) -> None:
    order = trading.order()
    order_id = trading.working(order)
    with no_restarts(trading.stack):
        killed = kill(trading.stack, "postgres")
        answers_without_rows(trading, order_id)
        trading.sell_to(order, 400)
    wait_until_back(trading.stack, "postgres", killed)
    trading.wait_for_fill(order_id, 400)
    trading.reckon()


def test_a_frozen_database_is_like_none_until_it_goes_on(trading: Trading) -> None:
    order = trading.order()
    order_id = trading.working(order)
    with frozen(trading.stack, "postgres"):
        answers_without_rows(trading, order_id)
        trading.sell_to(order, 400)
    trading.wait_for_fill(order_id, 400)
    trading.reckon()


def answers_without_rows(trading: Trading, order_id: str) -> None:
    listed = trading.api.get("/orders")
    assert (listed.status_code, listed.json()["code"]) == (503, "database_unavailable")
    live = trading.api.get(f"/orders/{order_id}").raise_for_status().json()
    assert (live["status"], live["source"]) == ("working", "workflow")
