"""A broker that took nothing and says how long to wait: the next try comes not sooner (LC-07)."""

from collections.abc import Callable
from datetime import timedelta

from orders.evidence import Answer
from orders.holds import Hold, hold
from orders.order import CloseReason, Life
from orders.status import Status, status
from tests.support.paper_house import PaperHouse, canceled, minutes, working


def not_sent_at_first(times: int = 1) -> Callable[[PaperHouse, str], Answer]:
    answers = iter([Answer.NOT_SENT] * times)
    return lambda _, __: next(answers, Answer.ACCEPTED)


def seconds(count: int) -> timedelta:
    return timedelta(seconds=count)


def house_told_to_wait(wait_seconds: int, times: int = 1) -> PaperHouse:
    house = PaperHouse(on_submit=not_sent_at_first(times))
    house.wait_seconds = wait_seconds
    return house


def test_lc07_an_order_is_sent_again_when_the_brokers_time_is_over_and_not_before() -> None:
    house = house_told_to_wait(120)
    driver = house.place().settle().advance(seconds(119))
    assert (len(house.sent), status(house.order)) == (1, Status.ACCEPTED)
    driver.advance(seconds(1))
    assert (len(house.sent), house.order.life) == (2, Life.LIVE)


def test_a_broker_that_names_no_time_is_tried_again_as_soon_as_before() -> None:
    house = house_told_to_wait(0)
    house.place().settle().advance(seconds(2))
    assert len(house.sent) == 2


def test_a_time_that_is_shorter_than_our_own_pause_changes_nothing() -> None:
    house = house_told_to_wait(1)
    driver = house.place().settle().advance(timedelta(seconds=1.9))
    assert len(house.sent) == 1
    driver.advance(seconds(1))
    assert len(house.sent) == 2


def test_a_cancel_that_comes_while_the_order_waits_wins_and_nothing_is_sent() -> None:
    house = house_told_to_wait(120)
    driver = house.place().settle().advance(minutes(1))
    house.cancel(driver).settle()
    assert (driver.closed, status(house.order), len(house.sent)) == ("completed", Status.CANCELED, 1)
    assert hold(house.order) == Hold()


def test_an_amendment_while_the_order_waits_is_done_and_sends_nothing_sooner() -> None:
    house = house_told_to_wait(120)
    driver = house.place().settle().advance(minutes(1))
    house.amend(driver, price=85_000).settle()
    driver.advance(seconds(59))
    assert (len(house.sent), house.order.terms.price) == (1, 85_000)
    driver.advance(seconds(1))
    assert len(house.sent) == 2


def test_an_order_that_the_broker_wants_too_late_is_closed_as_too_old_and_never_sent() -> None:
    house = house_told_to_wait(3_600)
    driver = house.place().settle().advance(seconds(899))
    assert (driver.closed, house.order.life) == (None, Life.UNSENT)
    driver.advance(seconds(1))
    assert (driver.closed, house.order.close_reason, len(house.sent)) == ("completed", CloseReason.TOO_OLD, 1)
    assert hold(house.order) == Hold()


def test_each_answer_names_its_own_time() -> None:
    house = house_told_to_wait(120, times=2)
    driver = house.place().settle().advance(seconds(120))
    assert len(house.sent) == 2
    house.wait_seconds = 0
    driver.advance(seconds(119))
    assert len(house.sent) == 2
    driver.advance(seconds(1))
    assert len(house.sent) == 3


def test_a_cancel_waits_as_long_as_the_broker_wants_while_fills_are_booked() -> None:
    house = PaperHouse(on_cancel=not_sent_at_first())
    house.wait_seconds = 90
    driver = house.place().settle()
    house.hears(driver, working())
    house.cancel(driver).settle()
    driver.advance(minutes(1))
    house.hears(driver, working(300))
    assert (len(house.cancels_sent), house.order.filled) == (1, 300)
    driver.advance(seconds(29))
    assert len(house.cancels_sent) == 1
    driver.advance(seconds(1))
    assert len(house.cancels_sent) == 2
    house.hears(driver, canceled(300, request_id="10000002"))
    assert status(house.order) is Status.CANCELED


def test_an_amendment_waits_as_long_as_the_broker_wants_and_a_cancel_goes_before_it() -> None:
    house = PaperHouse()
    house.on_amend = not_sent_at_first()
    house.wait_seconds = 90
    driver = house.place().settle()
    house.hears(driver, working())
    house.amend(driver, price=85_000).settle()
    driver.advance(seconds(89))
    assert len(house.amends_sent) == 1
    house.cancel(driver).settle()
    assert (len(house.amends_sent), len(house.cancels_sent)) == (1, 1)


def test_an_amendment_is_sent_again_when_the_brokers_time_is_over() -> None:
    house = PaperHouse()
    house.on_amend = not_sent_at_first()
    house.wait_seconds = 90
    driver = house.place().settle()
    house.hears(driver, working())
    house.amend(driver, price=85_000).settle()
    driver.advance(seconds(90))
    assert len(house.amends_sent) == 2
