"""`apply`: the one function that changes an order, by folding a piece of evidence into it.

Evidence may come late, twice removed or out of order; nothing here can refuse a fill.
"""

from dataclasses import replace
from typing import assert_never

from market.vocabulary import Side
from orders.amending import amend_asked, amend_withdrawn
from orders.evidence import (
    AmendAsked,
    AmendLookedUp,
    AmendWithdrawn,
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
from orders.order import Action, AmendRefusal, Anomaly, CloseReason, Life, Order, Request, RequestState
from orders.reported_figures import follow_execution, follow_figures, is_void
from orders.settling import settle
from orders.shown_terms import follow_terms, known_under, tells

_WITHOUT_BROKER_PROOF = frozenset({CloseReason.NOT_RECEIVED})
_CHANGE_WAITS = frozenset({BrokerState.AMEND_PENDING, BrokerState.CANCEL_PENDING})
_ENDED_UNCONFIRMED = frozenset({RequestState.UNKNOWN, RequestState.PENDING})
_MAY_BE_AT_BROKER = frozenset({Life.SENDING, Life.UNKNOWN})


def apply(order: Order, evidence: Evidence) -> Order:  # noqa: C901 - one branch for each kind of evidence
    """Fold one piece of evidence into `order`; what is stale changes nothing that newer proof has settled."""
    match evidence:
        case RequestStarted():
            changed = _request_started(order, evidence)
        case RequestAnswered():
            changed = _request_answered(order, evidence)
        case CancelAsked():
            changed = _cancel_asked(order, evidence)
        case AmendAsked():
            changed = amend_asked(order, evidence)
        case AmendWithdrawn():
            changed = amend_withdrawn(order, evidence)
        case AmendLookedUp():
            changed = _amend_looked_up(order, evidence)
        case BrokerReport():
            changed = _broker_report(order, evidence)
        case Match():
            changed = _match(order, evidence)
        case RequestFailed():
            changed = _request_failed(order, evidence)
        case ClosedHere():
            changed = _closed_here(order, evidence)
        case _:
            assert_never(evidence)
    return settle(order, changed, evidence)


def _request_started(order: Order, started: RequestStarted) -> Order:
    if started.action is Action.SUBMIT:
        request = Request(Action.SUBMIT, started.intent_id, RequestState.SENDING, started.request_id)
        life = Life.SENDING if order.life is Life.UNSENT else order.life
        return replace(order, life=life, requests=(*order.requests, request))
    asked = next((r for r in order.requests if r.intent_id == started.intent_id and r.open), None)
    if asked is None or (asked.action is Action.AMEND and asked.state is not RequestState.ASKED):
        return order
    return order.with_request(asked, replace(asked, state=RequestState.SENDING, request_id=started.request_id))


def _request_answered(order: Order, answered: RequestAnswered) -> Order:
    request = order.request(answered.request_id)
    if request is None or not request.open:
        return order
    named = replace(request, code=answered.code, text=answered.text, wait_seconds=answered.wait_seconds)
    if request.action is Action.SUBMIT:
        return _submit_answered(order, request, named, answered)
    if request.state is RequestState.PENDING and answered.answer in (Answer.UNKNOWN, Answer.NOT_SENT):
        return order
    match answered.answer:
        case Answer.ACCEPTED:
            state = RequestState.PENDING
        case Answer.REFUSED:
            state = RequestState.REFUSED
        case Answer.NOT_SENT:
            return order.with_request(request, replace(named, state=RequestState.ASKED, request_id=""))
        case Answer.UNKNOWN:
            state = RequestState.UNKNOWN
        case _:
            assert_never(answered.answer)
    return order.with_request(request, replace(named, state=state))


def _submit_answered(order: Order, request: Request, named: Request, answered: RequestAnswered) -> Order:
    waiting = order.life in _MAY_BE_AT_BROKER
    match answered.answer:
        case Answer.ACCEPTED:
            done = order.with_request(request, replace(named, state=RequestState.DONE))
            return replace(done, life=Life.LIVE) if waiting else done
        case Answer.REFUSED:
            refused = order.with_request(request, replace(named, state=RequestState.REFUSED))
            return _rejected(refused, answered.text) if waiting else refused
        case Answer.NOT_SENT:
            back = order.with_request(request, replace(named, state=RequestState.REFUSED))
            return replace(back, life=Life.UNSENT) if waiting else back
        case Answer.UNKNOWN:
            unknown = order.with_request(request, replace(named, state=RequestState.UNKNOWN))
            return replace(unknown, life=Life.UNKNOWN) if order.life is Life.SENDING else unknown
        case _:
            assert_never(answered.answer)


def _cancel_asked(order: Order, asked: CancelAsked) -> Order:
    """One open cancel serves every further press (LC-44)."""
    if order.open_cancel is not None or any(r.intent_id == asked.intent_id for r in order.requests):
        return order
    state = RequestState.TOO_LATE if order.life is Life.CLOSED else RequestState.ASKED
    return replace(order, requests=(*order.requests, Request(Action.CANCEL, asked.intent_id, state)))


def _amend_looked_up(order: Order, looked: AmendLookedUp) -> Order:
    """The book shows the new terms, or that the request never came to anything (LC-63)."""
    amend = order.request(looked.request_id)
    if amend is None or amend.state not in _ENDED_UNCONFIRMED:
        return _broker_report(order, looked.report)
    changed = _broker_report(order, looked.report, certain=True)
    amend = changed.open_amend
    is_of_older_order = looked.report.broker_order_id in changed.superseded_broker_order_ids
    if amend is None or changed.life is Life.CLOSED or is_of_older_order or not tells(looked.report, amend):
        return changed
    return changed.with_request(amend, replace(amend, state=RequestState.REFUSED, code=AmendRefusal.NOT_TAKEN))


def _broker_report(order: Order, report: BrokerReport, *, certain: bool = False) -> Order:
    told = follow_figures(order, report)
    if is_void(told, report):
        return told
    changed = known_under(told, report)
    if report.broker_order_id in changed.superseded_broker_order_ids:
        return changed
    return _state_told(order, follow_terms(changed, report, certain=certain), report)


def _state_told(before: Order, changed: Order, report: BrokerReport) -> Order:
    match report.state:
        case BrokerState.REJECTED:
            return _report_of_rejection(changed, report)
        case BrokerState.FILLED:
            return _closed_by_broker(changed, report, CloseReason.FILLED)
        case BrokerState.CANCELED:
            return _closed_by_broker(changed, report, CloseReason.CANCELED)
        case BrokerState.EXPIRED:
            return _closed_by_broker(changed, report, CloseReason.EXPIRED)
        case (
            BrokerState.PENDING
            | BrokerState.HELD
            | BrokerState.WORKING
            | BrokerState.AMEND_PENDING
            | BrokerState.CANCEL_PENDING
            | BrokerState.UNRECOGNISED
        ):
            return _live(before, changed, report)
        case _:
            assert_never(report.state)


def _live(before: Order, order: Order, report: BrokerReport) -> Order:
    known = _amend_arrived(replace(order, acknowledged=True, held_by_broker=_is_held(order, report)), report)
    if order.life is not Life.CLOSED:
        return replace(known, life=Life.LIVE)
    if order.close_reason in _WITHOUT_BROKER_PROOF:
        return replace(known, life=Life.LIVE, close_reason=None).marked(Anomaly.LIVE_AFTER_NOT_RECEIVED)
    if order.close_reason is CloseReason.CANCELED and _is_successor(before, order, report):
        alive = replace(known, life=Life.LIVE, close_reason=None, closing_seen=False, cancelled=0)
        return alive.marked(Anomaly.LIVE_AFTER_CLOSE)
    return known


def _is_held(order: Order, report: BrokerReport) -> bool:
    """Only the first word can say it: a later one may be older than the session's start."""
    if report.state is BrokerState.HELD:
        return order.held_by_broker or not order.acknowledged
    return order.held_by_broker and report.state in _CHANGE_WAITS


def _amend_arrived(order: Order, report: BrokerReport) -> Order:
    amend = order.open_amend
    if amend is None or report.state is not BrokerState.AMEND_PENDING or amend.request_id != report.request_id:
        return order
    return order.with_request(amend, replace(amend, state=RequestState.PENDING))


def _is_successor(before: Order, order: Order, report: BrokerReport) -> bool:
    """Whether an amendment's own word is the first to name a new order: the one that ended was the old one (LC-62)."""
    request = order.request(report.request_id)
    is_amend = request is not None and request.action is Action.AMEND
    return is_amend and bool(before.broker_order_id) and order.broker_order_id != before.broker_order_id


def _closed_by_broker(order: Order, report: BrokerReport, reason: CloseReason) -> Order:
    """The broker's closing word accounts for every share: what is not filled is cancelled.

    One that knows of fewer fills than came after the end is older than they are, and proves nothing of the rest.
    """
    is_behind = report.filled < order.filled
    if order.life is Life.CLOSED and order.quarantined and is_behind:
        return order
    already = order.life is Life.CLOSED and order.close_reason not in _WITHOUT_BROKER_PROOF
    closed = replace(
        order,
        life=Life.CLOSED,
        close_reason=order.close_reason if already else reason,
        closing_seen=True,
        quarantined=False,
        acknowledged=True,
        held_by_broker=False,
        cancelled=max(order.cancelled, report.quantity - report.filled),
        text=report.text or order.text,
    )
    if already or reason is not CloseReason.EXPIRED or not is_behind:
        return closed
    return replace(closed, quarantined=True, cancelled=0).marked(Anomaly.FILL_AFTER_CLOSE)


def _report_of_rejection(order: Order, report: BrokerReport) -> Order:
    """An order that was amended is rejected under the name of its amendment."""
    request = order.request(report.request_id)
    if (
        request is None
        or request.action is Action.SUBMIT
        or (request.action is Action.AMEND and request.state is RequestState.DONE)
    ):
        return _rejected(order, report.text)
    return _refused(order, request, replace(request, text=report.text))


def _rejected(order: Order, text: str) -> Order:
    """A rejection closes what has no fill; against a fill it is a contradiction, and the fill stands (LC-16)."""
    known = replace(order, text=text or order.text)
    if order.filled:
        return replace(known, quarantined=order.life is not Life.CLOSED).marked(Anomaly.REJECT_AFTER_FILL)
    if order.life is Life.CLOSED and order.close_reason not in _WITHOUT_BROKER_PROOF:
        return known
    return replace(known, life=Life.CLOSED, close_reason=CloseReason.REJECTED, closing_seen=True)


def _match(order: Order, execution: Match) -> Order:
    """An execution whose figures were restated since is counted in them, or taken back with them (LC-31)."""
    if 0 < execution.number < order.restatement.number:
        return order
    known = replace(order, broker_order_id=order.broker_order_id or execution.broker_order_id, acknowledged=True)
    changed = follow_execution(known, execution)
    if changed.life is not Life.CLOSED:
        changed = replace(changed, life=Life.LIVE)
    return changed.marked(Anomaly.FILL_WORSE_THAN_LIMIT) if _is_worse_than_limit(order, execution.price) else changed


def _is_worse_than_limit(order: Order, price: int) -> bool:
    """Around an amendment a fill may carry the terms before it, or those whose proof is still on its way (LC-54)."""
    asked = (r.wanted(order.terms) for r in order.requests if r.in_flight or r.state is RequestState.TOO_LATE)
    limits = [terms.price for terms in (*order.past_terms, order.terms, *asked) if terms.price is not None]
    if not limits:
        return False
    return price > max(limits) if order.terms.side is Side.BUY else price < min(limits)


def _request_failed(order: Order, failed: RequestFailed) -> Order:
    request = order.request(failed.request_id)
    if request is None:
        return order
    named = replace(request, code=failed.code, text=failed.text)
    if request.action is not Action.SUBMIT:
        return _refused(order, request, named)
    changed = order.with_request(request, replace(named, state=RequestState.REFUSED))
    return _rejected(changed, failed.text)


def _refused(order: Order, request: Request, named: Request) -> Order:
    """A refusal that comes after the request has ended, such as one of its repeat, changes nothing."""
    return order.with_request(request, replace(named, state=RequestState.REFUSED)) if request.open else order


def _closed_here(order: Order, closed: ClosedHere) -> Order:
    """Only an order that is proven unsent, or one that nobody has found, can be closed without the broker."""
    closable = Life.UNKNOWN if closed.reason in _WITHOUT_BROKER_PROOF else Life.UNSENT
    if order.life is not closable:
        return order
    return replace(order, life=Life.CLOSED, close_reason=closed.reason, closing_seen=True, text=closed.text)
