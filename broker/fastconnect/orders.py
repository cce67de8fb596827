"""The bodies of NewOrder and CancelOrder with exactly SSI's fields (FastConnect Trading Specs 2.4, 5.5 and 5.9).

They are made as bytes, since the signature covers the body exactly as it is sent.
"""

import json

from broker.fastconnect.credentials import Credentials
from broker.port import CancelRequest, SubmitRequest
from market.vocabulary import Side

NEW_ORDER = "api/v2/Trading/NewOrder"
CANCEL_ORDER = "api/v2/Trading/CancelOrder"

_EQUITIES = "VN"
_CHANNEL = "TA"
_SIDES = {Side.BUY: "B", Side.SELL: "S"}


def new_order(request: SubmitRequest, credentials: Credentials) -> bytes:
    """`price` is full VND and 0 for the types that carry none; `code` stays empty, the token has passed it."""
    terms = request.terms
    return _encoded(
        {
            "account": request.account,
            "requestID": request.request_id,
            "instrumentID": terms.symbol,
            "market": _EQUITIES,
            "buySell": _SIDES[terms.side],
            "orderType": terms.order_type.value,
            "price": terms.price or 0,
            "quantity": terms.quantity,
            "stopOrder": False,
            "stopPrice": 0,
            "stopType": "",
            "stopStep": 0,
            "lossStep": 0,
            "profitStep": 0,
            "channelID": _CHANNEL,
            "code": "",
            "deviceId": credentials.device_id,
            "userAgent": credentials.user_agent,
        }
    )


def cancel_order(request: CancelRequest, credentials: Credentials) -> bytes:
    """SSI says `marketID` here and `market` in NewOrder."""
    return _encoded(
        {
            "account": request.account,
            "requestID": request.request_id,
            "orderID": request.broker_order_id,
            "marketID": _EQUITIES,
            "instrumentID": request.terms.symbol,
            "buySell": _SIDES[request.terms.side],
            "code": "",
            "deviceId": credentials.device_id,
            "userAgent": credentials.user_agent,
        }
    )


def _encoded(body: dict[str, str | int | bool]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
