"""The broker's record of one order, as its books and its stream show it: an immutable value, replaced by each step."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from market.fees import FeeSchedule
from market.order_types import Remainder, type_row
from market.reserve import cash_for
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
    WM = "WM"
    WC = "WC"


CLOSED_STATUSES = frozenset({OrderStatus.FF, OrderStatus.FFPC, OrderStatus.CL, OrderStatus.RJ, OrderStatus.EX})
RESTING_STATUSES = frozenset({OrderStatus.QU, OrderStatus.PF, OrderStatus.WM, OrderStatus.WC})


@dataclass(frozen=True, slots=True)
class FailedRequest:
    """The last request on an order that was refused; the order itself is untouched by it.

    Prices and quantities are those of the order when the request failed.
    """

    request_id: str
    code: str
    reason: str
    at: datetime
    price: int = 0
    quantity: int = 0
    filled: int = 0
    cancelled: int = 0
    filled_value: int = 0


@dataclass(frozen=True, slots=True)
class BrokerOrder:
    """Price and value in VND, quantities in shares; `request_id` made the order, `unique_id` touched it last.

    `executions` are the shares filled at each price, as they count after busts and corrections.
    `reserve_price` is what an open buy keeps per share, `sequence` its place in time at the exchange since `sent_at`.
    """

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
    reserve_price: int = 0
    sent_at: datetime | None = None
    lives_until: datetime | None = None
    previous_order_id: str = ""
    executions: dict[int, int] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.status not in CLOSED_STATUSES

    @property
    def is_resting(self) -> bool:
        return self.status in RESTING_STATUSES

    @property
    def leaves(self) -> int:
        return self.quantity - self.filled - self.cancelled if self.is_open else 0

    @property
    def resting_status(self) -> OrderStatus:
        return OrderStatus.PF if self.filled else OrderStatus.QU

    @property
    def average_price(self) -> float:
        """The mean execution price as SSI's wire shows it; money is never computed from it."""
        return round(self.filled_value / self.filled, 2) if self.filled else 0.0


def restated(executions: Mapping[int, int], price: int, quantity: int) -> dict[int, int]:
    """The shares by price with `quantity` more at `price`, or fewer where it is negative."""
    changed = {**executions, price: executions.get(price, 0) + quantity}
    return {each: shares for each, shares in changed.items() if shares > 0}


def filled_by(order: BrokerOrder, price: int, quantity: int, at: datetime) -> BrokerOrder:
    """The order after one execution."""
    filled = order.filled + quantity
    done = OrderStatus.FFPC if order.cancelled else OrderStatus.FF
    return replace(
        order,
        filled=filled,
        filled_value=order.filled_value + price * quantity,
        executions=restated(order.executions, price, quantity),
        status=done if filled + order.cancelled >= order.quantity else OrderStatus.PF,
        modified_at=at,
    )


def cancelled_by(order: BrokerOrder, request_id: str, at: datetime) -> BrokerOrder:
    """The order after its rest was taken back by the request `request_id`."""
    return replace(
        order,
        cancelled=order.cancelled + order.leaves,
        unique_id=request_id,
        status=OrderStatus.FFPC if order.filled else OrderStatus.CL,
        modified_at=at,
    )


def ended_by_exchange(order: BrokerOrder, at: datetime) -> BrokerOrder:
    """The order after the exchange took its rest away: expired if it would have waited on, else cancelled."""
    if type_row(order.order_type).remainder is Remainder.CANCELLED:
        return killed(order, at)
    return expired(order, at)


def expired(order: BrokerOrder, at: datetime) -> BrokerOrder:
    return replace(order, cancelled=order.cancelled + order.leaves, status=OrderStatus.EX, modified_at=at)


def killed(order: BrokerOrder, at: datetime) -> BrokerOrder:
    """The order after the exchange cancelled what did not trade at once, or in its auction."""
    status = OrderStatus.FFPC if order.filled else OrderStatus.CL
    return replace(order, cancelled=order.cancelled + order.leaves, status=status, modified_at=at)


def became_limit(order: BrokerOrder, price: int, at: datetime) -> BrokerOrder:
    """What is left of an MTL waits as an LO at `price` (VN-C4)."""
    return replace(order, order_type=OrderType.LO, price=price, reserve_price=price, modified_at=at)


def cash_hold(order: BrokerOrder, fees: FeeSchedule) -> int:
    """Cash an open buy keeps for its rest at its highest price, the fee of that included."""
    if order.side is Side.SELL or not order.is_open:
        return 0
    price = order.reserve_price or order.price
    return cash_for(fees, order.filled_value, order.leaves * price)


def share_hold(order: BrokerOrder) -> int:
    """Shares an open sale keeps."""
    return order.leaves if order.side is Side.SELL else 0
