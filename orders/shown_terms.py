"""Which terms and which id the broker's order has by its own word, told apart from words that are older.

New terms count from the broker's proof only (LC-54), and whatever terms it shows are followed.
"""

from dataclasses import replace

from market.terms import OrderTerms
from market.vocabulary import OrderType
from orders.evidence import BrokerReport, BrokerState
from orders.order import Action, Anomaly, Order, Request, RequestState

# What is on its way to the exchange is not its word yet: SSI shows RS with an amendment's terms before they count.
_TELLS_NO_TERMS = frozenset(
    {BrokerState.PENDING, BrokerState.AMEND_PENDING, BrokerState.REJECTED, BrokerState.UNRECOGNISED}
)
_RESTS = frozenset({BrokerState.WORKING, BrokerState.CANCEL_PENDING})


def known_under(order: Order, report: BrokerReport) -> Order:
    """Follow the broker to a new id of its order; the first is known before anything is amended (LC-62)."""
    new, known = report.broker_order_id, order.broker_order_id
    if not new or new == known or new in order.superseded_broker_order_ids:
        return order
    chain = (*order.superseded_broker_order_ids, known) if known else ()
    return replace(order, broker_order_id=new, superseded_broker_order_ids=chain)


def follow_terms(order: Order, report: BrokerReport, *, certain: bool = False) -> Order:
    """Take over the terms that `report` proves; `certain` when it cannot be older than the open amendment."""
    if report.state in _TELLS_NO_TERMS or not report.quantity:
        return order
    order = _with_limit_of_remainder(order, report)
    shown = _shown(order.terms, report)
    amend = order.open_amend
    if amend is not None and amend.in_flight and _confirms(order, amend, shown, report, certain=certain):
        return _on(order, shown).with_request(amend, replace(amend, state=RequestState.DONE))
    is_last = certain or _is_filled(report) or _is_news_of_last_amend(order, report)
    is_old = shown in order.past_terms and not is_last
    return order if shown == order.terms or is_old else _from_elsewhere(order, shown, report)


def tells(report: BrokerReport, amend: Request) -> bool:
    """Whether `report` can show that what `amend` wants changed has not been."""
    changes_price = amend.amendment is not None and amend.amendment.price is not None
    return report.state not in _TELLS_NO_TERMS and bool(report.quantity) and not (changes_price and not report.price)


def proven_by_fills(order: Order) -> Order:
    """More fills than the old quantity allows prove that an amendment on its way to a larger one was taken."""
    amend = order.open_amend
    if amend is None or not amend.in_flight:
        return order
    wanted = amend.wanted(order.terms)
    if not order.quantity < order.filled <= wanted.quantity:
        return order
    return _on(order, wanted).with_request(amend, replace(amend, state=RequestState.DONE))


def _with_limit_of_remainder(order: Order, report: BrokerReport) -> Order:
    """What an MTL leaves rests as a limit order at the price that the broker echoes (VN-C4, LC-72)."""
    is_remainder = order.terms.order_type is OrderType.MTL and report.filled > 0 and report.state in _RESTS
    if order.terms.price is not None or not report.price or not is_remainder:
        return order
    return _on(order, replace(order.terms, price=report.price))


def _shown(terms: OrderTerms, report: BrokerReport) -> OrderTerms:
    """A price on an order that has none says nothing: SSI fills the field with what it likes."""
    told = report.price if report.price and terms.price is not None else terms.price
    return replace(terms, price=told, quantity=report.quantity)


def _confirms(order: Order, amend: Request, shown: OrderTerms, report: BrokerReport, *, certain: bool) -> bool:
    """A quantity below what has traded is trimmed to that (LC-56). Terms that the order had before may be old news."""
    wanted = amend.wanted(order.terms)
    trimmed = replace(wanted, quantity=max(wanted.quantity, order.filled))
    is_news = shown != order.terms
    if certain or report.request_id == amend.request_id:
        return shown == wanted or (is_news and shown == trimmed)
    is_old = shown in order.past_terms and not _is_filled(report)
    return is_news and shown in (wanted, trimmed) and not is_old


def _is_filled(report: BrokerReport) -> bool:
    """Nothing changes the terms of an order that has traded whole: they are its last ones, though it had them before
    (LC-56)."""
    return report.state is BrokerState.FILLED and report.filled == report.quantity


def _is_news_of_last_amend(order: Order, report: BrokerReport) -> bool:
    """Words under the last amendment's id are never older than it, even if it had ended here without them."""
    sent = [each for each in order.requests if each.action is Action.AMEND and each.request_id]
    return bool(sent) and sent[-1].request_id == report.request_id and sent[-1].state is not RequestState.DONE


def _from_elsewhere(order: Order, shown: OrderTerms, report: BrokerReport) -> Order:
    """Terms that nobody waited for: of an amendment that had ended here, or of somebody at the broker's own screen."""
    request = order.request(report.request_id)
    changed = _on(order, shown)
    if request is None or request.action is not Action.AMEND:
        return changed.marked(Anomaly.UNEXPECTED_TERMS)
    was_expected = request.state is RequestState.TOO_LATE and shown == request.wanted(order.terms)
    changed = changed.with_request(request, replace(request, state=RequestState.DONE))
    return changed if was_expected else changed.marked(Anomaly.UNEXPECTED_TERMS)


def _on(order: Order, shown: OrderTerms) -> Order:
    """The order now works on `shown`; fills on its way may still carry the terms before."""
    terms = replace(shown, quantity=max(shown.quantity, order.filled))
    return replace(order.with_terms(terms), past_terms=(*order.past_terms, order.terms))
