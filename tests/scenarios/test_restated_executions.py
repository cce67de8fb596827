"""LC-31 through the real workflow: an order whose executions are taken back after its run has ended, then corrected."""

from dataclasses import replace
from functools import reduce

from orders.evidence import BrokerReport, Match
from orders.folding import apply
from orders.holds import Hold, hold
from orders.order import Anomaly, Life
from orders.status import Status, status
from tests.support.driver import Driver
from tests.support.paper_house import PRICE, PaperHouse, canceled, filled, match, working


def numbered(number: int, word: BrokerReport) -> BrokerReport:
    return replace(word, number=number)


def execution(number: int, quantity: int) -> Match:
    return replace(match(quantity), number=number)


def filled_house() -> PaperHouse:
    """An order that is filled, and whose run has ended."""
    house = PaperHouse()
    driver = house.place().settle()
    house.hears(driver, working(), execution(2, 1_000), numbered(3, filled()))
    assert (driver.closed, status(house.order)) == ("completed", Status.FILLED)
    return house


def prove(house: PaperHouse, driver: Driver, status_now: Status) -> None:
    assert house.first is not None
    assert reduce(apply, house.applied, house.first) == house.order, "I3"
    assert house.sent == ["10000000"], "I4"
    assert (driver.closed, status(house.order)) == ("completed", status_now)
    assert hold(house.order) == Hold(), "I2"


def test_lc31_a_bust_of_an_old_fill_starts_a_run_that_ends_with_the_order_cancelled() -> None:
    house = filled_house()
    again = house.hears(house.resume(), numbered(4, canceled()))
    prove(house, again, Status.CANCELED)
    assert (house.order.filled, house.order.anomalies) == (0, (Anomaly.FILL_TAKEN_BACK,))


def test_lc31_a_bust_and_then_a_correction_of_what_is_left_count_as_last_told() -> None:
    house = filled_house()
    again = house.hears(house.resume(), numbered(4, canceled(300)))
    corrected = numbered(5, replace(canceled(300), filled_value=300 * (PRICE - 100)))
    assert again.closed == "completed"
    prove(house, house.hears(house.resume(), corrected), Status.CANCELED)
    assert (house.order.filled, house.order.filled_value) == (300, 300 * (PRICE - 100))


def test_lc31_an_order_that_works_again_after_a_bust_keeps_its_run_and_can_be_cancelled() -> None:
    house = filled_house()
    again = house.hears(house.resume(), numbered(4, working(400)))
    assert (again.closed, house.order.life, house.order.leaves) == (None, Life.LIVE, 600)
    assert hold(house.order).cash > 600 * PRICE
    house.cancel(again).settle()
    assert house.cancels_sent == ["10000001"]
    house.hears(again, numbered(5, canceled(400)))
    prove(house, again, Status.CANCELED)
