"""The broker's cumulative figures: they only grow, unless a later word takes back what an earlier one told (LC-31)."""

from dataclasses import replace

from orders.evidence import BrokerReport, BrokerState
from orders.order import Order
from tests.orders.test_races import PRICE, WORKING, fold, match, report


def numbered(number: int, filled: int, *, value: int | None = None, broker_order_id: str = "77") -> BrokerReport:
    state = BrokerState.FILLED if filled == 1_000 else BrokerState.WORKING
    told = replace(report(state, filled), number=number, broker_order_id=broker_order_id)
    return told if value is None else replace(told, filled_value=value)


FILLED = fold(match(1_000), numbered(8, 1_000), order=WORKING)


def test_lc26_lower_figures_under_a_lower_number_are_old_news() -> None:
    late = fold(numbered(7, 500), order=FILLED)
    assert replace(late, last_word=FILLED.last_word) == FILLED


def test_lc26_lower_figures_without_a_number_prove_nothing() -> None:
    assert fold(numbered(0, 500), order=FILLED) == FILLED


def test_an_average_that_is_rounded_to_a_hundredth_of_a_dong_is_no_correction() -> None:
    order = fold(numbered(9, 1_000, value=1_000 * PRICE + 10), order=FILLED)
    assert (order.filled_value, order.anomalies) == (1_000 * PRICE, ())


def test_lc62_figures_of_another_id_of_the_order_are_no_contradiction() -> None:
    part: Order = fold(match(300), numbered(8, 300), order=WORKING)
    assert fold(numbered(9, 0, broker_order_id="78"), order=part).anomalies == ()


def test_after_figures_without_a_number_nothing_is_called_later() -> None:
    part = fold(match(300), numbered(0, 300), order=WORKING)
    assert fold(numbered(9, 0), order=part).anomalies == ()
