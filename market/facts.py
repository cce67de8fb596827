"""What decides an order beyond the day's reference data: today's trading, and the investor's other orders."""

from dataclasses import dataclass
from datetime import datetime

from market.vocabulary import OrderType, Side


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """A live order of the same investor, in any account; `entered_at` lies ahead while it is held for its phase."""

    order_id: str
    symbol: str
    side: Side
    order_type: OrderType
    price: int | None
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class TradingFacts:
    """None means not known, and what needs it is not checked.

    `traded_today`: a round lot was matched today. `foreign_room`: shares now; without it the morning's count.
    """

    traded_today: bool | None = None
    foreign_investor: bool = False
    foreign_room: int | None = None
    own_orders: tuple[OwnOrder, ...] = ()


NO_FACTS = TradingFacts()
