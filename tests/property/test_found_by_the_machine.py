"""The shortest lives in which the state machine once found a contradiction."""

from dataclasses import replace
from datetime import UTC, datetime

from orders.evidence import AmendAsked, Answer, BrokerState, RequestAnswered, RequestStarted
from orders.holds import Hold, hold
from orders.next_step import Step, next_step
from orders.order import Action, Anomaly
from orders.status import Status, status
from tests.orders.test_races import PRICE, WORKING, fold, match, report


def test_lc28_a_closing_word_that_is_the_first_to_tell_of_a_late_fill_frees_the_hold() -> None:
    """It is proof and stored once: held on, the rest would be held for ever and the run would never end."""
    expired = fold(report(BrokerState.EXPIRED), order=WORKING)
    told_by_the_book = fold(report(BrokerState.EXPIRED, 300, 700), order=expired)
    assert Anomaly.FILL_AFTER_CLOSE in told_by_the_book.anomalies
    assert (told_by_the_book.cancelled, hold(told_by_the_book)) == (700, Hold())
    explained = fold(match(300), order=told_by_the_book)
    assert (explained.filled, explained.cancelled, hold(explained)) == (300, 700, Hold())
    assert next_step(explained, phase_open=False) is Step.DONE


def test_lc28_a_closing_word_that_is_older_than_a_late_fill_does_not_free_the_hold() -> None:
    expired = fold(report(BrokerState.EXPIRED), match(100), match(100), order=WORKING)
    older = fold(report(BrokerState.EXPIRED, 100, 900), order=expired)
    assert (older.quarantined, older.leaves) == (True, 800)
    newer = fold(report(BrokerState.EXPIRED, 200, 800), order=older)
    assert (newer.quarantined, hold(newer)) == (False, Hold())


def test_lc28_a_fill_that_an_expiry_knows_nothing_of_came_after_it_though_it_was_told_before() -> None:
    order = fold(match(300), report(BrokerState.EXPIRED), order=WORKING)
    assert (order.quarantined, order.leaves, order.anomalies) == (True, 700, (Anomaly.FILL_AFTER_CLOSE,))
    freed = fold(report(BrokerState.EXPIRED, 300, 700), order=order)
    assert (hold(freed), next_step(freed, phase_open=False)) == (Hold(), Step.DONE)


def test_lc56_an_amendment_back_to_what_has_traded_shows_the_last_terms_though_the_order_had_them_before() -> None:
    """400 shares, then 600, then 100 asked for while 400 trade: the broker trims that to 400 and is done."""
    order, at = replace(WORKING, terms=replace(WORKING.terms, quantity=400)), datetime(2026, 11, 20, 3, tzinfo=UTC)
    for number, quantity in ((1, 600), (2, 100)):
        name, request_id = f"amend-{number}", f"1000000{number}"
        asked = AmendAsked(name, "trader", at, quantity=quantity)
        order = fold(asked, RequestStarted(Action.AMEND, request_id, name), order=order)
        if quantity == 600:
            order = fold(replace(report(BrokerState.WORKING), quantity=600, request_id=request_id), order=order)
    order = fold(match(400), RequestAnswered("10000002", Answer.UNKNOWN), order=order)
    told = replace(report(BrokerState.FILLED, 400), quantity=400, filled_value=400 * PRICE)
    order = fold(told, order=order)
    assert (status(order), order.quantity, order.filled) == (Status.FILLED, 400, 400)
