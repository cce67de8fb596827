"""What the order's process should do next, decided from what is booked and nothing else."""

from enum import StrEnum
from typing import assert_never

from orders.order import Life, Order, RequestState


class Step(StrEnum):
    """`wait` is for evidence; `watch` waits too, and looks into the broker's book when an expected word stays away.

    `resolve` looks for an order whose sending ended without an answer.
    """

    SUBMIT = "submit"
    CANCEL = "cancel"
    REPEAT_CANCEL = "repeat_cancel"
    CLOSE_UNSENT = "close_unsent"
    RESOLVE = "resolve"
    WAIT_FOR_PHASE = "wait_for_phase"
    WAIT = "wait"
    WATCH = "watch"
    WAIT_FOR_DETAILS = "wait_for_details"
    DONE = "done"


def next_step(order: Order, *, phase_open: bool) -> Step:
    """An intent to cancel that is found before the send wins over it."""
    match order.life:
        case Life.UNSENT:
            return _before_the_send(order, phase_open=phase_open)
        case Life.SENDING | Life.UNKNOWN:
            return Step.RESOLVE
        case Life.LIVE:
            return _live(order)
        case Life.CLOSED:
            complete = order.closing_seen and order.details_complete and not order.quarantined
            return Step.DONE if complete else Step.WAIT_FOR_DETAILS
        case _:
            assert_never(order.life)


def _before_the_send(order: Order, *, phase_open: bool) -> Step:
    if order.open_cancel is not None:
        return Step.CLOSE_UNSENT
    return Step.SUBMIT if phase_open else Step.WAIT_FOR_PHASE


def _live(order: Order) -> Step:
    """The broker cancels by its own order id, so an order without one must be found first (LC-45).

    A cancel whose answer was lost may be sent again: it can only take away what is left (LC-43).
    """
    cancel = order.open_cancel
    if cancel is None:
        return Step.WAIT if order.acknowledged else Step.WATCH
    if cancel.state is RequestState.PENDING:
        return Step.WATCH
    if not order.broker_order_id:
        return Step.RESOLVE
    return Step.CANCEL if cancel.state is RequestState.ASKED else Step.REPEAT_CANCEL
