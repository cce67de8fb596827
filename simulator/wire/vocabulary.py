"""SSI's spelling of sides, times and order rows, shared by its books and its stream."""

from datetime import datetime

from market.vocabulary import Side
from simulator.broker_order import BrokerOrder, OrderStatus

SIDES = {"B": Side.BUY, "S": Side.SELL}
SIDE_LETTERS = {side: letter for letter, side in SIDES.items()}

Json = dict[str, object]


def milliseconds(instant: datetime) -> str:
    """Epoch milliseconds as a string, as SSI shows times of orders."""
    return str(int(instant.timestamp() * 1000))


def order_row(order: BrokerOrder) -> Json:
    """One row of orderBook, auditOrderBook and orderHistory; `isForcesell` has a small s here, unlike the stream."""
    return {
        "uniqueID": order.unique_id,
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
        "orderType": order.order_type.value,
        "cancelQty": order.cancelled,
        "avgPrice": order.average_price,
        "isForcesell": None,
        "isShortsell": None,
        "rejectReason": order.reject_reason,
    }


def audit_row(order: BrokerOrder) -> Json:
    """An order row with the last request on it that was refused."""
    row = order_row(order)
    failed = order.last_error
    row["lastErrorEvent"] = failed and {
        **order_row(order),
        "uniqueID": failed.request_id,
        "orderStatus": OrderStatus.RJ.value,
        "modifiedTime": milliseconds(failed.at),
        "rejectReason": failed.reason,
    }
    return row
