"""The public status of an order: a pure function of its facts, with FIX's precedence."""

from enum import StrEnum
from typing import assert_never

from orders.order import CloseReason, Life, Order


class Status(StrEnum):
    """What people and client programs see; `pending` covers everything sent and not yet proven."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    PENDING = "pending"
    WORKING = "working"
    PARTIALLY_FILLED = "partially_filled"
    PENDING_CANCEL = "pending_cancel"
    PENDING_REPLACE = "pending_replace"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    DENIED = "denied"


CLOSED_STATUSES = frozenset({Status.FILLED, Status.CANCELED, Status.EXPIRED, Status.REJECTED, Status.DENIED})


class Progress(StrEnum):
    """How far an order has provably come (API-05)."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


def status(order: Order) -> Status:
    if order.life is Life.CLOSED:
        return _closed(order)
    if order.open_cancel is not None:
        return Status.PENDING_CANCEL
    if order.open_amend is not None:
        return Status.PENDING_REPLACE
    match order.life:
        case Life.UNSENT:
            return Status.ACCEPTED
        case Life.SENDING | Life.UNKNOWN:
            return Status.PENDING
        case Life.LIVE:
            return _live(order)
        case _:
            assert_never(order.life)


def progress(order: Order) -> Progress:
    match order.life:
        case Life.UNSENT:
            return Progress.ACCEPTED
        case Life.SENDING | Life.UNKNOWN:
            return Progress.SENT
        case Life.LIVE:
            return Progress.ACKNOWLEDGED if order.acknowledged else Progress.SENT
        case Life.CLOSED:
            return Progress.CLOSED
        case _:
            assert_never(order.life)


def _live(order: Order) -> Status:
    if order.filled:
        return Status.PARTIALLY_FILLED
    return Status.WORKING if order.acknowledged else Status.PENDING


def _closed(order: Order) -> Status:
    match order.close_reason:
        case CloseReason.FILLED:
            return Status.FILLED
        case CloseReason.DENIED | CloseReason.TOO_OLD | CloseReason.PHASE_CLOSED:
            return Status.DENIED
        case CloseReason.CANCELED | CloseReason.CANCELED_UNSENT | CloseReason.NOT_RECEIVED:
            return Status.CANCELED
        case CloseReason.EXPIRED:
            return Status.EXPIRED
        case CloseReason.REJECTED:
            return Status.REJECTED
        case None:
            raise ValueError(f"order {order.order_id} is closed without a reason")
        case _:
            assert_never(order.close_reason)
