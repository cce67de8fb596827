"""What the order's process should do next, decided from what is booked and nothing else."""

from enum import StrEnum
from typing import assert_never

from orders.order import Action, Life, Order, Request, RequestState


class Step(StrEnum):
    """`wait` is for evidence; `watch` waits too, and looks into the broker's book when an expected word stays away.

    `resolve` looks for an order whose sending ended without an answer, `resolve_amend` for what became of an
    amendment; neither is ever sent again without proof.
    """

    SUBMIT = "submit"
    CANCEL = "cancel"
    REPEAT_CANCEL = "repeat_cancel"
    AMEND = "amend"
    RESOLVE_AMEND = "resolve_amend"
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
    """A cancel goes before an amendment (LC-60). The broker changes an order by its own id, so one without an id must
    be found first (LC-45).
    """
    change = order.open_cancel or order.open_amend
    if change is None:
        return Step.WAIT if order.acknowledged else Step.WATCH
    if change.state is RequestState.PENDING:
        return Step.WATCH
    if not order.broker_order_id:
        return Step.RESOLVE
    return _next_of_cancel(change) if change.action is Action.CANCEL else _next_of_amend(change)


def _next_of_cancel(cancel: Request) -> Step:
    """A cancel whose answer was lost may be sent again: it can only take away what is left (LC-43)."""
    return Step.CANCEL if cancel.state is RequestState.ASKED else Step.REPEAT_CANCEL


def _next_of_amend(amend: Request) -> Step:
    """An amendment whose answer was lost is not sent again: two of them could undo a third (LC-63)."""
    return Step.AMEND if amend.state is RequestState.ASKED else Step.RESOLVE_AMEND
