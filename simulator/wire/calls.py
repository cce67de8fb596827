"""One REST call as SSI's server reads it: keys in any case, query names with or without the prefix of its model."""

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from starlette.requests import Request

from simulator.plain_json import as_text
from simulator.wire.envelopes import Answer, failure

_MOST_DIGITS = 18
_QUERY_PREFIXES = ("request.", "lookuprequest.")


@dataclass(frozen=True, slots=True)
class Call:
    """`fields` are body or query values by lower-case name; `raw` is the body as it was signed."""

    name: str
    raw: bytes
    fields: dict[str, object]
    authorization: str
    signature: str

    def text(self, name: str) -> str:
        """The field as text, empty when it is missing; `name` as SSI spells it."""
        value = self.fields.get(name.lower())
        return "" if value is None else as_text(str(value)).strip()

    def number(self, name: str) -> int | None:
        """A whole number of VND or shares; None when it is not whole (`21000.0` is) or absurdly large."""
        try:
            value = Decimal(self.text(name) or "0")
        except InvalidOperation:
            return None
        # An exponent can stand for a number of a million digits.
        if not value.is_finite() or value.adjusted() >= _MOST_DIGITS or value != value.to_integral_value():
            return None
        return int(value)


async def read_call(request: Request, name: str) -> Call | Answer:
    """Read the request; a body that is not a JSON object is refused."""
    raw = await request.body()
    fields: dict[str, object] = {_bare(key): value for key, value in request.query_params.items()}
    if request.method == "POST" and raw:
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            return failure("The request is not valid JSON.")
        if not isinstance(body, dict):
            return failure("The request must be a JSON object.")
        fields |= {str(key).lower(): value for key, value in body.items()}
    return Call(
        name,
        raw,
        fields,
        request.headers.get("authorization", ""),
        request.headers.get("x-signature", ""),
    )


def _bare(key: str) -> str:
    lower = key.lower()
    for prefix in _QUERY_PREFIXES:
        lower = lower.removeprefix(prefix)
    return lower
