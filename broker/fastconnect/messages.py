"""Pure reading of the trading stream's messages (FastConnect Trading Specs 2.4, section 6).

It never raises: what has no known form is a value too.
"""

import hashlib
from dataclasses import dataclass, replace

from broker.fastconnect.reports import DERIVATIVES, read_report
from broker.fastconnect.wire_values import Fields, NotJson, WrongField, read_json
from broker.port import BrokerFact, BrokerMessage, Irrelevant, NotUnderstood, Reading
from orders.evidence import Match, RequestFailed

_IRRELEVANT = frozenset({"clientportfolioevent", "fcoevent"})


@dataclass(frozen=True, slots=True)
class _Head:
    """What every message has: the key of its deliveries, and SSI's running number if it has one."""

    key: str
    sequence: int | None


def read_message(raw: str) -> Reading:
    """Understand one raw message; the same text always gives the same reading."""
    head = _Head(f"sha256:{hashlib.sha256(raw.encode('utf-8', 'surrogatepass')).hexdigest()}", None)
    try:
        message = Fields(read_json(raw), "message")
        data = message.inner("data")
        head = _head(data, head)
        return _read(message.text("type"), data, head)
    except (NotJson, WrongField) as error:
        return NotUnderstood(head.key, head.sequence, str(error))


def _head(data: Fields, without_number: _Head) -> _Head:
    """`notifyID` numbers a day's messages; 0 stands on errors raised before acceptance and is no number."""
    if not data.text("notifyID"):
        return without_number
    number = data.whole("notifyID")
    return _Head(f"notify:{number}", number) if number > 0 else without_number


def _read(kind: str, data: Fields, head: _Head) -> Reading:
    match kind.lower():
        case "orderevent" | "ordermatchevent" | "ordererror" if data.text("marketID").upper() == DERIVATIVES:
            return Irrelevant(head.key, head.sequence)
        case "orderevent":
            return _about_order(data, head, replace(read_report(data), number=head.sequence or 0))
        case "ordermatchevent":
            return _about_order(data, head, _match(data))
        case "ordererror":
            return _about_order(data, head, _request_failed(data))
        case name if name in _IRRELEVANT:
            return Irrelevant(head.key, head.sequence)
        case _:
            return NotUnderstood(head.key, head.sequence, f"messages of type {kind or 'none'} are not known")


def _match(data: Fields) -> Match:
    quantity, price = data.shares("matchQty"), data.price("matchPrice")
    if not quantity or not price:
        raise WrongField(f"an execution of {quantity} shares at {price} VND")
    return Match(
        broker_order_id=data.text("orderID"), quantity=quantity, price=price, matched_at=data.instant("matchTime")
    )


def _request_failed(data: Fields) -> RequestFailed:
    """Only message, errorCode and uniqueID are common to the old and the new form."""
    return RequestFailed(
        request_id=data.needed_text("uniqueID"),
        broker_order_id=data.text("orderID"),
        code=data.text("errorCode"),
        text=data.text("message"),
    )


def _about_order(data: Fields, head: _Head, fact: BrokerFact) -> Reading:
    ids = dict.fromkeys(text for name in ("uniqueID", "origRequestID") if (text := data.text(name)))
    broker_order_id = data.text("orderID")
    if not ids and not broker_order_id:
        raise WrongField("neither uniqueID nor orderID says which order is meant")
    return BrokerMessage(head.key, data.text("account"), tuple(ids), broker_order_id, head.sequence, fact)
