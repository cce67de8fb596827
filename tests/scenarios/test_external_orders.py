"""An order that somebody placed at the broker lives like any other, but nobody here ever sends it (LC-98)."""

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce

import pytest

from orders.evidence import BrokerState
from orders.folding import apply
from orders.holds import Hold, hold
from orders.order import Origin
from orders.status import Status, status
from tests.support.paper_house import PRICE, PaperHouse, canceled, filled, match, minutes, working

THEIRS = "90000007"


@pytest.fixture
def house() -> Iterator[PaperHouse]:
    house = PaperHouse()
    yield house
    assert house.sent == [], "I4"
    assert house.first is not None
    assert reduce(apply, house.applied, house.first) == house.order, "I3"
    assert house.order.origin is Origin.EXTERNAL


def test_lc98_an_adopted_order_follows_the_broker_to_its_end_and_is_never_sent(house: PaperHouse) -> None:
    driver = house.finds(working(request_id=THEIRS, price=PRICE)).settle()
    assert status(house.order) is Status.WORKING
    assert hold(house.order).cash > 0
    driver.advance(minutes(600))
    house.hears(driver, match(300), working(300, request_id=THEIRS, price=PRICE))
    assert status(house.order) is Status.PARTIALLY_FILLED
    house.hears(driver, match(700), filled())
    assert (driver.closed, status(house.order), hold(house.order)) == ("completed", Status.FILLED, Hold())


def test_lc98_an_adopted_order_is_cancelled_by_the_id_that_the_broker_gave_it(house: PaperHouse) -> None:
    driver = house.finds(working(request_id=THEIRS, price=PRICE)).settle()
    house.cancel(driver).settle()
    assert (status(house.order), house.cancels_sent) == (Status.PENDING_CANCEL, ["10000000"])
    house.hears(driver, canceled(request_id="10000000"))
    assert (driver.closed, status(house.order), hold(house.order)) == ("completed", Status.CANCELED, Hold())


def test_an_order_that_is_found_when_it_has_ended_completes_at_once(house: PaperHouse) -> None:
    driver = house.finds(replace(canceled(), state=BrokerState.EXPIRED)).settle()
    assert (driver.closed, status(house.order)) == ("completed", Status.EXPIRED)
