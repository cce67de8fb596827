"""NewOrder, ModifyOrder and CancelOrder bodies: what SSI checks before it answers, and the command that is left."""

import re

from market.order_types import type_row
from market.vocabulary import OrderType
from simulator.commands import CancelOrder, ModifyOrder, NewOrder
from simulator.state import ExchangeState
from simulator.switches import RefusalName, Switches
from simulator.wire.calls import Call
from simulator.wire.envelopes import Answer, failure, refusal
from simulator.wire.vocabulary import SIDES, Json, read_type, type_word

MAXIMUM_REQUEST_ID_LENGTH = 8
_NEW_REQUIRED = (("account", "Account"), ("instrumentID", "Instrument ID"), ("market", "Market"))
_CHANGE_REQUIRED = (("account", "Account"), ("orderID", "Order ID"), ("instrumentID", "Instrument ID"))
_CASH_MARKET = "VN"
_MAC = re.compile(r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}")


def new_order(call: Call, state: ExchangeState) -> NewOrder | Answer:
    """The order, or the refusal SSI gives at once; rules of the exchange are checked later."""
    refused = _refused(call, state, _NEW_REQUIRED, "market")
    if refused is not None:
        return refused
    numbers = _numbers(call, state.switches)
    if isinstance(numbers, Answer):
        return numbers
    order_type, price, quantity = numbers
    if not type_row(order_type).has_price and price:
        # SSI's own wording, which says the opposite of what it means.
        return failure("Price is null or equal zero when order is market order")
    return NewOrder(
        request_id=call.text("requestID"),
        account=call.text("account"),
        symbol=call.text("instrumentID").upper(),
        side=SIDES[call.text("buySell").upper()],
        order_type=order_type,
        price=price,
        quantity=quantity,
        channel=call.text("channelID") or "TA",
    )


def modify_order(call: Call, state: ExchangeState) -> ModifyOrder | Answer:
    """The amendment to the price and quantity named, or the refusal SSI gives at once."""
    refused = _refused(call, state, _CHANGE_REQUIRED, "marketID")
    if refused is not None:
        return refused
    numbers = _numbers(call, state.switches)
    if isinstance(numbers, Answer):
        return numbers
    order_type, price, quantity = numbers
    return ModifyOrder(
        request_id=call.text("requestID"),
        account=call.text("account"),
        order_id=call.text("orderID"),
        symbol=call.text("instrumentID").upper(),
        side=SIDES[call.text("buySell").upper()],
        order_type=order_type,
        price=price,
        quantity=quantity,
    )


def cancel_order(call: Call, state: ExchangeState) -> CancelOrder | Answer:
    """The cancel, or the refusal SSI gives at once."""
    refused = _refused(call, state, _CHANGE_REQUIRED, "marketID")
    if refused is not None:
        return refused
    return CancelOrder(
        request_id=call.text("requestID"),
        account=call.text("account"),
        order_id=call.text("orderID"),
        symbol=call.text("instrumentID").upper(),
        side=SIDES[call.text("buySell").upper()],
    )


def new_order_echo(command: NewOrder, call: Call, switches: Switches) -> Json:
    """What NewOrder sends back: never an order id."""
    return {
        "instrumentID": command.symbol,
        "market": _CASH_MARKET,
        "buySell": call.text("buySell").upper(),
        "orderType": type_word(command.order_type, command.symbol, switches),
        "channelID": command.channel,
        "price": float(command.price),
        "quantity": command.quantity,
        "account": command.account,
        "stopOrder": False,
        "stopPrice": 0.0,
        "stopType": call.text("stopType"),
        "stopStep": 0.0,
        "lossStep": 0.0,
        "profitStep": 0.0,
    }


def modify_order_echo(command: ModifyOrder, call: Call, switches: Switches) -> Json:
    return {
        "orderID": command.order_id,
        "price": float(command.price),
        "quantity": command.quantity,
        "account": command.account,
        "instrumentID": command.symbol,
        "marketID": _CASH_MARKET,
        "buySell": call.text("buySell").upper(),
        "orderType": type_word(command.order_type, command.symbol, switches),
    }


def cancel_order_echo(command: CancelOrder, call: Call) -> Json:
    return {
        "orderID": command.order_id,
        "account": command.account,
        "marketID": _CASH_MARKET,
        "instrumentID": command.symbol,
        "buySell": call.text("buySell").upper(),
        "requestID": command.request_id,
    }


def _numbers(call: Call, switches: Switches) -> tuple[OrderType, int, int] | Answer:
    """Type, price (VND) and quantity of an order as it shall be."""
    order_type = read_type(call.text("orderType"), call.text("instrumentID"), switches)
    if order_type is None:
        return failure(f"'Order Type' must be one of {', '.join(OrderType)}.")
    price, quantity = call.number("price"), call.number("quantity")
    if quantity is None or price is None:
        return failure(f"'{'Quantity' if quantity is None else 'Price'}' must be a whole number.")
    if quantity <= 0:
        return failure("'Quantity' must be greater than '0'.")
    if price < 0 or (type_row(order_type).has_price and not price):
        return failure("'Price' must be greater than '0'.")
    return order_type, price, quantity


def _refused(
    call: Call, state: ExchangeState, required: tuple[tuple[str, str], ...], market_field: str
) -> Answer | None:
    for name, label in (("requestID", "Request ID"), *required, ("buySell", "Buy Sell")):
        if not call.text(name):
            return failure(f"'{label}' must not be empty.")
    request_id = call.text("requestID")
    if not (request_id.isascii() and request_id.isdigit() and len(request_id) <= MAXIMUM_REQUEST_ID_LENGTH):
        return failure(f"'Request ID' must be at most {MAXIMUM_REQUEST_ID_LENGTH} digits.")
    if call.text(market_field).upper() != _CASH_MARKET:
        return failure(f"Market {call.text(market_field)!r} is not simulated; {_CASH_MARKET} is.")
    if call.text("buySell").upper() not in SIDES:
        return failure("'Buy Sell' must be B or S.")
    if call.text("account") not in state.accounts:
        return failure("Account is not exist.")
    return _refused_device(call, state.switches)


def _refused_device(call: Call, switches: Switches) -> Answer | None:
    given = call.text("deviceId")
    if not switches.strict_device_id or _MAC.fullmatch(given):
        return None
    return refusal(switches.words_of(RefusalName.WRONG_DEVICE_ID), given)
