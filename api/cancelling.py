"""Cancelling an order: one open cancel serves everybody who asks for one, and a closed order answers at once."""

from api.cancel_phases import refuse_unless_allowed
from api.change_bodies import ChangeOutcome
from api.changing import ChangeAnswer, Known, change_order, closed_because, known_of, own_request
from api.finding import Booked, Found
from api.order_gateway import NoAnswer
from api.resources import Deadline, Resources
from orders.commands import CancelOrder
from orders.order import CloseReason, Life, Order

_CANCELED = frozenset({CloseReason.CANCELED, CloseReason.CANCELED_UNSENT})


async def cancel_order(
    cancel: CancelOrder, found: Found, resources: Resources, deadline: Deadline
) -> ChangeAnswer | NoAnswer:
    """The outcome of the wish. Raises the problem of a cancel that the phase does not take."""
    if isinstance(found, Booked):
        known = _settled(found.stored.order, cancel.intent_id)
        if known is not None:
            return ChangeAnswer(known, found)
        await refuse_unless_allowed(found.stored, resources, deadline)

    def judge(order: Order, handled: bool) -> Known | None:  # noqa: FBT001 - as `Judge` says
        known = _settled(order, cancel.intent_id)
        return _of_shared_cancel(order) if known is None and handled else known

    return await change_order(cancel, found, resources, deadline, judge)


def _settled(order: Order, intent_id: str) -> Known | None:
    own = own_request(order, intent_id)
    if own is not None and not own.open:
        return known_of(order, own)
    if order.life is not Life.CLOSED:
        return None
    if order.close_reason in _CANCELED:
        return Known(ChangeOutcome.DONE)
    return Known(ChangeOutcome.TOO_LATE, closed_because(order))


def _of_shared_cancel(order: Order) -> Known | None:
    """One open cancel serves every further press (LC-44): once ours was handled, the last outcome is ours too."""
    last = order.last_cancel
    return None if last is None or last.open else known_of(order, last)
