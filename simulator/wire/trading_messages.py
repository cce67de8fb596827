"""The trading stream's messages: orderEvent, orderError and orderMatchEvent with SSI's field names."""

import json
from typing import assert_never

from simulator.broker_order import BrokerOrder
from simulator.commands import Command, NewOrder
from simulator.records import StreamMessage
from simulator.reports import MatchReport, OrderReport, RefusalReport, Report
from simulator.switches import DEFAULT, Switches
from simulator.wire.vocabulary import SIDE_LETTERS, Json, milliseconds, shown_id, type_word

_NO_STOP: Json = {"stopOrder": False, "stopPrice": 0.0, "stopType": "", "stopStep": 0.0, "profitPrice": 0.0}


def message_of(report: Report, switches: Switches = DEFAULT) -> StreamMessage:
    """The message a report becomes, as the JSON text that the hub broadcasts."""
    match report:
        case OrderReport():
            kind, data = "orderEvent", _order_event(report, switches)
        case MatchReport():
            kind, data = "orderMatchEvent", _match_event(report, switches)
        case RefusalReport():
            kind, data = "orderError", _order_error(report, switches)
        case _ as never:
            assert_never(never)
    text = json.dumps({"type": kind, "data": data}, separators=(",", ":"))
    return StreamMessage(
        report.trading_date,
        report.notify_id,
        report.account,
        text,
        report.symbol,
        report.position,
        is_error=isinstance(report, RefusalReport),
    )


def _order_event(report: OrderReport, switches: Switches) -> Json:
    order = report.order
    return {
        "orderID": order.order_id,
        "notifyID": report.notify_id,
        "instrumentID": order.symbol,
        "uniqueID": shown_id(order, order.unique_id, switches),
        "buySell": SIDE_LETTERS[order.side],
        "orderType": type_word(order.order_type, order.symbol, switches),
        "ipAddress": switches.ip_address,
        "price": float(order.price),
        "prefix": switches.prefix,
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
        "origRequestID": shown_id(order, order.request_id, switches),
        **_NO_STOP,
    }


def _match_event(report: MatchReport, switches: Switches) -> Json:
    order = report.order
    return {
        "orderID": order.order_id,
        "notifyID": report.notify_id,
        "instrumentID": order.symbol,
        "uniqueID": shown_id(order, order.unique_id, switches),
        "buySell": SIDE_LETTERS[order.side],
        "matchPrice": float(report.price),
        "ipAddress": switches.ip_address,
        "matchQty": report.quantity,
        "prefix": switches.prefix,
        "account": order.account,
        "matchTime": milliseconds(report.at),
    }


def _order_error(report: RefusalReport, switches: Switches) -> Json:
    command, order = report.command, report.order
    return {
        "message": report.reason,
        "notifyID": report.notify_id,
        "errorCode": report.code,
        "uniqueID": command.request_id,
        "orderID": _order_id(command, order),
        "instrumentID": command.symbol,
        "ipAddress": switches.ip_address,
        "buySell": SIDE_LETTERS[command.side],
        "prefix": switches.prefix,
        "orderType": "" if order is None else type_word(order.order_type, order.symbol, switches),
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
