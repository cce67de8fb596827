"""A database that is away for longer than three quick tries: the order waits for it and loses nothing."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

import pytest

from orders.status import Status, status
from tests.support.driver import Driver
from tests.support.paper_house import PaperHouse, command_of, filled, match, working
from workflows import messages
from workflows.messages import OrderStart
from workflows.order import OrderWorkflow


def failing_once(function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The activity as a database away for a moment leaves it: its quick tries fail, a later one on the queue works."""
    fails = iter([True])

    @wraps(function)
    async def activity(argument: Any) -> Any:
        if next(fails, False):
            raise ConnectionError("the database does not answer")
        return await function(argument)

    return activity


@pytest.mark.parametrize("name", ["accept", "book"])
def test_lc18_a_transaction_whose_quick_tries_fail_goes_on_through_the_queue(name: str) -> None:
    house = PaperHouse()
    activities = dict(house.activities())
    activities[name] = failing_once(activities[name])
    driver = Driver(OrderWorkflow, OrderStart("order", command_of(1_000, 85_500)), activities)
    driver.update(messages.PLACE, update_id="place").settle()
    house.hears(driver, working(), match(1_000), filled())
    assert (driver.closed, status(house.order), house.order.filled) == ("completed", Status.FILLED, 1_000)
    assert driver.updates["place"]["stage"] == "completed"
    assert house.sent == ["10000000"]
