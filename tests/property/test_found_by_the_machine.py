"""The shortest lives in which the state machine once found a contradiction."""

from orders.evidence import BrokerState
from orders.holds import Hold, hold
from orders.next_step import Step, next_step
from orders.order import Anomaly
from tests.orders.test_races import WORKING, fold, match, report


def test_lc28_a_closing_word_that_is_the_first_to_tell_of_a_late_fill_frees_the_hold() -> None:
    """It is proof and stored once: held on, the rest would be held for ever and the run would never end."""
    expired = fold(report(BrokerState.EXPIRED), order=WORKING)
    told_by_the_book = fold(report(BrokerState.EXPIRED, 300, 700), order=expired)
    assert Anomaly.FILL_AFTER_CLOSE in told_by_the_book.anomalies
    assert (told_by_the_book.cancelled, hold(told_by_the_book)) == (700, Hold())
    explained = fold(match(300), order=told_by_the_book)
    assert (explained.filled, explained.cancelled, hold(explained)) == (300, 700, Hold())
    assert next_step(explained, phase_open=False) is Step.DONE
