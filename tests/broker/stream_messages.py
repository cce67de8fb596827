"""Messages of the trading stream as SSI writes them, to be changed field by field."""

import json
from collections.abc import Mapping

Json = Mapping[str, object]


def order_event(**changes: object) -> str:
    data: dict[str, object] = {
        "orderID": "20417733",
        "notifyID": 51,
        "instrumentID": "FPT",
        "uniqueID": "10000001",
        "buySell": "B",
        "orderType": "LO",
        "ipAddress": "10.0.0.1",
        "price": 98500.0,
        "prefix": "w38",
        "quantity": 200,
        "marketID": "VN",
        "origOrderId": "",
        "account": "0712341",
        "cancelQty": 0,
        "osQty": 200,
        "filledQty": 0,
        "avgPrice": 0.0,
        "channel": "TA",
        "inputTime": "1606277281849",
        "modifiedTime": "1606277281850",
        "isForceSell": "F",
        "isShortSell": "F",
        "orderStatus": "RS",
        "rejectReason": "0",
        "origRequestID": "10000001",
        "stopOrder": False,
    }
    return message("orderEvent", data, changes)


def match_event(**changes: object) -> str:
    data: dict[str, object] = {
        "orderID": "20417733",
        "notifyID": 54,
        "instrumentID": "FPT",
        "uniqueID": "10000001",
        "buySell": "B",
        "matchPrice": 98500.0,
        "ipAddress": "10.0.0.1",
        "matchQty": 100,
        "prefix": "w38",
        "account": "0712341",
        "matchTime": "1606277281849",
    }
    return message("orderMatchEvent", data, changes)


def short_order_error(**changes: object) -> str:
    """The older form that the same document still shows."""
    data: dict[str, object] = {
        "message": "Price 1,600.00 exceeds ceiling price 808.50!",
        "notifyID": 0,
        "data": None,
        "errorCode": "ERR500",
        "uniqueID": "10000001",
        "connectionID": "",
        "ipAddress": "10.0.0.1",
        "prefix": "w38",
    }
    return message("orderError", data, changes)


def message(kind: str, data: Json, changes: Json) -> str:
    """`data` with `changes`; a change to `...` takes the field away."""
    changed = {name: value for name, value in {**data, **changes}.items() if value is not ...}
    return json.dumps({"type": kind, "data": changed})
