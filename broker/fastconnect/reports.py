"""SSI's order items, as its stream and its books both write them, in our words: status codes and `BrokerReport`."""

from broker.fastconnect.wire_values import Fields, WrongField, rounded
from broker.port import BookTerms
from market.vocabulary import OrderType, Side
from orders.evidence import BrokerReport, BrokerState

DERIVATIVES = "VNFE"
_NO_REASON = "0"

# FastConnect Trading Specs 2.4, 7.2. A code that is not here (conditional orders, later additions) is UNRECOGNISED.
_STATES = {
    "WA": BrokerState.PENDING,
    "RS": BrokerState.PENDING,
    "SD": BrokerState.PENDING,
    "IAV": BrokerState.HELD,
    "QU": BrokerState.WORKING,
    "PF": BrokerState.WORKING,
    "WM": BrokerState.AMEND_PENDING,
    "WC": BrokerState.CANCEL_PENDING,
    "FF": BrokerState.FILLED,
    "FFPC": BrokerState.CANCELED,
    "CL": BrokerState.CANCELED,
    "RJ": BrokerState.REJECTED,
    "EX": BrokerState.EXPIRED,
}
_SIDES = {"B": Side.BUY, "S": Side.SELL}
_ORDER_TYPES = {**OrderType.__members__, "MP": OrderType.MTL}


def state_of(code: str) -> BrokerState:
    """The case of SSI's codes varies."""
    return _STATES.get(code.upper(), BrokerState.UNRECOGNISED)


def symbol_of(item: Fields) -> str:
    """Empty where the item does not tell it."""
    return item.text("instrumentID").upper()


def side_of(item: Fields) -> Side | None:
    return _SIDES.get(item.text("buySell").upper())


def request_id_of(item: Fields) -> str:
    """The request that touched the order last, or the one that placed it; empty where the item tells neither."""
    return item.text("uniqueID") or item.text("origRequestID")


def read_report(item: Fields) -> BrokerReport:
    """One order item. Raises `WrongField` when what the house must know is missing."""
    filled = item.shares("filledQty")
    return BrokerReport(
        broker_order_id=item.text("orderID"),
        request_id=request_id_of(item),
        state=state_of(item.needed_text("orderStatus")),
        quantity=item.shares("quantity"),
        filled=filled,
        filled_value=_filled_value(item, filled),
        cancelled=item.shares("cancelQty"),
        text=reason(item),
        price=_limit(item),
    )


def read_terms(item: Fields, report: BrokerReport) -> BookTerms | None:
    """What the order asks for. A price beside a type that has none is one of SSI's own; HOSE's MP is today's MTL."""
    side, order_type = side_of(item), _ORDER_TYPES.get(item.text("orderType").upper())
    symbol = symbol_of(item)
    price = report.price if order_type is OrderType.LO else None
    if side is None or order_type is None or not symbol or not report.quantity:
        return None
    if order_type is OrderType.LO and price is None:
        return None
    return BookTerms(symbol, side, order_type, report.quantity, price)


def _limit(item: Fields) -> int | None:
    """The order's price in VND; 0 is none, and so is what cannot be read: it must not hide the fill beside it. On types
    without a price SSI fills in one of its own."""
    try:
        return item.price("price") or None
    except WrongField:
        return None


def reason(item: Fields) -> str:
    """`rejectReason`, where "0" means none."""
    text = item.text("rejectReason")
    return "" if text == _NO_REASON else text


def _filled_value(item: Fields, filled: int) -> int:
    if filled == 0:
        return 0
    average = item.average_price("avgPrice")
    if not average:
        raise WrongField(f"avgPrice is {average} although {filled} shares were filled")
    return rounded(average * filled)
