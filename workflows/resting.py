"""How long the broker wants a request of the order not to be sent again: the limit that it named when it took none."""

from datetime import datetime, timedelta

from orders.next_step import Step
from orders.order import Order
from orders.stored import StoredOrder, good_until


def told_to_wait(order: Order, step: Step) -> timedelta:
    """What the answer to the last request of `step` said; nothing for a step that sends nothing."""
    match step:
        case Step.SUBMIT:
            request = order.last_submit
        case Step.CANCEL:
            request = order.open_cancel
        case Step.AMEND:
            request = order.open_amend
        case _:
            request = None
    return timedelta(seconds=0 if request is None else request.wait_seconds)


def useful_wait(stored: StoredOrder, step: Step, until: datetime, now: datetime) -> timedelta:
    """To `until`, but no longer than a new order may still be sent at all."""
    ends = min(until, good_until(stored)) if step is Step.SUBMIT else until
    return max(timedelta(0), ends - now)
