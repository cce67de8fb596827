"""An order's life from command to completion, through the real workflow without a server."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import reduce

import pytest

from market.calendar import VIETNAM
from orders.evidence import Answer, BrokerState, RequestFailed
from orders.folding import apply
from orders.holds import Hold, hold
from orders.order import Anomaly, Life, RequestState
from orders.status import Status, status
from orders.stored import StoredOrder
from tests.support.paper_house import BREAK, PaperHouse, canceled, filled, match, minutes, working
from workflows import messages


@pytest.fixture
def house() -> Iterator[PaperHouse]:
    """Every life ends with the invariants that need no broker: hold, fold, at most one send."""
    house = PaperHouse()
    yield house
    order = house.order
    if order.life is Life.CLOSED and not order.quarantined:
        assert hold(order) == Hold(), "I2"
    assert house.first is not None
    assert reduce(apply, house.applied, house.first) == order, "I3"
    assert len(house.sent) <= 1, "I4"


def test_lc01_an_order_is_placed_sent_filled_and_its_run_completes(house: PaperHouse) -> None:
    driver = house.place().settle()
    assert driver.updates["place"]["stage"] == "completed"
    assert house.sent == ["10000000"]
    house.hears(driver, working(), match(1_000), filled())
    assert driver.closed == "completed"
    assert (driver.result.status, driver.result.filled) == ("filled", 1_000)


def test_lc02_five_part_fills_show_part_fills_between_and_complete_with_the_last(house: PaperHouse) -> None:
    driver = house.place().settle()
    for count in range(1, 5):
        house.hears(driver, match(200), working(200 * count))
        assert status(house.order) is Status.PARTIALLY_FILLED
    house.hears(driver, match(200), filled())
    assert (driver.closed, status(house.order)) == ("completed", Status.FILLED)


def test_the_query_answers_with_the_booked_order(house: PaperHouse) -> None:
    driver = house.place().settle()
    house.hears(driver, working(), match(300), working(300))
    assert driver.query(messages.VIEW, StoredOrder) == house.stored


def test_lc21_a_denied_order_sends_nothing_and_its_run_completes_at_once(house: PaperHouse) -> None:
    driver = house.place(quantity=150, price=85_550).settle()
    assert driver.closed == "completed"
    assert house.sent == []
    assert house.stored is not None
    assert [violation.code for violation in house.stored.verdict.violations] == ["quantity_not_a_lot", "price_off_tick"]
    assert status(house.order) is Status.DENIED


def test_lc03_a_lost_answer_is_looked_up_and_the_order_is_never_sent_again(house: PaperHouse) -> None:
    house.on_submit = lambda _, __: Answer.UNKNOWN
    driver = house.place().settle()
    assert (house.order.life, status(house.order)) == (Life.UNKNOWN, Status.PENDING)
    driver.advance(minutes(30))
    assert house.order.life is Life.UNKNOWN
    assert hold(house.order).cash > 0
    house.book_shows = [working()]
    driver.advance(minutes(1))
    assert status(house.order) is Status.WORKING
    assert house.sent == ["10000000"]


def test_an_order_that_was_proven_not_sent_is_sent_again_with_a_new_request_id() -> None:
    answers = iter([Answer.NOT_SENT, Answer.NOT_SENT, Answer.ACCEPTED])
    house = PaperHouse(on_submit=lambda _, __: next(answers))
    house.place().settle().advance(minutes(1))
    assert house.sent == ["10000000", "10000001", "10000002"]
    assert house.order.life is Life.LIVE


def test_lc06_a_refusal_closes_the_order_with_the_brokers_word(house: PaperHouse) -> None:
    house.on_submit = lambda _, __: Answer.REFUSED
    driver = house.place().settle()
    assert (driver.closed, status(house.order)) == ("completed", Status.REJECTED)


def test_lc13_a_fill_that_comes_before_the_answer_is_booked(house: PaperHouse) -> None:
    def fills_first(paper: PaperHouse, _: str) -> Answer:
        paper.waiting += [match(1_000), filled()]
        return Answer.ACCEPTED

    house.on_submit = fills_first
    assert house.place().settle().closed == "completed"
    assert status(house.order) is Status.FILLED


def test_lc27_a_late_fill_after_the_cancel_starts_a_new_run_and_is_booked(house: PaperHouse) -> None:
    driver = house.place().settle()
    house.hears(driver, working())
    house.cancel(driver).settle()
    house.hears(driver, canceled())
    assert (driver.closed, status(house.order)) == ("completed", Status.CANCELED)
    again = house.resume()
    house.hears(again, match(300))
    assert (again.closed, status(house.order), house.order.filled) == ("completed", Status.CANCELED, 300)


def test_lc28_a_fill_after_an_expiry_keeps_the_run_open_until_the_book_tells_the_rest(house: PaperHouse) -> None:
    driver = house.place().settle()
    house.hears(driver, working())
    house.hears(driver, replace(canceled(), state=BrokerState.EXPIRED, request_id="10000000"))
    again = house.resume()
    house.hears(again, match(300))
    assert status(house.order) is Status.EXPIRED
    assert Anomaly.FILL_AFTER_CLOSE in house.order.anomalies
    house.book_shows = [canceled(300)]
    again.advance(minutes(1))
    assert (again.closed, house.order.quarantined) == ("completed", False)


def test_lc33_a_filled_order_waits_for_its_missing_execution(house: PaperHouse) -> None:
    driver = house.place().settle()
    house.hears(driver, match(400), filled())
    assert (driver.closed, status(house.order)) == (None, Status.FILLED)
    house.hears(driver, match(600))
    assert driver.closed == "completed"


def test_lc39_a_cancel_of_a_resting_order_gives_its_hold_back(house: PaperHouse) -> None:
    driver = house.place().settle()
    house.hears(driver, working())
    house.cancel(driver).update(messages.CANCEL_OUTCOME, update_id="outcome").settle()
    assert status(house.order) is Status.PENDING_CANCEL
    assert driver.updates["outcome"]["stage"] == "accepted"
    house.hears(driver, canceled())
    assert driver.updates["outcome"]["stage"] == "completed"
    assert (status(house.order), hold(house.order)) == (Status.CANCELED, Hold())


def test_lc41_a_cancel_that_comes_after_the_fill_is_too_late_and_sends_nothing(house: PaperHouse) -> None:
    driver = house.place().settle()
    house.waiting += [match(1_000)]
    house.cancel(driver.signal(messages.EVIDENCE_ARRIVED, {"summary": "match"})).settle()
    assert house.cancels_sent == []
    assert house.order.last_cancel is not None
    assert house.order.last_cancel.state is RequestState.TOO_LATE


def test_lc43_a_cancel_without_an_answer_is_looked_up_and_sent_again(house: PaperHouse) -> None:
    answers = iter([Answer.UNKNOWN, Answer.ACCEPTED])
    house.on_cancel = lambda _, __: next(answers)
    driver = house.place().settle()
    house.hears(driver, working())
    house.cancel(driver).settle()
    assert status(house.order) is Status.PENDING_CANCEL
    driver.advance(minutes(1))
    assert len(house.cancels_sent) == 2
    assert status(house.order) is Status.PENDING_CANCEL


def test_lc44_twenty_presses_of_cancel_send_one_message(house: PaperHouse) -> None:
    driver = house.place().settle()
    house.hears(driver, working())
    for number in range(20):
        house.cancel(driver, f"cancel-{number}")
    driver.settle()
    assert len(house.cancels_sent) == 1


def test_lc45_a_cancel_of_an_unknown_order_waits_until_its_broker_id_is_known(house: PaperHouse) -> None:
    house.on_submit = lambda _, __: Answer.UNKNOWN
    driver = house.place().settle()
    house.cancel(driver).settle().advance(minutes(2))
    assert house.cancels_sent == []
    house.book_shows = [working()]
    driver.advance(minutes(1))
    assert len(house.cancels_sent) == 1


def test_lc46_a_cancel_of_a_held_order_is_done_at_once_without_a_message(house: PaperHouse) -> None:
    house.market_now = BREAK
    driver = house.place().settle()
    assert status(house.order) is Status.ACCEPTED
    house.cancel(driver).settle()
    assert (driver.closed, status(house.order)) == ("completed", Status.CANCELED)
    assert (house.sent, house.cancels_sent) == ([], [])


def test_lc77_an_order_in_the_break_is_held_and_sent_when_the_phase_opens(house: PaperHouse) -> None:
    house.market_now = BREAK
    driver = house.place().settle()
    assert house.sent == []
    driver.advance(minutes(20))
    assert house.sent == []
    house.phase_opens(driver, BREAK + timedelta(hours=1))
    assert house.sent == ["10000000"]


def test_a_backstop_timer_asks_the_clock_when_no_broadcast_comes(house: PaperHouse) -> None:
    house.market_now = BREAK
    driver = house.place().settle()
    house.market_now = BREAK.astimezone(VIETNAM) + timedelta(hours=1)
    driver.advance(timedelta(hours=2))
    assert house.sent == ["10000000"]


def test_a_cancel_that_arrives_with_the_order_wins_over_the_send(house: PaperHouse) -> None:
    driver = house.place()
    house.cancel(driver).settle()
    assert (driver.closed, house.sent) == ("completed", [])
    assert status(house.order) is Status.CANCELED


def test_a_buy_without_a_price_is_denied_and_its_page_can_be_read(house: PaperHouse) -> None:
    driver = house.place(price=None).settle()
    assert (driver.closed, status(house.order)) == ("completed", Status.DENIED)


def test_a_cancel_asked_while_the_send_is_held_up_is_booked_before_the_attempt(house: PaperHouse) -> None:
    driver = house.place()
    driver.hold_activities("submit").settle()
    house.cancel(driver).settle()
    assert status(house.order) is Status.PENDING_CANCEL
    driver.release_activities().settle()
    assert (driver.closed, house.sent, status(house.order)) == ("completed", [], Status.CANCELED)


def test_a_fill_that_comes_while_the_send_is_held_up_is_booked_at_once(house: PaperHouse) -> None:
    driver = house.place()
    driver.hold_activities("submit").settle()
    house.hears(driver, match(300))
    assert house.order.filled == 300
    driver.release_activities().settle()


def test_a_cancel_whose_refusal_is_lost_is_found_in_the_book(house: PaperHouse) -> None:
    driver = house.place().settle()
    house.hears(driver, working())
    house.cancel(driver).settle()
    house.book_shows = [RequestFailed(house.cancels_sent[0], "77", "ORD012", "cannot be cancelled now")]
    driver.advance(minutes(1))
    assert status(house.order) is Status.WORKING


def test_an_order_the_broker_took_and_never_showed_is_looked_for(house: PaperHouse) -> None:
    driver = house.place().settle()
    house.book_shows = [working()]
    driver.advance(minutes(1))
    assert status(house.order) is Status.WORKING
    looks = house.looks
    driver.advance(minutes(600))
    assert house.looks == looks


def test_missing_executions_are_asked_for_a_few_times_and_then_waited_for(house: PaperHouse) -> None:
    driver = house.place().settle()
    house.hears(driver, match(400), filled())
    driver.advance(minutes(600))
    assert (driver.closed, house.looks) == (None, 5)
    house.hears(driver, match(600))
    assert driver.closed == "completed"


def test_a_send_that_fails_before_anything_is_written_is_tried_again_at_a_pace(house: PaperHouse) -> None:
    house.breaks_on_submit = True
    driver = house.place().settle().advance(minutes(10))
    assert driver.commands.count("schedule_activity") < 25
    house.breaks_on_submit = False
    driver.advance(minutes(2))
    assert house.sent == ["10000000"]


def test_an_order_not_sent_before_the_break_waits_for_the_afternoon() -> None:
    house = PaperHouse(on_submit=lambda paper, _: _into_the_break(paper))
    driver = house.place().settle().advance(minutes(10))
    assert house.sent == ["10000000"]
    assert house.stored is not None
    assert house.stored.send_after is not None
    house.on_submit = lambda _, __: Answer.ACCEPTED
    house.phase_opens(driver, BREAK + timedelta(hours=1))
    assert house.sent == ["10000000", "10000001"]


def _into_the_break(paper: PaperHouse) -> Answer:
    paper.market_now = BREAK
    return Answer.NOT_SENT
