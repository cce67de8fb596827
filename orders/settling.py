"""What follows from any evidence: full fills close, a fill after a close is marked, a closed order's requests end."""

from dataclasses import replace

from market.vocabulary import OrderType
from orders.amending import amend_before_the_send, supersede
from orders.evidence import BrokerReport, BrokerState, Evidence
from orders.order import Action, Anomaly, CloseReason, Life, Order, Request, RequestState
from orders.shown_terms import proven_by_fills

_CLOSING_WORDS = frozenset({BrokerState.FILLED, BrokerState.CANCELED, BrokerState.EXPIRED})
_CANCELED = frozenset({CloseReason.CANCELED, CloseReason.CANCELED_UNSENT})


def settle(before: Order, order: Order, evidence: Evidence) -> Order:
    """`order` with all that follows from `evidence`, which changed it from `before`."""
    order = proven_by_fills(amend_before_the_send(supersede(order)))
    if order.filled > order.quantity:
        order = order.marked(Anomaly.OVERFILLED)
    if order.filled > before.filled and before.life is Life.CLOSED:
        order = _fill_after_close(order, evidence)
    if order.filled >= order.quantity and not _may_grow(order):
        order = replace(order, life=Life.CLOSED, close_reason=CloseReason.FILLED, quarantined=False)
    if order.filled + order.cancelled > order.quantity:
        order = replace(order, cancelled=max(0, order.quantity - order.filled))
    return _end(order) if order.life is Life.CLOSED else order


def _may_grow(order: Order) -> bool:
    """Everything has traded, but an amendment to more shares may have come before the last of it (LC-55, LC-58)."""
    amend = order.open_amend
    if amend is None or not amend.in_flight or order.life is Life.CLOSED:
        return False
    return amend.wanted(order.terms).quantity > order.filled


def _fill_after_close(order: Order, evidence: Evidence) -> Order:
    """LC-27, LC-28: always booked; after a close that allows no fill, what is left is held until proof comes.

    A closing word that tells of the fill itself is that proof, and may never come again.
    """
    if order.close_reason in (CloseReason.CANCELED, CloseReason.FILLED):
        return order
    marked = order.marked(Anomaly.FILL_AFTER_CLOSE)
    if isinstance(evidence, BrokerReport) and evidence.state in _CLOSING_WORDS:
        return marked
    return replace(marked, quarantined=True, cancelled=0)


def _end(order: Order) -> Order:
    """A MOK trades whole or not at all, so any other end of it is a contradiction (LC-74), unless part of it was taken
    back."""
    ended = replace(order, requests=tuple(_ended(order, request) for request in order.requests))
    is_excused = order.quarantined or Anomaly.FILL_TAKEN_BACK in order.anomalies
    is_partial = 0 < order.filled < order.quantity and not is_excused
    if order.terms.order_type is OrderType.MOK and is_partial:
        return ended.marked(Anomaly.PARTIAL_FILL_OF_MOK)
    return ended


def _ended(order: Order, request: Request) -> Request:
    if not request.open:
        return request
    match request.action:
        case Action.SUBMIT:
            return request
        case Action.CANCEL:
            return replace(
                request, state=RequestState.DONE if order.close_reason in _CANCELED else RequestState.TOO_LATE
            )
        case Action.AMEND:
            return replace(request, state=RequestState.TOO_LATE)
