"""The broker's record of one order, as its books and its stream show it: an immutable value, replaced by each step."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from market.fees import FeeSchedule, commission
from market.vocabulary import OrderType, Side


class OrderStatus(StrEnum):
    """SSI's status codes as far as this simulator reaches them."""

    IAV = "IAV"
    RS = "RS"
    SD = "SD"
    QU = "QU"
    PF = "PF"
    FF = "FF"
    FFPC = "FFPC"
    CL = "CL"
    RJ = "RJ"
    EX = "EX"


OPEN_STATUSES = frozenset({OrderStatus.IAV, OrderStatus.RS, OrderStatus.SD, OrderStatus.QU, OrderStatus.PF})
RESTING_STATUSES = frozenset({OrderStatus.QU, OrderStatus.PF})


@dataclass(frozen=True, slots=True)
class FailedRequest:
    """The last request on an order that was refused; the order itself is untouched by it."""

    request_id: str
    code: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BrokerOrder:
    """Price and value in VND, quantities in shares; `request_id` made the order, `unique_id` touched it last."""

    order_id: str
    account: str
    symbol: str
    side: Side
    order_type: OrderType
    price: int
    quantity: int
    request_id: str
    unique_id: str
    channel: str
    status: OrderStatus
    sequence: int
    entered_at: datetime
    modified_at: datetime
    filled: int = 0
    cancelled: int = 0
    filled_value: int = 0
    reject_code: str = ""
    reject_reason: str = "0"
    last_error: FailedRequest | None = None

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES

    @property
    def leaves(self) -> int:
        return self.quantity - self.filled - self.cancelled if self.is_open else 0

    @property
    def average_price(self) -> float:
        """The mean execution price as SSI's wire shows it; money is never computed from it."""
        return round(self.filled_value / self.filled, 2) if self.filled else 0.0


def filled_by(order: BrokerOrder, price: int, quantity: int, at: datetime) -> BrokerOrder:
    """The order after one execution."""
    filled = order.filled + quantity
    return replace(
        order,
        filled=filled,
        filled_value=order.filled_value + price * quantity,
        status=OrderStatus.FF if filled == order.quantity else OrderStatus.PF,
        modified_at=at,
    )


def cancelled_by(order: BrokerOrder, request_id: str, at: datetime) -> BrokerOrder:
    """The order after its rest was taken back by the request `request_id`."""
    return replace(
        order,
        cancelled=order.leaves,
        unique_id=request_id,
        status=OrderStatus.FFPC if order.filled else OrderStatus.CL,
        modified_at=at,
    )


def expired(order: BrokerOrder, at: datetime) -> BrokerOrder:
    return replace(order, cancelled=order.leaves, status=OrderStatus.EX, modified_at=at)


def cash_hold(order: BrokerOrder, fees: FeeSchedule) -> int:
    """Cash an open buy keeps: the rest at its limit, and the fee of the whole at the limit less the fee so far."""
    if order.side is Side.SELL or not order.is_open:
        return 0
    fee_of_the_whole = commission(fees, order.quantity * order.price)
    return order.leaves * order.price + fee_of_the_whole - commission(fees, order.filled_value)


def share_hold(order: BrokerOrder) -> int:
    """Shares an open sale keeps."""
    return order.leaves if order.side is Side.SELL else 0
