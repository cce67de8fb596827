"""HNX's post-close trading: both sides meet at the closing price, by time (VN-D3)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from market.calendar import TradingCalendar, day_of
from market.matching import BookOrder, Trade, pair
from market.phases import phases_of
from market.vocabulary import Exchange, PhaseName, Side

CLOSE_IS_TOLD = timedelta(seconds=5)
"""So long after the closing auction a last price can still be the one before it (our choice)."""


def post_close_trades(orders: Sequence[BookOrder], closing_price: int) -> tuple[Trade, ...]:
    """`orders` in the order of their time; sources disagree on the allocation, time is our reading."""
    buys = [order for order in orders if order.side is Side.BUY]
    sells = [order for order in orders if order.side is Side.SELL]
    return pair(buys, sells, closing_price)


def closing_price(
    exchange: Exchange, last_price: int, told_at: datetime, now: datetime, calendar: TradingCalendar
) -> int | None:
    """The day's close, which is the last price once the closing auction is over; None while it is not known (VN-C7)."""
    today = phases_of(exchange, day_of(now), calendar=calendar)
    ends = [phase.end for phase in today if phase.name is PhaseName.CLOSE_AUCTION]
    return last_price if ends and told_at >= ends[-1] + CLOSE_IS_TOLD else None
