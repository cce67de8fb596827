"""Amendments of a live order: new terms count from the broker's proof, and the hold covers both until then."""

from dataclasses import replace

import pytest

from market.amendments import Amendment
from market.reserve import cash_for
from market.violations import RuleCode, Violation
from orders.amending import awaits_look, refusal_of_amend
from orders.evidence import (
    AmendAsked,
    AmendLookedUp,
    AmendWithdrawn,
    Answer,
    BrokerReport,
    BrokerState,
    CancelAsked,
    Evidence,
    Match,
    RequestAnswered,
    RequestFailed,
    RequestStarted,
)
from orders.holds import Hold, hold, hold_if_amended
from orders.next_step import Step, next_step
from orders.order import Action, AmendRefusal, Anomaly, CloseReason, Order, Request, RequestState
from orders.status import Status, status
from tests.orders.test_races import AT, PRICE, STARTED, TAKEN, TERMS, WORKING, fold, match

SUBMIT_ID, AMEND_ID, CANCEL_ID = "10000000", "10000001", "10000002"
HIGHER = PRICE + 100
AMEND_STARTED = RequestStarted(Action.AMEND, AMEND_ID, "amend-1")
AMEND_TAKEN = RequestAnswered(AMEND_ID, Answer.ACCEPTED)
AMEND_LOST = RequestAnswered(AMEND_ID, Answer.UNKNOWN)
AMEND_FAILED = RequestFailed(AMEND_ID, "77", "ORD011", "cannot amend in this session")
CANCEL_ASKED = CancelAsked("cancel-1", "trader")


def asked(price: int | None = None, quantity: int | None = None, intent_id: str = "amend-1") -> AmendAsked:
    return AmendAsked(intent_id, "trader", AT, price, quantity)


def shows(
    state: BrokerState = BrokerState.WORKING,
    *,
    price: int | None = PRICE,
    quantity: int = 1_000,
    filled: int = 0,
    request_id: str = AMEND_ID,
    broker_order_id: str = "77",
) -> BrokerReport:
    left = quantity - filled if state in {BrokerState.CANCELED, BrokerState.EXPIRED} else 0
    return BrokerReport(broker_order_id, request_id, state, quantity, filled, filled * PRICE, left, price=price)


def amending(price: int | None = None, quantity: int | None = None, *, order: Order = WORKING) -> Order:
    """The amendment was sent and taken, and nothing more is known."""
    return fold(asked(price, quantity), AMEND_STARTED, AMEND_TAKEN, order=order)


def amend_of(order: Order) -> Request:
    assert order.last_amend is not None
    return order.last_amend


def cash(quantity: int, price: int, filled: int = 0) -> Hold:
    return Hold(cash=cash_for(WORKING.fees, filled * PRICE, quantity * price))


def test_lc54_a_new_price_counts_from_the_brokers_word_and_fills_before_it_carry_the_old() -> None:
    order = amending(HIGHER)
    assert (status(order), order.terms.price) == (Status.PENDING_REPLACE, PRICE)
    order = fold(match(300), order=order)
    assert (status(order), order.filled) == (Status.PENDING_REPLACE, 300)
    done = fold(shows(price=HIGHER, filled=300), order=order)
    assert (status(done), done.terms.price, done.past_terms) == (Status.PARTIALLY_FILLED, HIGHER, (TERMS,))
    assert amend_of(done).state is RequestState.DONE
    assert hold(done) == cash(700, HIGHER, filled=300)
    assert fold(match(100, PRICE - 100), order=done).anomalies == ()


def test_lc54_a_fill_at_the_old_higher_price_that_comes_late_is_no_alarm() -> None:
    cheaper = fold(shows(price=PRICE - 100), order=amending(PRICE - 100))
    assert fold(match(100, PRICE), order=cheaper).anomalies == ()
    assert fold(match(100, PRICE + 100), order=cheaper).anomalies == (Anomaly.FILL_WORSE_THAN_LIMIT,)


def test_lc54_a_request_that_is_only_taken_or_waiting_changes_no_terms() -> None:
    for waiting in (shows(BrokerState.AMEND_PENDING, price=HIGHER), shows(BrokerState.PENDING, price=HIGHER)):
        order = fold(waiting, order=amending(HIGHER))
        assert (status(order), order.terms) == (Status.PENDING_REPLACE, TERMS)


def test_the_old_terms_told_late_do_not_come_back() -> None:
    done = fold(shows(price=HIGHER), order=amending(HIGHER))
    assert fold(shows(request_id=SUBMIT_ID), order=done) == done


def test_a_word_without_a_price_says_nothing_about_a_new_one() -> None:
    assert status(fold(shows(price=None), order=amending(HIGHER))) is Status.PENDING_REPLACE


def test_lc55_a_full_fill_makes_the_amendment_too_late_and_its_refusal_is_no_error() -> None:
    order = fold(match(1_000), shows(BrokerState.FILLED, filled=1_000, request_id=SUBMIT_ID), order=amending(HIGHER))
    assert (status(order), hold(order)) == (Status.FILLED, Hold())
    assert amend_of(order).state is RequestState.TOO_LATE
    assert fold(AMEND_FAILED, order=order) == order


def test_lc55_a_late_word_of_an_amendment_that_was_faster_than_the_last_fill_is_taken_in() -> None:
    filled = fold(match(1_000), order=amending(HIGHER))
    told = fold(shows(price=HIGHER, filled=0), order=filled)
    assert (status(told), amend_of(told).state, told.anomalies) == (Status.FILLED, RequestState.DONE, ())


@pytest.mark.parametrize("request_id", [AMEND_ID, SUBMIT_ID])
def test_lc56_a_quantity_below_what_has_traded_is_trimmed_to_that_and_the_order_is_filled(request_id: str) -> None:
    order = fold(match(700), order=amending(quantity=500))
    assert hold(order) == cash(300, PRICE, filled=700)
    trimmed = fold(shows(BrokerState.FILLED, quantity=700, filled=700, request_id=request_id), order=order)
    assert (status(trimmed), trimmed.quantity, trimmed.filled, trimmed.leaves) == (Status.FILLED, 700, 700, 0)
    assert (hold(trimmed), trimmed.anomalies, amend_of(trimmed).state) == (Hold(), (), RequestState.DONE)


def test_lc56_a_broker_that_repeats_the_smaller_quantity_beside_more_fills_has_not_overfilled() -> None:
    order = fold(shows(quantity=500, filled=700), order=amending(quantity=500))
    assert (status(order), order.quantity, order.anomalies) == (Status.FILLED, 700, ())


def test_lc56_a_refused_smaller_quantity_leaves_the_order_working() -> None:
    order = fold(match(700), AMEND_FAILED, order=amending(quantity=500))
    assert (status(order), order.quantity, hold(order)) == (Status.PARTIALLY_FILLED, 1_000, cash(300, PRICE, 700))


def test_lc57_a_quantity_of_exactly_what_has_traded_fills_the_order_and_holds_nothing() -> None:
    order = fold(match(700), shows(quantity=700, filled=700), order=amending(quantity=700))
    assert (status(order), order.leaves, hold(order)) == (Status.FILLED, 0, Hold())
    assert amend_of(order).state is RequestState.DONE


def test_lc58_more_shares_are_held_before_the_send_and_a_refusal_gives_them_back() -> None:
    wish = fold(asked(quantity=1_500), order=WORKING)
    assert hold(wish) == hold_if_amended(WORKING, Amendment(quantity=1_500)) == cash(1_500, PRICE)
    refused = fold(AMEND_STARTED, AMEND_TAKEN, AMEND_FAILED, order=wish)
    assert (hold(refused), status(refused)) == (hold(WORKING), Status.WORKING)
    assert (amend_of(refused).state, amend_of(refused).code) == (RequestState.REFUSED, "ORD011")
    at_once = fold(AMEND_STARTED, RequestAnswered(AMEND_ID, Answer.REFUSED, "400", "no"), order=wish)
    assert hold(at_once) == hold(WORKING)
    done = fold(AMEND_STARTED, AMEND_TAKEN, shows(quantity=1_500), order=wish)
    assert (done.leaves, hold(done)) == (1_500, cash(1_500, PRICE))


def test_lc58_a_smaller_order_keeps_its_hold_until_the_broker_has_made_it_smaller() -> None:
    order = amending(quantity=400)
    assert hold(order) == hold(WORKING)
    assert hold(fold(shows(quantity=400), order=order)) == cash(400, PRICE)


def test_lc58_a_sale_to_grow_holds_the_shares_of_the_larger_quantity() -> None:
    sale = replace(WORKING, terms=replace(TERMS, side=TERMS.side.SELL))
    assert hold(amending(quantity=1_500, order=sale)) == Hold(shares=1_500)
    assert hold(amending(PRICE - 100, order=sale)) == Hold(shares=1_000)


def test_an_order_that_may_have_grown_is_not_filled_by_its_old_quantity() -> None:
    order = fold(match(1_000), order=amending(quantity=1_500))
    assert (status(order), hold(order)) == (Status.PENDING_REPLACE, cash(500, PRICE, filled=1_000))
    assert status(fold(AMEND_FAILED, order=order)) is Status.FILLED
    grown = fold(shows(quantity=1_500, filled=1_000), order=order)
    assert (status(grown), grown.leaves) == (Status.PARTIALLY_FILLED, 500)


def test_fills_beyond_the_old_quantity_prove_the_larger_one_and_are_no_overfill() -> None:
    order = fold(match(1_200), order=amending(quantity=1_500))
    assert (order.quantity, order.anomalies, amend_of(order).state) == (1_500, (), RequestState.DONE)
    assert fold(match(800), order=order).anomalies == (Anomaly.OVERFILLED,)


def test_lc59_a_second_amendment_is_refused_while_one_is_open() -> None:
    order = amending(HIGHER)
    assert refusal_of_amend(order) is AmendRefusal.AMEND_OPEN
    again = fold(asked(quantity=2_000, intent_id="amend-2"), order=order)
    assert (amend_of(again).state, amend_of(again).code) == (RequestState.REFUSED, "amend_open")
    assert again.open_amend == order.open_amend
    assert hold(again) == hold(order)
    assert fold(asked(HIGHER), order=order) == order


def test_lc61_an_amendment_that_breaks_rules_is_refused_with_all_of_them() -> None:
    both = Violation(RuleCode.AMEND_PRICE_AND_QUANTITY, "VN-A3", "not both", "")
    order = fold(replace(asked(HIGHER, 2_000), violations=(both,)), order=WORKING)
    assert (amend_of(order).state, amend_of(order).code) == (RequestState.REFUSED, "breaks_rules")
    assert amend_of(order).violations == (both,)
    assert (status(order), hold(order)) == (Status.WORKING, hold(WORKING))


def test_lc60_a_cancel_overtakes_an_amendment_that_has_not_left() -> None:
    order = fold(asked(HIGHER), CANCEL_ASKED, order=WORKING)
    assert (status(order), next_step(order, phase_open=True)) == (Status.PENDING_CANCEL, Step.CANCEL)
    assert (amend_of(order).state, amend_of(order).code) == (RequestState.REFUSED, "superseded_by_cancel")
    assert fold(AMEND_STARTED, order=order) == order
    late = fold(asked(HIGHER, intent_id="amend-2"), order=order)
    assert amend_of(late).code == "cancel_open"


CANCEL_ANSWERS: tuple[Evidence, ...] = (
    RequestStarted(Action.CANCEL, CANCEL_ID, "cancel-1"),
    RequestAnswered(CANCEL_ID, Answer.ACCEPTED),
)


@pytest.mark.parametrize("amend_answer", [AMEND_FAILED, shows(price=HIGHER)])
@pytest.mark.parametrize("amend_first", [True, False])
def test_lc60_amend_and_cancel_in_the_air_are_both_consumed_in_either_order(
    amend_answer: Evidence, *, amend_first: bool
) -> None:
    both = fold(CANCEL_ASKED, *CANCEL_ANSWERS, order=amending(HIGHER))
    assert (status(both), next_step(both, phase_open=True)) == (Status.PENDING_CANCEL, Step.WATCH)
    canceled = shows(BrokerState.CANCELED, request_id=CANCEL_ID, price=None)
    order = fold(*((amend_answer, canceled) if amend_first else (canceled, amend_answer)), order=both)
    assert (status(order), hold(order), order.anomalies) == (Status.CANCELED, Hold(), ())
    assert order.last_cancel is not None
    assert order.last_cancel.state is RequestState.DONE
    assert not amend_of(order).open


def test_lc60_a_refused_cancel_shows_the_amendment_again_and_then_the_order() -> None:
    both = fold(CANCEL_ASKED, *CANCEL_ANSWERS, order=amending(HIGHER))
    refused = fold(RequestFailed(CANCEL_ID, "77", "ORD012", "no"), order=both)
    assert status(refused) is Status.PENDING_REPLACE
    assert status(fold(AMEND_FAILED, order=refused)) is Status.WORKING


def test_lc62_a_new_broker_order_id_is_followed_and_a_fill_on_the_old_one_is_booked() -> None:
    done = fold(shows(price=HIGHER, broker_order_id="78"), order=amending(HIGHER))
    assert (done.broker_order_id, done.superseded_broker_order_ids) == ("78", ("77",))
    filled = fold(Match("77", 300, PRICE, AT), order=done)
    assert (filled.filled, filled.broker_order_id) == (300, "78")
    assert fold(shows(BrokerState.CANCELED, request_id=SUBMIT_ID), order=done) == done
    ended = fold(shows(BrokerState.CANCELED, request_id=CANCEL_ID, price=HIGHER, broker_order_id="78"), order=done)
    assert (status(ended), hold(ended)) == (Status.CANCELED, Hold())


def test_lc62_an_old_id_that_ends_before_the_new_one_is_known_does_not_end_the_order() -> None:
    ended = fold(shows(BrokerState.CANCELED, request_id=SUBMIT_ID), order=amending(HIGHER))
    alive = fold(shows(price=HIGHER, broker_order_id="78"), order=ended)
    assert (status(alive), alive.leaves, alive.anomalies) == (Status.WORKING, 1_000, (Anomaly.LIVE_AFTER_CLOSE,))
    assert hold(alive) == cash(1_000, HIGHER)


def test_lc62_the_end_of_the_new_id_counts_whatever_request_it_names() -> None:
    ended = fold(shows(BrokerState.EXPIRED, request_id=SUBMIT_ID, broker_order_id="78"), order=amending(HIGHER))
    assert (status(ended), ended.broker_order_id) == (Status.EXPIRED, "78")
    assert status(fold(shows(price=HIGHER, broker_order_id="78"), order=ended)) is Status.EXPIRED


def looked(report: BrokerReport) -> AmendLookedUp:
    return AmendLookedUp(AMEND_ID, report)


def test_lc63_a_lost_answer_leaves_the_amendment_pending_until_the_book_shows_terms() -> None:
    lost = fold(asked(HIGHER), AMEND_STARTED, AMEND_LOST, order=WORKING)
    assert (status(lost), next_step(lost, phase_open=True)) == (Status.PENDING_REPLACE, Step.RESOLVE_AMEND)
    assert hold(lost) == cash(1_000, HIGHER)
    assert fold(shows(request_id=SUBMIT_ID), order=lost) == lost
    assert awaits_look(lost, shows()) == looked(shows())
    new = fold(looked(shows(price=HIGHER, request_id=SUBMIT_ID)), order=lost)
    assert (new.terms.price, amend_of(new).state) == (HIGHER, RequestState.DONE)
    old = fold(looked(shows(request_id=SUBMIT_ID)), order=lost)
    assert (old.terms.price, amend_of(old).state, amend_of(old).code) == (PRICE, RequestState.REFUSED, "not_taken")
    assert (hold(old), status(old)) == (hold(WORKING), Status.WORKING)


def test_lc63_a_book_that_shows_the_request_waiting_or_no_price_settles_nothing() -> None:
    lost = fold(asked(HIGHER), AMEND_STARTED, AMEND_LOST, order=WORKING)
    waiting = fold(looked(shows(BrokerState.AMEND_PENDING)), order=lost)
    assert (amend_of(waiting).state, next_step(waiting, phase_open=True)) == (RequestState.PENDING, Step.WATCH)
    assert amend_of(fold(looked(shows(price=None)), order=lost)).open
    assert fold(AMEND_LOST, order=waiting) == waiting


def test_lc63_a_look_that_finds_the_order_closed_makes_the_amendment_too_late() -> None:
    lost = fold(asked(HIGHER), AMEND_STARTED, AMEND_LOST, order=WORKING)
    order = fold(looked(shows(BrokerState.EXPIRED, request_id=SUBMIT_ID)), order=lost)
    assert (status(order), amend_of(order).state) == (Status.EXPIRED, RequestState.TOO_LATE)


def test_lc63_an_amendment_to_terms_that_the_order_once_had_is_not_proven_by_an_old_message() -> None:
    higher = fold(shows(price=HIGHER), order=amending(HIGHER))
    back = (
        asked(PRICE, intent_id="amend-2"),
        RequestStarted(Action.AMEND, "10000003", "amend-2"),
        RequestAnswered("10000003", Answer.UNKNOWN),
    )
    lost = fold(*back, order=higher)
    assert fold(shows(request_id=SUBMIT_ID), order=lost) == lost
    assert fold(shows(request_id="10000003"), order=lost).terms.price == PRICE
    assert fold(AmendLookedUp("10000003", shows()), order=lost).terms.price == PRICE


def test_lc63_an_amendment_that_comes_to_light_after_all_is_followed_and_marked() -> None:
    lost = fold(asked(HIGHER), AMEND_STARTED, AMEND_LOST, looked(shows(request_id=SUBMIT_ID)), order=WORKING)
    order = fold(shows(price=HIGHER), order=lost)
    assert (order.terms.price, order.anomalies) == (HIGHER, (Anomaly.UNEXPECTED_TERMS,))
    assert (hold(order), amend_of(order).state) == (cash(1_000, HIGHER), RequestState.DONE)


def test_terms_that_nobody_here_asked_for_are_followed_and_marked() -> None:
    order = fold(shows(quantity=2_000, request_id=SUBMIT_ID), order=WORKING)
    assert (order.quantity, order.anomalies) == (2_000, (Anomaly.UNEXPECTED_TERMS,))
    assert hold(order) == cash(2_000, PRICE)


@pytest.mark.parametrize(
    ("state", "shown"), [(BrokerState.EXPIRED, Status.EXPIRED), (BrokerState.CANCELED, Status.CANCELED)]
)
def test_lc65_an_amendment_that_waits_over_the_sessions_end_is_too_late(state: BrokerState, shown: Status) -> None:
    waiting = fold(shows(BrokerState.AMEND_PENDING), order=amending(HIGHER))
    order = fold(shows(state, request_id=SUBMIT_ID), order=waiting)
    assert (status(order), amend_of(order).state, hold(order)) == (shown, RequestState.TOO_LATE, Hold())


def test_an_order_is_rejected_under_the_name_of_the_amendment_it_had_before() -> None:
    done = fold(shows(BrokerState.HELD, price=HIGHER), order=amending(HIGHER))
    rejected = fold(shows(BrokerState.REJECTED, price=HIGHER), order=done)
    assert (rejected.close_reason, hold(rejected)) == (CloseReason.REJECTED, Hold())
    refused = fold(shows(BrokerState.REJECTED, price=HIGHER), order=amending(HIGHER))
    assert (status(refused), amend_of(refused).state) == (Status.WORKING, RequestState.REFUSED)


def test_only_an_amendment_that_has_not_left_can_be_taken_back() -> None:
    wish = fold(asked(HIGHER), order=WORKING)
    taken_back = fold(AmendWithdrawn("amend-1", text="changed my mind"), order=wish)
    assert (amend_of(taken_back).state, amend_of(taken_back).code) == (RequestState.REFUSED, "withdrawn")
    assert hold(taken_back) == hold(WORKING)
    sent = amending(HIGHER)
    assert fold(AmendWithdrawn("amend-1"), order=sent) == sent


def test_a_proven_unsent_amendment_goes_again_and_one_of_unknown_fate_does_not() -> None:
    started = fold(asked(HIGHER), AMEND_STARTED, order=WORKING)
    not_sent = fold(RequestAnswered(AMEND_ID, Answer.NOT_SENT), order=started)
    assert (amend_of(not_sent).state, next_step(not_sent, phase_open=True)) == (RequestState.ASKED, Step.AMEND)
    unknown = fold(AMEND_LOST, order=started)
    assert fold(replace(AMEND_STARTED, request_id="10000009"), order=unknown) == unknown
    assert next_step(started, phase_open=True) is Step.RESOLVE_AMEND


def test_an_amendment_waits_for_the_brokers_order_id_and_for_its_word() -> None:
    order = fold(STARTED, TAKEN, asked(HIGHER))
    assert (status(order), next_step(order, phase_open=True)) == (Status.PENDING_REPLACE, Step.RESOLVE)
    assert next_step(fold(asked(HIGHER), order=WORKING), phase_open=True) is Step.AMEND
    assert next_step(amending(HIGHER), phase_open=True) is Step.WATCH


def test_a_closed_order_takes_no_amendment() -> None:
    order = fold(shows(BrokerState.CANCELED, request_id=SUBMIT_ID), asked(HIGHER), order=WORKING)
    assert amend_of(order).state is RequestState.TOO_LATE
