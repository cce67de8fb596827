"""An order that we still hold is amended at once, without a message to anybody."""

from dataclasses import replace
from datetime import timedelta

from pydantic import TypeAdapter

from market.amendments import Amendment
from market.reserve import cash_for
from market.violations import RuleCode, Violation
from market.vocabulary import Whereabouts
from orders.amending import whereabouts
from orders.commands import AmendOrder
from orders.evidence import EVIDENCE, AmendAsked, AmendWithdrawn, Answer, BrokerState, RequestAnswered
from orders.folding import apply
from orders.holds import hold, hold_if_amended
from orders.next_step import Step, next_step
from orders.order import Order, RequestState
from orders.status import Status, status
from tests.orders.test_amends import AMEND_ID, HIGHER, amend_of, amending, asked, looked, shows
from tests.orders.test_races import AT, CANCEL_ASKED, ORDER, PRICE, STARTED, TERMS, WORKING, fold, report

ORDERS: TypeAdapter[Order] = TypeAdapter(Order)


def test_a_held_order_has_the_new_terms_at_once_and_sends_nothing() -> None:
    order = fold(asked(HIGHER), order=ORDER)
    assert (status(order), order.terms.price, amend_of(order).state) == (Status.ACCEPTED, HIGHER, RequestState.DONE)
    assert amend_of(order).request_id == ""
    assert hold(order).cash == cash_for(order.fees, 0, 1_000 * HIGHER)
    assert hold(order) == hold_if_amended(ORDER, Amendment(price=HIGHER))
    assert next_step(order, phase_open=False) is Step.WAIT_FOR_PHASE
    assert next_step(order, phase_open=True) is Step.SUBMIT
    assert whereabouts(order) is Whereabouts.HELD_HERE


def test_only_a_smaller_quantity_keeps_a_held_orders_place() -> None:
    later = AT + timedelta(minutes=5)
    smaller = fold(asked(quantity=500), order=ORDER)
    assert (smaller.quantity, smaller.queued_since) == (500, None)
    dearer = fold(AmendAsked("amend-2", "trader", later, price=HIGHER), order=smaller)
    assert dearer.queued_since == later
    assert fold(asked(quantity=400, intent_id="amend-3"), order=dearer).queued_since == later


def test_an_amendment_that_breaks_rules_leaves_a_held_order_as_it_was() -> None:
    broken = Violation(RuleCode.PRICE_ABOVE_CEILING, "VN-A7", "above", "")
    order = fold(replace(asked(HIGHER), violations=(broken,)), order=ORDER)
    assert (order.terms, order.queued_since, amend_of(order).state) == (TERMS, None, RequestState.REFUSED)


def test_a_held_order_that_is_being_cancelled_is_not_amended() -> None:
    order = fold(CANCEL_ASKED, asked(HIGHER), order=ORDER)
    assert (order.terms, amend_of(order).code) == (TERMS, "cancel_open")


def test_an_amendment_of_an_order_that_proves_unsent_is_done_before_it_goes_again() -> None:
    waiting = fold(STARTED, RequestAnswered("10000000", Answer.UNKNOWN), asked(HIGHER))
    assert (status(waiting), next_step(waiting, phase_open=True)) == (Status.PENDING_REPLACE, Step.RESOLVE)
    unsent = fold(RequestAnswered("10000000", Answer.NOT_SENT), order=waiting)
    assert (unsent.terms.price, next_step(unsent, phase_open=True)) == (HIGHER, Step.SUBMIT)


def test_terms_that_never_left_are_not_taken_for_old_news_of_the_broker() -> None:
    working = fold(asked(HIGHER), STARTED, shows(price=HIGHER, request_id="10000000"))
    assert working.past_terms == ()
    assert fold(shows(price=PRICE), order=amending(PRICE, order=replace(working, requests=()))).terms.price == PRICE


def test_an_order_parked_at_the_broker_is_known_to_be_until_its_session() -> None:
    parked = fold(STARTED, report(BrokerState.HELD))
    assert whereabouts(parked) is Whereabouts.AT_BROKER
    assert whereabouts(fold(shows(BrokerState.AMEND_PENDING), order=parked)) is Whereabouts.AT_BROKER
    working = fold(report(BrokerState.WORKING), order=parked)
    assert whereabouts(working) is Whereabouts.AT_EXCHANGE
    assert whereabouts(fold(report(BrokerState.HELD), order=working)) is Whereabouts.AT_EXCHANGE


def test_folding_starts_again_from_the_order_as_it_was_placed() -> None:
    evidence = (asked(quantity=1_200, intent_id="before"), STARTED, shows(quantity=1_200, request_id="10000000"))
    priced = replace(ORDER, reserve_price=91_400)
    order = amending(HIGHER, order=fold(*evidence, order=priced))
    assert order.as_placed == priced
    assert fold(*evidence, order=order.as_placed).quantity == 1_200


def test_what_is_stored_reads_back_and_orders_stored_before_amendments_do_too() -> None:
    broken = Violation(RuleCode.AMEND_NOT_NOW, "VN-A3", "not now", "", allowed="2026-11-20T13:00+07:00")
    wish = replace(asked(HIGHER), violations=(broken,))
    for evidence in (wish, AmendWithdrawn("amend-1"), looked(shows()), shows(price=HIGHER)):
        assert EVIDENCE.validate_json(EVIDENCE.dump_json(evidence)) == evidence
    order = apply(fold(shows(price=HIGHER), order=amending(HIGHER)), replace(wish, intent_id="amend-2"))
    assert ORDERS.validate_json(ORDERS.dump_json(order)) == order
    old = ORDERS.dump_python(WORKING, mode="json")
    for name in ("reserve_price", "placed_terms", "past_terms", "superseded_broker_order_ids"):
        del old[name]
    for name in ("held_by_broker", "queued_since"):
        del old[name]
    for request in old["requests"]:
        del request["amendment"], request["violations"]
    assert ORDERS.validate_python(old) == WORKING


def test_the_command_names_one_change() -> None:
    command = AmendOrder("order", "amend-1", "trader", AT, price=HIGHER)
    assert command.amendment == Amendment(price=HIGHER)
    assert amend_of(amending(HIGHER)).amendment == command.amendment
    assert amend_of(amending(HIGHER)).request_id == AMEND_ID
