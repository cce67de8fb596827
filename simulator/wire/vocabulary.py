"""SSI's spelling of sides, times and order rows, shared by its books and its stream."""

from dataclasses import replace
from datetime import datetime

from market.vocabulary import Exchange, OrderType, Side
from simulator.broker_order import BrokerOrder, FailedRequest, OrderStatus
from simulator.switches import ExternalOrders, HoseMarketOrder, Switches
from simulator.symbols import LISTINGS

SIDES = {"B": Side.BUY, "S": Side.SELL}
_ON_HOSE = frozenset(listing.symbol for listing in LISTINGS if listing.exchange is Exchange.HOSE)
SIDE_LETTERS = {side: letter for letter, side in SIDES.items()}

API_CHANNEL = "TA"

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


def shown_id(order: BrokerOrder, request_id: str, switches: Switches) -> str | None:
    """A request id as SSI shows it; None for the one that made an order which no API client sent, if SSI has none."""
    is_hidden = switches.external_orders is ExternalOrders.NO_REQUEST_ID and order.channel != API_CHANNEL
    return None if is_hidden and request_id == order.request_id else request_id


def order_row(order: BrokerOrder, switches: Switches) -> Json:
    """One row of orderBook, auditOrderBook and orderHistory; `isForcesell` has a small s here, unlike the stream."""
    return {
        "uniqueID": shown_id(
            order, order.unique_id if switches.books_show_last_request else order.request_id, switches
        ),
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
        **order_row(_as_it_was(order, failed), switches),
        "uniqueID": failed.request_id,
        "orderStatus": OrderStatus.RJ.value,
        "modifiedTime": milliseconds(failed.at),
        "rejectReason": failed.reason,
    }
    return row


def _as_it_was(order: BrokerOrder, failed: FailedRequest) -> BrokerOrder:
    """What has happened to the order since then is not in the event."""
    return replace(
        order,
        price=failed.price,
        quantity=failed.quantity,
        filled=failed.filled,
        cancelled=failed.cancelled,
        filled_value=failed.filled_value,
    )
