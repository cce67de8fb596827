"""An exchange at work on one board: every trade and every price comes from `market`, the book only carries it out."""

from market.auction import Cross, cross
from market.matching import Matched, PriceGrid, Trade, match
from market.post_close import post_close_trades
from market.vocabulary import OrderType, Side
from simulator.book import Book, Resting


def enter_continuous(book: Book, order: Resting, grid: PriceGrid) -> Matched:
    """Match an arriving order; what `market` says rests is in the book afterwards, as a limit order."""
    matched = match(order.seen, book.front(other(order.side), order.leaves), grid)
    for trade in matched.trades:
        book.trade(trade.sell_id if order.side is Side.BUY else trade.buy_id, trade.quantity)
    order.leaves = matched.resting
    if matched.resting:
        order.price, order.order_type = matched.resting_price, OrderType.LO
        book.add(order)
    return matched


def hold_auction(book: Book, last_price: int, grid: PriceGrid) -> Cross:
    """Cross everything in the book at one price; what did not trade stays in it."""
    crossed = trial_auction(book, last_price, grid)
    _carry_out(book, crossed.trades)
    return crossed


def trial_auction(book: Book, last_price: int, grid: PriceGrid) -> Cross:
    """What the auction would come to now."""
    return cross(book.in_time_order(), last_price, grid)


def match_after_close(book: Book, closing_price: int) -> tuple[Trade, ...]:
    """Let the post-close orders in the book meet at the closing price."""
    waiting = [order for order in book.in_time_order() if order.order_type is OrderType.PLO]
    trades = post_close_trades(waiting, closing_price)
    _carry_out(book, trades)
    return trades


def other(side: Side) -> Side:
    return Side.SELL if side is Side.BUY else Side.BUY


def _carry_out(book: Book, trades: tuple[Trade, ...]) -> None:
    for trade in trades:
        book.trade(trade.buy_id, trade.quantity)
        book.trade(trade.sell_id, trade.quantity)
