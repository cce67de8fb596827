"""`apply`: the one function that changes an order, by folding a piece of evidence into it.

Evidence may come late, twice removed or out of order; nothing here can refuse a fill.
"""

from dataclasses import replace
from typing import assert_never

from market.vocabulary import Side
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
from orders.order import Action, Anomaly, CloseReason, Life, Order, Request, RequestState

_WITHOUT_BROKER_PROOF = frozenset({CloseReason.NOT_RECEIVED})
_MAY_BE_AT_BROKER = frozenset({Life.SENDING, Life.UNKNOWN})
_CLOSING_WORDS = frozenset({BrokerState.FILLED, BrokerState.CANCELED, BrokerState.EXPIRED})


def apply(order: Order, evidence: Evidence) -> Order:
    """Fold one piece of evidence into `order`; what is stale changes nothing that newer proof has settled."""
    match evidence:
        case RequestStarted():
            changed = _request_started(order, evidence)
        case RequestAnswered():
            changed = _request_answered(order, evidence)
        case CancelAsked():
            changed = _cancel_asked(order, evidence)
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
    return _settle(order, changed, evidence)


def _request_started(order: Order, started: RequestStarted) -> Order:
    if started.action is Action.SUBMIT:
        request = Request(Action.SUBMIT, started.intent_id, RequestState.SENDING, started.request_id)
        life = Life.SENDING if order.life is Life.UNSENT else order.life
        return replace(order, life=life, requests=(*order.requests, request))
    asked = next((r for r in order.requests if r.intent_id == started.intent_id and r.open), None)
    if asked is None:
        return order
    return _with_request(order, asked, replace(asked, state=RequestState.SENDING, request_id=started.request_id))


def _request_answered(order: Order, answered: RequestAnswered) -> Order:
    request = order.request(answered.request_id)
    if request is None or not request.open:
        return order
    named = replace(request, code=answered.code, text=answered.text)
    if request.action is Action.SUBMIT:
        return _submit_answered(order, request, named, answered)
    match answered.answer:
        case Answer.ACCEPTED:
            state = RequestState.PENDING
        case Answer.REFUSED:
            state = RequestState.REFUSED
        case Answer.NOT_SENT:
            return _with_request(order, request, replace(named, state=RequestState.ASKED, request_id=""))
        case Answer.UNKNOWN:
            state = RequestState.UNKNOWN
        case _:
            assert_never(answered.answer)
    return _with_request(order, request, replace(named, state=state))


def _submit_answered(order: Order, request: Request, named: Request, answered: RequestAnswered) -> Order:
    waiting = order.life in _MAY_BE_AT_BROKER
    match answered.answer:
        case Answer.ACCEPTED:
            done = _with_request(order, request, replace(named, state=RequestState.DONE))
            return replace(done, life=Life.LIVE) if waiting else done
        case Answer.REFUSED:
            refused = _with_request(order, request, replace(named, state=RequestState.REFUSED))
            return _rejected(refused, answered.text) if waiting else refused
        case Answer.NOT_SENT:
            back = _with_request(order, request, replace(named, state=RequestState.REFUSED))
            return replace(back, life=Life.UNSENT) if waiting else back
        case Answer.UNKNOWN:
            unknown = _with_request(order, request, replace(named, state=RequestState.UNKNOWN))
            return replace(unknown, life=Life.UNKNOWN) if order.life is Life.SENDING else unknown
        case _:
            assert_never(answered.answer)


def _cancel_asked(order: Order, asked: CancelAsked) -> Order:
    """One open cancel serves every further press (LC-44)."""
    if order.open_cancel is not None or any(r.intent_id == asked.intent_id for r in order.requests):
        return order
    state = RequestState.TOO_LATE if order.life is Life.CLOSED else RequestState.ASKED
    return replace(order, requests=(*order.requests, Request(Action.CANCEL, asked.intent_id, state)))


def _broker_report(order: Order, report: BrokerReport) -> Order:
    changed = order
    if report.filled > order.reported_quantity:
        changed = replace(changed, reported_quantity=report.filled, reported_value=report.filled_value)
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
            return _live(changed, report)
        case _:
            assert_never(report.state)


def _live(order: Order, report: BrokerReport) -> Order:
    known = replace(order, acknowledged=True, broker_order_id=order.broker_order_id or report.broker_order_id)
    if order.life is not Life.CLOSED:
        return replace(known, life=Life.LIVE)
    if order.close_reason in _WITHOUT_BROKER_PROOF:
        return _mark(replace(known, life=Life.LIVE, close_reason=None), Anomaly.LIVE_AFTER_NOT_RECEIVED)
    return known


def _closed_by_broker(order: Order, report: BrokerReport, reason: CloseReason) -> Order:
    """The broker's closing word accounts for every share: what is not filled is cancelled."""
    already = order.life is Life.CLOSED and order.close_reason not in _WITHOUT_BROKER_PROOF
    return replace(
        order,
        life=Life.CLOSED,
        close_reason=order.close_reason if already else reason,
        closing_seen=True,
        quarantined=False,
        acknowledged=True,
        broker_order_id=order.broker_order_id or report.broker_order_id,
        cancelled=max(order.cancelled, report.quantity - report.filled),
        text=report.text or order.text,
    )


def _report_of_rejection(order: Order, report: BrokerReport) -> Order:
    request = order.request(report.request_id)
    if request is not None and request.action is not Action.SUBMIT:
        return _refused(order, request, replace(request, text=report.text))
    return _rejected(order, report.text, report.broker_order_id)


def _rejected(order: Order, text: str, broker_order_id: str = "") -> Order:
    """A rejection closes what has no fill; against a fill it is a contradiction, and the fill stands (LC-16)."""
    known = replace(order, broker_order_id=order.broker_order_id or broker_order_id, text=text or order.text)
    if order.filled:
        return _mark(replace(known, quarantined=order.life is not Life.CLOSED), Anomaly.REJECT_AFTER_FILL)
    if order.life is Life.CLOSED and order.close_reason not in _WITHOUT_BROKER_PROOF:
        return known
    return replace(known, life=Life.CLOSED, close_reason=CloseReason.REJECTED, closing_seen=True)


def _match(order: Order, execution: Match) -> Order:
    changed = replace(
        order,
        matched_quantity=order.matched_quantity + execution.quantity,
        matched_value=order.matched_value + execution.quantity * execution.price,
        broker_order_id=order.broker_order_id or execution.broker_order_id,
        acknowledged=True,
    )
    if order.life is not Life.CLOSED:
        changed = replace(changed, life=Life.LIVE)
    return _mark(changed, Anomaly.FILL_WORSE_THAN_LIMIT) if _is_worse_than_limit(order, execution.price) else changed


def _is_worse_than_limit(order: Order, price: int) -> bool:
    limit = order.terms.price
    if limit is None:
        return False
    return price > limit if order.terms.side is Side.BUY else price < limit


def _request_failed(order: Order, failed: RequestFailed) -> Order:
    request = order.request(failed.request_id)
    if request is None:
        return order
    named = replace(request, code=failed.code, text=failed.text)
    if request.action is not Action.SUBMIT:
        return _refused(order, request, named)
    changed = _with_request(order, request, replace(named, state=RequestState.REFUSED))
    return _rejected(changed, failed.text)


def _refused(order: Order, request: Request, named: Request) -> Order:
    """A refusal that comes after the request has ended, such as one of its repeat, changes nothing."""
    return _with_request(order, request, replace(named, state=RequestState.REFUSED)) if request.open else order


def _closed_here(order: Order, closed: ClosedHere) -> Order:
    """Only an order that is proven unsent, or one that nobody has found, can be closed without the broker."""
    closable = Life.UNKNOWN if closed.reason in _WITHOUT_BROKER_PROOF else Life.UNSENT
    if order.life is not closable:
        return order
    return replace(order, life=Life.CLOSED, close_reason=closed.reason, closing_seen=True, text=closed.text)


def _settle(before: Order, order: Order, evidence: Evidence) -> Order:
    """Draw what follows: full fills close, a fill after a close is marked, open requests of a closed order end."""
    if order.filled > order.quantity:
        order = _mark(order, Anomaly.OVERFILLED)
    if order.filled > before.filled and before.life is Life.CLOSED:
        order = _fill_after_close(order, evidence)
    if order.filled >= order.quantity:
        order = replace(order, life=Life.CLOSED, close_reason=CloseReason.FILLED, quarantined=False)
    if order.filled + order.cancelled > order.quantity:
        order = replace(order, cancelled=max(0, order.quantity - order.filled))
    return _end_requests(order) if order.life is Life.CLOSED else order


def _fill_after_close(order: Order, evidence: Evidence) -> Order:
    """LC-27, LC-28: always booked; after a close that allows no fill, what is left is held until proof comes.

    A closing word that tells of the fill itself is that proof, and may never come again.
    """
    if order.close_reason in (CloseReason.CANCELED, CloseReason.FILLED):
        return order
    marked = _mark(order, Anomaly.FILL_AFTER_CLOSE)
    if isinstance(evidence, BrokerReport) and evidence.state in _CLOSING_WORDS:
        return marked
    return replace(marked, quarantined=True, cancelled=0)


def _end_requests(order: Order) -> Order:
    canceled = order.close_reason in (CloseReason.CANCELED, CloseReason.CANCELED_UNSENT)
    end = RequestState.DONE if canceled else RequestState.TOO_LATE
    ended = tuple(replace(r, state=end) if r.action is not Action.SUBMIT and r.open else r for r in order.requests)
    return replace(order, requests=ended)


def _mark(order: Order, anomaly: Anomaly) -> Order:
    return order if anomaly in order.anomalies else replace(order, anomalies=(*order.anomalies, anomaly))


def _with_request(order: Order, old: Request, new: Request) -> Order:
    return replace(order, requests=tuple(new if r is old else r for r in order.requests))
