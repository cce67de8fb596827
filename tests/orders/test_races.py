"""Races between messages of one order, each with the outcome that FIX states and other engines miss."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from market.fees import SSI_ONLINE
from market.terms import OrderTerms
from market.vocabulary import Exchange, OrderType, Side
from orders.evidence import (
    Answer,
    BrokerReport,
    BrokerState,
    CancelAsked,
    ClosedHere,
    Evidence,
    Match,
    RequestAnswered,
    RequestFailed,
    RequestStarted,
)
from orders.folding import apply
from orders.holds import hold
from orders.order import Action, Anomaly, CloseReason, Life, Order, RequestState
from orders.status import Status, status

AT = datetime(2026, 11, 20, 3, tzinfo=UTC)
PRICE = 85_500
TERMS = OrderTerms("VIC", Exchange.HOSE, Side.BUY, OrderType.LO, 1_000, PRICE)
ORDER = Order("order", "0901351", "client", TERMS, date(2026, 11, 20), SSI_ONLINE)

STARTED = RequestStarted(Action.SUBMIT, "10000000", "order")
TAKEN = RequestAnswered("10000000", Answer.ACCEPTED)
CANCEL_ASKED = CancelAsked("cancel-1", "trader")
CANCEL_STARTED = RequestStarted(Action.CANCEL, "10000001", "cancel-1")
CANCEL_TAKEN = RequestAnswered("10000001", Answer.ACCEPTED)
CANCEL_REFUSED = RequestFailed("10000001", "77", "ORD012", "cannot be modified")


def report(state: BrokerState, filled: int = 0, cancelled: int = 0, request_id: str = "10000000") -> BrokerReport:
    return BrokerReport("77", request_id, state, 1_000, filled, filled * PRICE, cancelled)


def match(quantity: int, price: int = PRICE) -> Match:
    return Match("77", quantity, price, AT)


def fold(*evidence: Evidence, order: Order = ORDER) -> Order:
    for each in evidence:
        order = apply(order, each)
    return order


WORKING = fold(STARTED, TAKEN, report(BrokerState.WORKING))
CANCELING = fold(CANCEL_ASKED, CANCEL_STARTED, CANCEL_TAKEN, order=WORKING)
CANCELED = fold(report(BrokerState.CANCELED, cancelled=1_000, request_id="10000001"), order=CANCELING)


def test_lc01_a_plain_order_is_filled_and_its_hold_is_gone() -> None:
    order = fold(match(1_000), report(BrokerState.FILLED, 1_000), order=WORKING)
    assert (status(order), order.filled, order.leaves, hold(order).cash) == (Status.FILLED, 1_000, 0, 0)
    assert order.closing_seen
    assert order.details_complete


def test_lc14_a_full_fill_before_any_ack_is_filled_and_the_late_ack_changes_nothing() -> None:
    filled = fold(STARTED, match(1_000))
    assert status(filled) is Status.FILLED
    assert status(fold(TAKEN, report(BrokerState.WORKING), order=filled)) is Status.FILLED


def test_lc13_a_part_fill_before_the_ack_proves_that_the_broker_has_the_order() -> None:
    order = fold(STARTED, match(300))
    assert (order.life, status(order), order.filled) == (Life.LIVE, Status.PARTIALLY_FILLED, 300)


def test_a_stale_open_message_after_the_cancel_is_ignored() -> None:
    assert status(fold(report(BrokerState.WORKING), order=CANCELED)) is Status.CANCELED


def test_lc27_a_late_part_fill_on_a_cancelled_order_is_booked_and_it_stays_cancelled() -> None:
    order = fold(match(300), order=CANCELED)
    assert (status(order), order.filled, order.cancelled, order.leaves) == (Status.CANCELED, 300, 700, 0)
    assert status(fold(report(BrokerState.WORKING, 300), order=order)) is Status.CANCELED


def test_lc27_a_late_full_fill_on_a_cancelled_order_makes_it_filled() -> None:
    order = fold(match(1_000), order=CANCELED)
    assert (status(order), order.filled, order.cancelled) == (Status.FILLED, 1_000, 0)


@pytest.mark.parametrize("state", [BrokerState.EXPIRED, BrokerState.REJECTED])
def test_lc28_a_fill_after_a_close_without_fills_is_booked_and_what_is_left_stays_held(state: BrokerState) -> None:
    order = fold(match(300), order=fold(report(state), order=fold(STARTED, TAKEN)))
    assert order.filled == 300
    assert order.quarantined
    assert Anomaly.FILL_AFTER_CLOSE in order.anomalies
    assert order.leaves == 700
    closed = fold(report(BrokerState.CANCELED, filled=300, cancelled=700), order=order)
    assert (closed.quarantined, closed.leaves, hold(closed).cash) == (False, 0, 0)


def test_lc29_an_overfill_is_counted_in_full_and_marked() -> None:
    order = fold(match(700), match(700), order=WORKING)
    assert (order.filled, order.leaves, status(order)) == (1_400, 0, Status.FILLED)
    assert order.anomalies == (Anomaly.OVERFILLED,)


def test_lc40_fills_while_a_cancel_is_pending_keep_the_pending_status() -> None:
    order = fold(match(300), report(BrokerState.WORKING, 300), order=CANCELING)
    assert (status(order), order.filled) == (Status.PENDING_CANCEL, 300)
    done = fold(report(BrokerState.CANCELED, 300, 700), order=order)
    assert (status(done), done.filled, hold(done).cash) == (Status.CANCELED, 300, 0)
    assert done.last_cancel is not None
    assert done.last_cancel.state is RequestState.DONE


def test_lc41_an_order_that_fills_before_the_cancel_is_taken_makes_the_cancel_too_late() -> None:
    order = fold(match(1_000), CANCEL_REFUSED, order=fold(CANCEL_ASKED, CANCEL_STARTED, order=WORKING))
    assert status(order) is Status.FILLED
    assert order.last_cancel is not None
    assert order.last_cancel.state in {RequestState.TOO_LATE, RequestState.REFUSED}


def test_lc42_a_refused_cancel_gives_the_status_before_it_back() -> None:
    refused = fold(CANCEL_REFUSED, order=CANCELING)
    assert status(refused) is Status.WORKING
    assert status(fold(match(300), CANCEL_REFUSED, order=CANCELING)) is Status.PARTIALLY_FILLED
    assert refused.last_cancel is not None
    assert (refused.last_cancel.state, refused.last_cancel.code) == (RequestState.REFUSED, "ORD012")
    assert status(fold(CANCEL_REFUSED, order=refused)) is Status.WORKING


def test_lc44_twenty_presses_of_cancel_are_one_request() -> None:
    pressed = fold(*(CancelAsked(f"cancel-{number}", "trader") for number in range(20)), order=WORKING)
    assert sum(request.action is Action.CANCEL for request in pressed.requests) == 1


def test_lc16_a_rejection_after_a_fill_leaves_the_fill_and_quarantines_the_order() -> None:
    order = fold(match(300), report(BrokerState.REJECTED), order=WORKING)
    assert (order.filled, status(order), order.quarantined) == (300, Status.PARTIALLY_FILLED, True)
    assert hold(order).cash > 0


def test_lc15_an_error_after_the_broker_took_the_order_rejects_it_and_frees_the_hold() -> None:
    order = fold(STARTED, TAKEN, RequestFailed("10000000", "T1", "ORD008", "not enough purchasing power"))
    assert (status(order), hold(order).cash, order.text) == (Status.REJECTED, 0, "not enough purchasing power")


def test_lc03_a_lost_answer_keeps_the_order_unknown_with_its_hold_until_the_broker_shows_it() -> None:
    unknown = fold(STARTED, RequestAnswered("10000000", Answer.UNKNOWN, text="read timeout"))
    assert (unknown.life, status(unknown)) == (Life.UNKNOWN, Status.PENDING)
    assert hold(unknown) == hold(ORDER)
    assert status(fold(report(BrokerState.WORKING), order=unknown)) is Status.WORKING


def test_only_a_proven_unsent_order_goes_back_to_unsent() -> None:
    started = fold(STARTED)
    assert fold(RequestAnswered("10000000", Answer.NOT_SENT), order=started).life is Life.UNSENT
    given_up = fold(RequestAnswered("10000000", Answer.UNKNOWN), order=started)
    assert fold(RequestAnswered("10000000", Answer.NOT_SENT), order=given_up).life is Life.UNSENT
    filled = fold(match(100), RequestAnswered("10000000", Answer.NOT_SENT), order=started)
    assert (filled.life, filled.filled) == (Life.LIVE, 100)


def test_an_order_that_may_be_at_the_broker_cannot_be_closed_here_but_as_not_received() -> None:
    sending = fold(STARTED)
    assert fold(ClosedHere(CloseReason.CANCELED_UNSENT, ""), order=sending) == sending
    unknown = fold(RequestAnswered("10000000", Answer.UNKNOWN), order=sending)
    assert fold(ClosedHere(CloseReason.TOO_OLD, ""), order=unknown) == unknown
    closed = fold(ClosedHere(CloseReason.NOT_RECEIVED, "end of day"), order=unknown)
    assert status(closed) is Status.CANCELED
    alive = fold(report(BrokerState.WORKING), order=closed)
    assert (status(alive), alive.anomalies) == (Status.WORKING, (Anomaly.LIVE_AFTER_NOT_RECEIVED,))


def test_lc25_cumulative_messages_are_filled_shares_once_and_old_ones_are_ignored() -> None:
    order = fold(report(BrokerState.WORKING, 300), report(BrokerState.WORKING, 300), order=WORKING)
    assert (order.filled, order.filled_value) == (300, 300 * PRICE)
    order = fold(report(BrokerState.WORKING, 500), report(BrokerState.WORKING, 300), order=order)
    assert (order.filled, order.details_complete) == (500, False)


@pytest.mark.parametrize("match_first", [True, False])
def test_lc25a_a_match_and_its_cumulative_message_count_once_in_either_order(match_first: bool) -> None:
    pair: tuple[Evidence, Evidence] = (match(300), report(BrokerState.WORKING, 300))
    order = fold(*(pair if match_first else reversed(pair)), order=WORKING)
    assert (order.filled, order.filled_value, order.details_complete) == (300, 300 * PRICE, True)


def test_lc34_real_executions_replace_what_the_cumulative_figure_had_implied() -> None:
    implied = fold(replace(report(BrokerState.FILLED, 1_000), filled_value=85_450_123), order=WORKING)
    assert (status(implied), implied.details_complete) == (Status.FILLED, False)
    exact = fold(match(400, 85_400), match(600, 85_500), order=implied)
    assert (exact.filled_value, exact.details_complete) == (400 * 85_400 + 600 * 85_500, True)


def test_lc35_a_fill_worse_than_the_limit_is_booked_and_marked() -> None:
    order = fold(match(100, PRICE + 100), order=WORKING)
    assert (order.filled, order.anomalies) == (100, (Anomaly.FILL_WORSE_THAN_LIMIT,))


def test_lc46_an_order_cancelled_before_the_send_never_leaves() -> None:
    order = fold(CANCEL_ASKED, ClosedHere(CloseReason.CANCELED_UNSENT, "before the send"))
    assert status(order) is Status.CANCELED
    assert order.last_cancel is not None
    assert order.last_cancel.state is RequestState.DONE


def test_a_refusal_of_a_repeated_cancel_does_not_touch_the_one_that_worked() -> None:
    assert fold(CANCEL_REFUSED, order=CANCELED) == CANCELED
