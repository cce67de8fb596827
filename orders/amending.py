"""Amendments on our side: asked for, refused by us, taken back, or done at once on an order that has not been sent."""

from dataclasses import replace

from market.amendments import Amendment, keeps_priority
from market.vocabulary import Whereabouts
from orders.evidence import AmendAsked, AmendLookedUp, AmendWithdrawn, BrokerReport
from orders.order import Action, AmendRefusal, Life, Order, Request, RequestState

_ENDED_UNCONFIRMED = frozenset({RequestState.UNKNOWN, RequestState.PENDING})


def refusal_of_amend(order: Order) -> AmendRefusal | None:
    """Why an order that is not closed takes no amendment now, whatever it changes: one change at a time (LC-59)."""
    if order.open_cancel is not None:
        return AmendRefusal.CANCEL_OPEN
    return AmendRefusal.AMEND_OPEN if order.open_amend is not None else None


def whereabouts(order: Order) -> Whereabouts:
    """Where the order waits, as the rules of changing it ask (VN-A3); of one on its way the broker decides."""
    if order.life is Life.UNSENT:
        return Whereabouts.HELD_HERE
    is_on_its_way = not order.acknowledged
    return Whereabouts.AT_BROKER if order.held_by_broker or is_on_its_way else Whereabouts.AT_EXCHANGE


def awaits_look(order: Order, report: BrokerReport) -> AmendLookedUp | None:
    """The evidence that a look into the book makes of the order's row; None when no amendment waits for it."""
    amend = order.open_amend
    if amend is None or amend.state not in _ENDED_UNCONFIRMED:
        return None
    return AmendLookedUp(amend.request_id, report)


def amend_asked(order: Order, asked: AmendAsked) -> Order:
    """An unsent order has the new terms at once, with no message to anybody."""
    if any(request.intent_id == asked.intent_id for request in order.requests):
        return order
    request = Request(
        Action.AMEND,
        asked.intent_id,
        RequestState.ASKED,
        amendment=Amendment(asked.price, asked.quantity),
        violations=asked.violations,
    )
    amended = replace(order, requests=(*order.requests, _judged(order, request)))
    if amended.open_amend is None or order.life is not Life.UNSENT:
        return amended
    keeps = keeps_priority(order.terms, Amendment(asked.price, asked.quantity))
    return amend_before_the_send(replace(amended, queued_since=order.queued_since if keeps else asked.asked_at))


def _judged(order: Order, request: Request) -> Request:
    if order.life is Life.CLOSED:
        return replace(request, state=RequestState.TOO_LATE)
    refusal = refusal_of_amend(order) or (AmendRefusal.BREAKS_RULES if request.violations else None)
    return request if refusal is None else replace(request, state=RequestState.REFUSED, code=refusal)


def amend_withdrawn(order: Order, withdrawn: AmendWithdrawn) -> Order:
    """What may be at the broker cannot be taken back."""
    amend = order.open_amend
    if amend is None or amend.intent_id != withdrawn.intent_id or amend.state is not RequestState.ASKED:
        return order
    taken_back = replace(
        amend,
        state=RequestState.REFUSED,
        code=withdrawn.code,
        text=withdrawn.text,
        violations=withdrawn.violations,
    )
    return order.with_request(amend, taken_back)


def supersede(order: Order) -> Order:
    """A cancel overtakes an amendment that has not left (LC-60)."""
    amend = order.open_amend
    if amend is None or amend.state is not RequestState.ASKED or order.open_cancel is None:
        return order
    return order.with_request(amend, replace(amend, state=RequestState.REFUSED, code=AmendRefusal.SUPERSEDED))


def amend_before_the_send(order: Order) -> Order:
    amend = order.open_amend
    if amend is None or order.life is not Life.UNSENT:
        return order
    return order.with_terms(amend.wanted(order.terms)).with_request(amend, replace(amend, state=RequestState.DONE))
