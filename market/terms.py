"""What an order asks of the exchange, before anybody has answered."""

from dataclasses import dataclass

from market.vocabulary import Exchange, OrderType, Side


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """Price in VND; None for the types that carry no price (VN-A4)."""

    symbol: str
    exchange: Exchange
    side: Side
    order_type: OrderType
    quantity: int
    price: int | None
