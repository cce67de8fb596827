"""Words about executions that overtake each other around a bust or a correction: the shortest lives in which shares
were once counted twice, or at a wrong price. In which order an execution and its figures are told is not known.
"""

from dataclasses import replace

from orders.evidence import BrokerState, Evidence
from orders.order import Anomaly, Order, ToldFigures
from orders.told_figures import with_word
from tests.orders.test_races import PRICE, WORKING, fold
from tests.orders.test_restated_figures import trade, word

W = BrokerState.WORKING
LOWER = PRICE - 100


def told(*words: Evidence) -> Order:
    return fold(*words, order=WORKING)


def test_an_execution_told_after_the_restated_figures_that_count_it_is_not_counted_again() -> None:
    """500 trade and are taken back (3), 300 trade: figures 4 come before their execution 5."""
    order = told(trade(2, 500), word(4, W, 300), trade(5, 300), word(1, W, 500), word(3, W, 0))
    assert (order.filled, order.anomalies) == (300, (Anomaly.FILL_TAKEN_BACK,))


def test_figures_below_the_last_word_prove_a_bust_between_two_lower_numbers() -> None:
    order = told(word(1, W, 300), trade(2, 300), word(4, W, 500), trade(5, 500))
    assert order.filled == 800
    corrected = fold(word(3, W, 0), order=order)
    assert (corrected.filled, corrected.anomalies) == (500, (Anomaly.FILL_TAKEN_BACK,))


def test_an_execution_that_a_word_below_the_last_one_does_not_count_was_taken_back() -> None:
    order = told(word(3, W, 400), trade(1, 300), trade(4, 400), word(2, W, 0))
    assert (order.filled, order.anomalies) == (400, (Anomaly.FILL_TAKEN_BACK,))


def test_a_correction_that_later_fills_hide_is_found_when_its_word_comes() -> None:
    """The executions add up to the last word's shares, so that only an earlier pair of words shows the other price."""
    both = 500 * LOWER + 500 * PRICE
    words = (word(1, W, 500), trade(2, 500), word(4, BrokerState.FILLED, 1_000, value=both), trade(5, 500))
    order = fold(word(3, W, 500, value=500 * LOWER), order=told(*words))
    assert (order.filled, order.filled_value, order.anomalies) == (1_000, both, (Anomaly.FILL_CORRECTED,))


def test_a_correction_that_only_the_last_word_and_the_book_tell_is_booked() -> None:
    both = 500 * LOWER + 500 * PRICE
    order = told(trade(2, 500), word(4, BrokerState.FILLED, 1_000, value=both), trade(5, 500))
    order = fold(word(0, BrokerState.FILLED, 1_000, value=both), order=order)
    assert (order.filled_value, order.anomalies) == (both, (Anomaly.FILL_CORRECTED,))


def test_a_book_that_alone_tells_another_value_changes_nothing_and_is_told_to_a_person() -> None:
    order = fold(word(0, W, 500, value=500 * LOWER), order=told(trade(1, 500)))
    assert (order.filled_value, order.anomalies) == (500 * PRICE, (Anomaly.FIGURES_UNCERTAIN,))


def test_a_book_that_ends_a_filled_order_with_less_is_told_to_a_person() -> None:
    filled = told(trade(1, 1_000), word(2, BrokerState.FILLED, 1_000))
    order = fold(word(0, BrokerState.CANCELED, 400, cancelled=600), order=filled)
    assert (order.filled, order.anomalies) == (1_000, (Anomaly.FIGURES_UNCERTAIN,))


def test_an_average_in_whole_dong_that_fits_several_values_is_told_to_a_person() -> None:
    """10,000 shares at 85,433 may be worth any of twenty values in steps of 1,000 VND."""
    order = replace(WORKING, terms=replace(WORKING.terms, quantity=10_000))
    words = (word(number, W, 10_000, value=10_000 * price) for number, price in ((1, PRICE), (2, 85_433)))
    order = fold(*(replace(each, quantity=10_000) for each in words), order=order)
    assert order.anomalies == (Anomaly.FILL_CORRECTED, Anomaly.FIGURES_UNCERTAIN)


def test_lc62_a_successor_whose_own_figures_fall_is_told_to_a_person() -> None:
    """Its figures do not tell what the order before it had, so no total is certain."""
    new = [replace(word(number, W, filled), broker_order_id="78") for number, filled in ((9, 0), (10, 300), (11, 0))]
    order = told(trade(7, 300), *new)
    assert order.anomalies == (Anomaly.FIGURES_UNCERTAIN,)


def stored_before_figures_were_kept(order: Order) -> Order:
    """`order` as an earlier version stored it: its last word is known, and no figures of others."""
    return replace(order, last_word=replace(order.last_word, told=()))


def test_a_lower_word_takes_back_what_an_order_stored_by_an_earlier_version_had() -> None:
    order = stored_before_figures_were_kept(told(word(2, W, 500)))
    after = fold(word(3, W, 200), order=order)
    assert (after.filled, after.anomalies) == (200, (Anomaly.FILL_TAKEN_BACK,))


def test_a_word_below_the_last_one_of_an_order_stored_by_an_earlier_version_proves_a_bust() -> None:
    order = stored_before_figures_were_kept(told(word(4, W, 200)))
    after = fold(word(2, W, 500), order=order)
    assert (after.filled, after.anomalies) == (200, (Anomaly.FILL_TAKEN_BACK,))


def test_late_executions_above_the_last_word_of_an_order_stored_by_an_earlier_version_were_taken_back() -> None:
    order = stored_before_figures_were_kept(told(word(4, W, 200)))
    after = fold(trade(2, 500), order=order)
    assert (after.filled, after.anomalies) == (200, (Anomaly.FILL_TAKEN_BACK,))


def test_words_that_tell_the_same_are_remembered_as_one() -> None:
    steps: tuple[ToldFigures, ...] = ()
    for number in (2, 9, 4, 5):
        steps = with_word(steps, word(number, W, 300))
    assert [(each.first, each.last) for each in steps] == [(2, 9)]
    assert [(each.first, each.last, each.filled) for each in with_word(steps, word(6, W, 400))] == [
        (2, 2, 300),
        (6, 6, 400),
        (9, 9, 300),
    ]


def test_an_order_with_very_many_executions_stays_small_and_counts_them_all() -> None:
    order = replace(WORKING, terms=replace(WORKING.terms, quantity=50_000))
    for each in range(1, 401):
        figures = replace(word(2 * each + 1, W, 100 * each), quantity=50_000)
        order = fold(trade(2 * each, 100), figures, order=order)
    assert (order.filled, order.filled_value, order.anomalies) == (40_000, 40_000 * PRICE, ())
    assert max(len(order.last_word.told), len(order.last_word.executions)) == 32
