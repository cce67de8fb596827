"""Amendments in an order's life, through the real workflow without a server."""

from collections.abc import Iterator
from functools import reduce

import pytest

from orders.evidence import Answer
from orders.folding import apply
from orders.holds import hold
from orders.order import AmendRefusal, RequestState
from orders.status import Status, status
from tests.support.driver import Driver
from tests.support.paper_house import BREAK, PRICE, PaperHouse, canceled, match, minutes, working
from workflows import messages

LOWER, HIGHER = 85_000, 86_000


@pytest.fixture
def house() -> Iterator[PaperHouse]:
    """Every life ends with the invariants that need no broker: fold, at most one message for each wish."""
    house = PaperHouse()
    yield house
    assert house.first is not None
    assert reduce(apply, house.applied, house.first) == house.order, "I3"
    assert (len(house.sent) <= 1, len(house.amends_sent) <= 1) == (True, True), "I4"


def resting(house: PaperHouse) -> Driver:
    driver = house.place().settle()
    return house.hears(driver, working())


def outcome(house: PaperHouse) -> tuple[RequestState, str]:
    amend = house.order.last_amend
    assert amend is not None
    return amend.state, amend.code


def test_lc54_a_new_price_counts_from_the_brokers_own_word(house: PaperHouse) -> None:
    driver = resting(house)
    house.amend(driver, price=LOWER).update(messages.AMEND_OUTCOME, update_id="outcome").settle()
    assert (status(house.order), house.order.terms.price) == (Status.PENDING_REPLACE, PRICE)
    assert driver.updates["outcome"]["stage"] == "accepted"
    house.hears(driver, match(100))
    house.hears(driver, working(100, request_id="10000001", price=LOWER))
    assert driver.updates["outcome"]["stage"] == "completed"
    assert (house.order.terms.price, house.order.filled_value) == (LOWER, 100 * PRICE)
    assert outcome(house)[0] is RequestState.DONE


def test_lc58_more_is_held_before_the_amendment_leaves_and_given_back_when_it_is_refused(house: PaperHouse) -> None:
    house.on_amend = lambda _, __: Answer.REFUSED
    driver = resting(house)
    before = hold(house.order)
    house.amend(driver, quantity=2_000)
    driver.settle()
    assert house.amends_sent == ["10000001"]
    assert outcome(house)[0] is RequestState.REFUSED
    assert (hold(house.order), status(house.order)) == (before, Status.WORKING)


def test_lc59_a_second_amendment_is_refused_while_one_is_open(house: PaperHouse) -> None:
    driver = resting(house)
    house.amend(driver, price=LOWER).settle()
    house.amend(driver, "amend-2", price=HIGHER).settle()
    assert outcome(house) == (RequestState.REFUSED, AmendRefusal.AMEND_OPEN)
    assert len(house.amends_sent) == 1


def test_lc60_a_cancel_that_comes_with_an_amendment_goes_first_and_alone(house: PaperHouse) -> None:
    driver = resting(house)
    house.amend(driver, price=LOWER)
    house.cancel(driver).settle()
    assert (len(house.cancels_sent), house.amends_sent) == (1, [])
    house.hears(driver, canceled())
    assert status(house.order) is Status.CANCELED


def test_lc63_an_amendment_without_an_answer_is_never_sent_again_and_found_in_the_book(house: PaperHouse) -> None:
    house.on_amend = lambda _, __: Answer.UNKNOWN
    driver = resting(house)
    house.amend(driver, price=LOWER).settle()
    assert status(house.order) is Status.PENDING_REPLACE
    house.book_shows = [working(request_id="10000001", price=LOWER)]
    driver.advance(minutes(1))
    assert (house.order.terms.price, outcome(house)[0]) == (LOWER, RequestState.DONE)


def test_lc63_an_amendment_that_the_book_does_not_show_was_not_taken(house: PaperHouse) -> None:
    house.on_amend = lambda _, __: Answer.UNKNOWN
    driver = resting(house)
    house.amend(driver, price=LOWER).settle()
    house.book_shows = [working(price=PRICE)]
    driver.advance(minutes(1))
    assert outcome(house) == (RequestState.REFUSED, AmendRefusal.NOT_TAKEN)
    assert (house.order.terms.price, status(house.order)) == (PRICE, Status.WORKING)


def test_an_amendment_of_an_order_that_we_hold_is_done_at_once_without_a_message(house: PaperHouse) -> None:
    house.market_now = BREAK
    driver = house.place().settle()
    house.amend(driver, price=LOWER).update(messages.AMEND_OUTCOME, update_id="outcome").settle()
    assert driver.updates["outcome"]["stage"] == "completed"
    assert (house.order.terms.price, house.amends_sent, house.sent) == (LOWER, [], [])


def test_an_amendment_of_an_unknown_order_waits_until_its_broker_id_is_known(house: PaperHouse) -> None:
    house.on_submit = lambda _, __: Answer.UNKNOWN
    driver = house.place().settle()
    house.amend(driver, price=LOWER).settle().advance(minutes(2))
    assert house.amends_sent == []
    house.book_shows = [working()]
    driver.advance(minutes(1))
    assert len(house.amends_sent) == 1
