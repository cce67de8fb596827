"""The trading stream's messages: orderEvent, orderError and orderMatchEvent with SSI's field names."""

import json
from typing import assert_never

from simulator.broker_order import BrokerOrder
from simulator.commands import Command, NewOrder
from simulator.order_entry import PREFIX
from simulator.records import StreamMessage
from simulator.reports import MatchReport, OrderReport, RefusalReport, Report
from simulator.wire.vocabulary import SIDE_LETTERS, Json, milliseconds

_NO_STOP: Json = {"stopOrder": False, "stopPrice": 0.0, "stopType": "", "stopStep": 0.0, "profitPrice": 0.0}
_IP_ADDRESS = "127.0.0.1"


def message_of(report: Report) -> StreamMessage:
    """The message a report becomes, as the JSON text that the hub broadcasts."""
    match report:
        case OrderReport():
            kind, data = "orderEvent", _order_event(report)
        case MatchReport():
            kind, data = "orderMatchEvent", _match_event(report)
        case RefusalReport():
            kind, data = "orderError", _order_error(report)
        case _ as never:
            assert_never(never)
    text = json.dumps({"type": kind, "data": data}, separators=(",", ":"))
    return StreamMessage(report.trading_date, report.notify_id, report.account, text, report.symbol)


def _order_event(report: OrderReport) -> Json:
    order = report.order
    return {
        "orderID": order.order_id,
        "notifyID": report.notify_id,
        "instrumentID": order.symbol,
        "uniqueID": order.unique_id,
        "buySell": SIDE_LETTERS[order.side],
        "orderType": order.order_type.value,
        "ipAddress": _IP_ADDRESS,
        "price": float(order.price),
        "prefix": PREFIX,
        "quantity": order.quantity,
        "marketID": "VN",
        "origOrderId": order.previous_order_id,
        "account": order.account,
        "cancelQty": order.cancelled,
        "osQty": order.leaves,
        "filledQty": order.filled,
        "avgPrice": order.average_price,
        "channel": order.channel,
        "inputTime": milliseconds(order.entered_at),
        "modifiedTime": milliseconds(order.modified_at),
        "isForceSell": "F",
        "isShortSell": "F",
        "orderStatus": order.status.value,
        "rejectReason": order.reject_reason,
        "origRequestID": order.request_id,
        **_NO_STOP,
    }


def _match_event(report: MatchReport) -> Json:
    order = report.order
    return {
        "orderID": order.order_id,
        "notifyID": report.notify_id,
        "instrumentID": order.symbol,
        "uniqueID": order.unique_id,
        "buySell": SIDE_LETTERS[order.side],
        "matchPrice": float(report.price),
        "ipAddress": _IP_ADDRESS,
        "matchQty": report.quantity,
        "prefix": PREFIX,
        "account": order.account,
        "matchTime": milliseconds(report.at),
    }


def _order_error(report: RefusalReport) -> Json:
    command, order = report.command, report.order
    return {
        "message": report.reason,
        "notifyID": report.notify_id,
        "errorCode": report.code,
        "uniqueID": command.request_id,
        "orderID": _order_id(command, order),
        "instrumentID": command.symbol,
        "ipAddress": _IP_ADDRESS,
        "buySell": SIDE_LETTERS[command.side],
        "prefix": PREFIX,
        "orderType": "" if order is None else order.order_type.value,
        "price": 0.0 if order is None else float(order.price),
        "quantity": 0 if order is None else order.quantity,
        "marketID": "VN",
        "origOrderId": "",
        "account": command.account,
        "channel": "TA" if order is None else order.channel,
        "inputTime": milliseconds(report.at if order is None else order.entered_at),
        "modifiedTime": milliseconds(report.at),
        "isForceSell": "F",
        "isShortSell": "F",
        "origRequestID": command.request_id if order is None else order.request_id,
        **_NO_STOP,
        "modifiable": True,
        "note": "",
    }


def _order_id(command: Command, order: BrokerOrder | None) -> str:
    if order is not None:
        return order.order_id
    return "" if isinstance(command, NewOrder) else command.order_id
