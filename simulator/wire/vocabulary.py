"""SSI's spelling of sides, times and order rows, shared by its books and its stream."""

from datetime import datetime

from market.vocabulary import Exchange, OrderType, Side
from simulator.broker_order import BrokerOrder, OrderStatus
from simulator.switches import HoseMarketOrder, Switches
from simulator.symbols import LISTINGS

SIDES = {"B": Side.BUY, "S": Side.SELL}
_ON_HOSE = frozenset(listing.symbol for listing in LISTINGS if listing.exchange is Exchange.HOSE)
SIDE_LETTERS = {side: letter for letter, side in SIDES.items()}

Json = dict[str, object]


def milliseconds(instant: datetime) -> str:
    """Epoch milliseconds as a string, as SSI shows times of orders."""
    return str(int(instant.timestamp() * 1000))


def type_word(order_type: OrderType, symbol: str, switches: Switches) -> str:
    """What SSI calls the type of an order."""
    is_hose_market_order = order_type is OrderType.MTL and symbol in _ON_HOSE
    return switches.hose_market_order.value if is_hose_market_order else order_type.value


def read_type(word: str, symbol: str, switches: Switches) -> OrderType | None:
    """The type that a client means; None when SSI does not know the word."""
    if symbol.upper() in _ON_HOSE and word.upper() in set(HoseMarketOrder):
        return OrderType.MTL if word.upper() == switches.hose_market_order else None
    return OrderType.__members__.get(word.upper())


def order_row(order: BrokerOrder, switches: Switches) -> Json:
    """One row of orderBook, auditOrderBook and orderHistory; `isForcesell` has a small s here, unlike the stream."""
    return {
        "uniqueID": order.unique_id if switches.books_show_last_request else order.request_id,
        "orderID": order.order_id,
        "buySell": SIDE_LETTERS[order.side],
        "price": float(order.price),
        "quantity": order.quantity,
        "filledQty": order.filled,
        "orderStatus": order.status.value,
        "marketID": "VN",
        "inputTime": milliseconds(order.entered_at),
        "modifiedTime": milliseconds(order.modified_at),
        "instrumentID": order.symbol,
        "orderType": type_word(order.order_type, order.symbol, switches),
        "cancelQty": order.cancelled,
        "avgPrice": order.average_price,
        "isForcesell": None,
        "isShortsell": None,
        "rejectReason": order.reject_reason,
    }


def audit_row(order: BrokerOrder, switches: Switches) -> Json:
    """An order row with the last request on it that was refused."""
    row = order_row(order, switches)
    failed = order.last_error
    row["lastErrorEvent"] = failed and {
        **order_row(order, switches),
        "uniqueID": failed.request_id,
        "orderStatus": OrderStatus.RJ.value,
        "modifiedTime": milliseconds(failed.at),
        "rejectReason": failed.reason,
    }
    return row
