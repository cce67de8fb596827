"""Pure reading of the trading stream's messages (FastConnect Trading Specs 2.4, section 6).

It never raises: what has no known form is a value too, and so is what breaks the reading itself.
"""

import hashlib
import json
from dataclasses import dataclass, replace

from broker.fastconnect.reports import DERIVATIVES, read_report, side_of, symbol_of
from broker.fastconnect.wire_values import Fields, NotJson, WrongField, read_json
from broker.port import BrokerFact, BrokerMessage, Irrelevant, NotUnderstood, Reading
from orders.evidence import Match, RequestFailed

_IRRELEVANT = frozenset({"clientportfolioevent", "fcoevent"})

# What makes two messages under one number two messages. Only what an order is booked by: a message that is replayed in
# other JSON, or from another address, is the same one, and its execution must not count twice.
_TEXTS = ("account", "orderID", "uniqueID", "orderStatus", "errorCode")
_FIGURES = (
    "quantity",
    "price",
    "filledQty",
    "avgPrice",
    "cancelQty",
    "matchQty",
    "matchPrice",
    "matchTime",
)


@dataclass(frozen=True, slots=True)
class _Head:
    """What every message has: the key of its deliveries, and SSI's running number if it has one."""

    key: str
    sequence: int | None


def read_message(raw: str) -> Reading:
    """Understand one raw message; the same text always gives the same reading."""
    whole = f"sha256:{hashlib.sha256(raw.encode('utf-8', 'surrogatepass')).hexdigest()}"
    head = _Head(whole, None)
    try:
        message = Fields(read_json(raw), "message")
        data = message.inner("data")
        kind = message.text("type")
        head = _head(kind, data, head)
        return _read(kind, data, head)
    except (NotJson, WrongField) as error:
        return NotUnderstood(whole, head.sequence, str(error))
    except Exception as error:  # noqa: BLE001 - a mistake of ours must not cost the message: it is stored and alarmed
        return NotUnderstood(whole, head.sequence, f"reading it failed ({type(error).__name__}: {error})")


def _head(kind: str, data: Fields, without_number: _Head) -> _Head:
    """`notifyID` numbers a day's messages; 0 stands on errors raised before acceptance and is no number.

    Whether SSI counts per account is not known, and its count can begin anew: the number alone is no key.
    """
    if not data.text("notifyID"):
        return without_number
    number = data.whole("notifyID")
    return _Head(f"notify:{number}:{_content(kind, data)}", number) if number > 0 else without_number


def _content(kind: str, data: Fields) -> str:
    """A digest, since an index takes no key of any length."""
    words = [kind.lower(), *(data.text(name) for name in _TEXTS), *(_figure(data, name) for name in _FIGURES)]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:32]


def _figure(data: Fields, name: str) -> str:
    """The same for 98500, 98500.0 and "98500"."""
    try:
        return str(data.decimal(name).normalize())
    except WrongField:
        return data.text(name)


def _read(kind: str, data: Fields, head: _Head) -> Reading:
    match kind.lower():
        case "orderevent" | "ordermatchevent" | "ordererror" if data.text("marketID").upper() == DERIVATIVES:
            return Irrelevant(head.key, head.sequence)
        case "orderevent":
            return _about_order(data, head, replace(read_report(data), number=head.sequence or 0))
        case "ordermatchevent":
            return _about_order(data, head, replace(_match(data), number=head.sequence or 0))
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
    return BrokerMessage(
        key=head.key,
        account=data.text("account"),
        request_ids=tuple(ids),
        broker_order_id=broker_order_id,
        sequence=head.sequence,
        fact=fact,
        symbol=symbol_of(data),
        side=side_of(data),
    )
