"""The bodies of NewOrder, ModifyOrder and CancelOrder with exactly SSI's fields (FastConnect Trading Specs 2.4, 5).

They are made as bytes, since the signature covers the body exactly as it is sent.
"""

import json
from typing import assert_never

from broker.fastconnect.credentials import Credentials
from broker.fastconnect.unknowns import PartFilledAmend, SsiBehaviour
from broker.port import AmendRequest, CancelRequest, OwnRefusal, Refused, SubmitRequest
from market.terms import OrderTerms
from market.vocabulary import Exchange, OrderType, Side

NEW_ORDER = "api/v2/Trading/NewOrder"
MODIFY_ORDER = "api/v2/Trading/ModifyOrder"
CANCEL_ORDER = "api/v2/Trading/CancelOrder"

_EQUITIES = "VN"
_CHANNEL = "TA"
_SIDES = {Side.BUY: "B", Side.SELL: "S"}


def new_order(request: SubmitRequest, credentials: Credentials, behaviour: SsiBehaviour) -> bytes:
    """`price` is full VND and 0 for the types that carry none; `code` stays empty, the token has passed it."""
    terms = request.terms
    return _encoded(
        {
            "account": request.account,
            "requestID": request.request_id,
            "instrumentID": terms.symbol,
            "market": _EQUITIES,
            "buySell": _SIDES[terms.side],
            "orderType": _order_type(terms, behaviour),
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


def modify_order(request: AmendRequest, credentials: Credentials, behaviour: SsiBehaviour) -> bytes | Refused:
    """Price and quantity as they shall be, the unchanged one too; refused where it is not known what SSI would take
    the quantity for (SSI-U15)."""
    amended = request.amended
    quantity = _amended_quantity(request, behaviour)
    if isinstance(quantity, Refused):
        return quantity
    return _encoded(
        {
            "account": request.account,
            "requestID": request.request_id,
            "orderID": request.broker_order_id,
            "marketID": _EQUITIES,
            "instrumentID": amended.symbol,
            "price": amended.price or 0,
            "quantity": quantity,
            "buySell": _SIDES[amended.side],
            "orderType": _order_type(amended, behaviour),
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


def _amended_quantity(request: AmendRequest, behaviour: SsiBehaviour) -> int | Refused:
    whole = request.amended.quantity
    if not request.filled:
        return whole
    # A new price alone sends "the unchanged one as is" (Specs 5.7): the whole quantity that SSI's book shows.
    only_price = whole == request.terms.quantity and behaviour.part_filled_amend is PartFilledAmend.UNVERIFIED
    if only_price:
        return whole
    match behaviour.part_filled_amend:
        case PartFilledAmend.WHOLE_QUANTITY:
            return whole
        case PartFilledAmend.OPEN_QUANTITY:
            return whole - request.filled
        case PartFilledAmend.UNVERIFIED:
            return Refused(
                OwnRefusal.AMEND_QUANTITY_PART_FILLED,
                f"{request.filled} shares have traded, and it is not verified how SSI counts them in an amendment:"
                " cancel the rest and place a new order",
            )
        case _:
            assert_never(behaviour.part_filled_amend)


def _order_type(terms: OrderTerms, behaviour: SsiBehaviour) -> str:
    if terms.order_type is OrderType.MTL and terms.exchange is Exchange.HOSE:
        return behaviour.hose_market_order
    return terms.order_type.value


def _encoded(body: dict[str, str | int | bool]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
