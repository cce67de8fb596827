"""HNX's post-close trading: both sides meet at the closing price, by time (VN-D3)."""

from collections.abc import Sequence

from market.matching import BookOrder, Trade, pair
from market.vocabulary import Side


def post_close_trades(orders: Sequence[BookOrder], closing_price: int) -> tuple[Trade, ...]:
    """`orders` in the order of their time; sources disagree on the allocation, time is our reading."""
    buys = [order for order in orders if order.side is Side.BUY]
    sells = [order for order in orders if order.side is Side.SELL]
    return pair(buys, sells, closing_price)
