"""What reaches the broker: requests of its client, already read from the wire, and orders of other participants."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from market.vocabulary import OrderType, Side


@dataclass(frozen=True, slots=True)
class NewOrder:
    """Price in VND, 0 where the type has none."""

    request_id: str
    account: str
    symbol: str
    side: Side
    order_type: OrderType
    price: int
    quantity: int
    channel: str
    name: Literal["NewOrder"] = "NewOrder"


@dataclass(frozen=True, slots=True)
class CancelOrder:
    request_id: str
    account: str
    order_id: str
    symbol: str
    side: Side
    name: Literal["CancelOrder"] = "CancelOrder"


@dataclass(frozen=True, slots=True)
class ModifyOrder:
    """Price (VND) and whole quantity as they shall be; 0 as price where the order has none."""

    request_id: str
    account: str
    order_id: str
    symbol: str
    side: Side
    order_type: OrderType
    price: int
    quantity: int
    name: Literal["ModifyOrder"] = "ModifyOrder"


Command = NewOrder | ModifyOrder | CancelOrder


@dataclass(slots=True)
class ParticipantOrder:
    """An order that somebody else was told to place through `/control`; kept like a client's order."""

    order_id: str
    symbol: str
    side: Side
    price: int
    quantity: int
    leaves: int
    sequence: int
    order_type: OrderType = OrderType.LO
    lives_until: datetime | None = None
