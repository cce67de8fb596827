"""Orders whose answer was lost, found again by their request id in the broker's book of the day."""

from orders.evidence import Answer
from orders.holds import Hold, hold
from orders.status import Status, status
from tests.support.paper_house import PaperHouse, filled, match, minutes, working


def test_lc16a_an_order_that_filled_at_once_is_found_as_filled_though_no_open_list_has_it() -> None:
    house = PaperHouse(on_submit=lambda _, __: Answer.UNKNOWN)
    house.book_shows = [filled()]
    driver = house.place().settle()
    driver.advance(minutes(1))
    assert (status(house.order), hold(house.order)) == (Status.FILLED, Hold())
    house.hears(driver, match(1_000))
    assert (driver.closed, house.sent) == ("completed", ["10000000"])


def test_lc20_a_request_id_refused_as_known_is_looked_up_and_its_order_adopted() -> None:
    house = PaperHouse(on_submit=lambda _, __: Answer.UNKNOWN)
    house.book_shows = [working()]
    house.place().settle().advance(minutes(1))
    assert (status(house.order), house.sent) == (Status.WORKING, ["10000000"])
