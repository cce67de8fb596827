"""Prices at the edge: exact thousand VND outside, integer VND inside; nothing is ever rounded."""

import json
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, NoReturn

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

THOUSAND = 1_000
PRICE_LIMIT_THOUSANDS = 5_000
"""No share has ever cost 5,000,000 VND; a price from here on was meant in VND."""

LARGEST_QUANTITY = 1_000_000_000
PRICE_ALLOWED = "a JSON number in thousand VND above 0 and below 5000, such as 85.5 for 85,500 VND"
QUANTITY_ALLOWED = "a whole number of shares from 1 to 1000000000, written without a decimal point"
_DONG = Decimal("0.001")


def parse_json(text: str) -> Any:
    """JSON with decimals kept exact; doubled names, `NaN` and numbers without measure are refused.

    Raises `json.JSONDecodeError`.
    """
    try:
        return json.loads(
            text, parse_float=_decimal, parse_int=_integer, parse_constant=_constant, object_pairs_hook=_object
        )
    except RecursionError:
        raise json.JSONDecodeError("nested too deeply", "", 0) from None


def vnd_from_thousands(value: object) -> int | None:
    """85.5 becomes 85,500 VND. Raises a validation error that says what was wrong and what is allowed."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        _refuse("price_not_a_number", "must be a JSON number in thousand VND, not text or true/false", PRICE_ALLOWED)
    if value <= 0:
        _refuse("price_not_positive", "must be above zero", PRICE_ALLOWED)
    if value >= PRICE_LIMIT_THOUSANDS:
        _refuse("price_in_vnd", _looks_like_vnd(value), PRICE_ALLOWED)
    exact = Decimal(value)
    if exact.quantize(_DONG) != exact:
        _refuse("price_finer_than_a_dong", "is finer than one dong (three decimals)", PRICE_ALLOWED)
    return int(exact.scaleb(3))


def thousands_from_vnd(vnd: int) -> float:
    """85,500 VND becomes 85.5. The nearest float prints as the exact decimal for every price below 10^15 VND."""
    return vnd / THOUSAND


def whole_shares(value: object) -> int:
    """A quantity of shares. Raises a validation error for anything but a JSON integer in range."""
    if isinstance(value, bool) or not isinstance(value, int):
        _refuse("quantity_not_whole", "must be a whole number of shares", QUANTITY_ALLOWED)
    if not 1 <= value <= LARGEST_QUANTITY:
        _refuse("quantity_out_of_range", "is out of range", QUANTITY_ALLOWED)
    return value


PriceIn = Annotated[
    int | None,
    BeforeValidator(vnd_from_thousands),
    WithJsonSchema(
        {
            "type": ["number", "null"],
            "exclusiveMinimum": 0,
            "exclusiveMaximum": PRICE_LIMIT_THOUSANDS,
            "description": "In thousand VND: 85.5 is 85,500 VND. At most three decimals; LO needs one.",
        }
    ),
]
QuantityIn = Annotated[
    int,
    BeforeValidator(whole_shares),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": LARGEST_QUANTITY, "description": "Shares."}),
]
ThousandVnd = Annotated[
    int,
    PlainSerializer(thousands_from_vnd, return_type=float),
    WithJsonSchema({"type": "number", "description": "In thousand VND, exact to the dong."}),
]
"""Integer VND in our hands, thousand VND in the answer."""


def _looks_like_vnd(value: int | Decimal) -> str:
    meant = Decimal(value) / THOUSAND if value < PRICE_LIMIT_THOUSANDS * THOUSAND else Decimal(PRICE_LIMIT_THOUSANDS)
    whole = meant == meant.quantize(_DONG) and meant < PRICE_LIMIT_THOUSANDS
    advice = f"; did you mean {meant.normalize():f}?" if whole else ""
    return f"is taken in thousand VND, and looks like a price in VND{advice}"


def _refuse(code: str, message: str, allowed: str) -> NoReturn:
    raise PydanticCustomError(code, "{message}", {"message": message, "allowed": allowed})  # type: ignore[arg-type,unused-ignore] # codes are literals at every call


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise json.JSONDecodeError("a number's exponent is out of range", text, 0) from None


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise json.JSONDecodeError("a number has too many digits", text, 0) from None


def _constant(text: str) -> NoReturn:
    raise json.JSONDecodeError(f"{text} is not JSON", text, 0)


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise json.JSONDecodeError("a name appears twice in an object", "", 0)
    return found
