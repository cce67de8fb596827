"""Orders that the broker refuses for what changed while they were on their way: one send, nothing held afterwards."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from market.calendar import VIETNAM
from market.checks import exchange_violations
from market.vocabulary import OrderType, Side
from orders.commands import PlaceOrder
from orders.evidence import Answer, RequestAnswered
from orders.holds import Hold, hold
from orders.status import Status, status
from tests.support.driver import Driver
from tests.support.paper_house import VIC, PaperHouse, command_of
from workflows import messages
from workflows.messages import OrderStart
from workflows.order import OrderWorkflow

SENT = datetime(2026, 11, 20, 14, 29, 59, 900_000, tzinfo=VIETNAM)
ARRIVED = datetime(2026, 11, 20, 14, 30, 0, 100_000, tzinfo=VIETNAM)
A_SALE = replace(command_of(1_000, None).terms, side=Side.SELL, order_type=OrderType.MTL)


def start(house: PaperHouse, command: PlaceOrder) -> Driver:
    driver = Driver(OrderWorkflow, OrderStart("order", command), house.activities())
    return driver.update(messages.PLACE, update_id="place")


def test_lc79_an_order_whose_phase_ends_on_its_way_is_refused_by_the_broker_and_its_hold_is_free() -> None:
    house = PaperHouse(market_now=SENT)
    held_on_the_way: list[Hold] = []

    def arrives_too_late(paper: PaperHouse, request_id: str) -> Answer:
        held_on_the_way.append(hold(paper.order))
        paper.market_now = ARRIVED
        [broken] = exchange_violations(paper.order.terms, VIC, paper.market_now)
        paper.waiting.append(RequestAnswered(request_id, Answer.REFUSED, "ORD016", broken.message))
        return Answer.REFUSED

    house.on_submit = arrives_too_late
    driver = start(house, replace(command_of(1_000, None), terms=A_SALE)).settle()
    assert held_on_the_way == [Hold(shares=1_000)]
    assert (driver.closed, status(house.order)) == ("completed", Status.REJECTED)
    [submit] = house.order.requests
    assert (submit.code, hold(house.order)) == ("ORD016", Hold())
    assert "CLOSE_AUCTION" in submit.text
    assert len(house.sent) == 1


@pytest.mark.parametrize("waited", [timedelta(seconds=5), timedelta(minutes=30), timedelta(hours=3)])
def test_lc89_an_order_that_the_broker_refuses_for_want_of_room_is_never_tried_again(waited: timedelta) -> None:
    house = PaperHouse()

    def room_is_gone(paper: PaperHouse, request_id: str) -> Answer:
        paper.waiting.append(RequestAnswered(request_id, Answer.REFUSED, "ORD034", "Quantity exceeds foreign room"))
        return Answer.REFUSED

    house.on_submit = room_is_gone
    driver = house.place().settle().advance(waited)
    [submit] = house.order.requests
    assert (driver.closed, status(house.order), submit.code) == ("completed", Status.REJECTED, "ORD034")
    assert len(house.sent) == 1
    assert hold(house.order) == Hold()
