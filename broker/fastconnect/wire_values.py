"""Values as SSI writes them: JSON without floats, numbers that may be text, keys whose case varies.

Readers raise `WrongField`; each reading of a whole message turns it into a typed value at its edge.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_MOST_DIGITS = 16
# Beyond what any order or security can have; a quantity times a price still fits a bigint.
_MOST_SHARES = 10**9
_HIGHEST_PRICE = 10**8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MILLISECOND = 253_402_300_799_999  # the end of year 9999


class WrongField(ValueError):  # noqa: N818 - a fact about a field, never seen outside the reading
    """A field that is missing or does not have the form we know; the text names it."""


class NotJson(ValueError):  # noqa: N818 - a fact about a text, never seen outside the reading
    """The text is not JSON that can be read."""


def read_json(text: str | bytes) -> object:
    """JSON with decimal numbers as `Decimal`. Raises `NotJson`."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=Decimal)
    except RecursionError:
        raise NotJson("nested too deeply") from None
    except (ValueError, InvalidOperation) as error:
        raise NotJson(f"not JSON ({type(error).__name__})") from None


def written(value: object) -> str:
    """A value that `read_json` has read as JSON text again, decimals as text; never raises."""
    try:
        return json.dumps(value, default=str)
    except RecursionError:
        return '"nested too deeply"'


def storable(text: str) -> str:
    """`text` without what PostgreSQL cannot keep: NUL and half characters."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\N{REPLACEMENT CHARACTER}")


class Fields:
    """One JSON object; names are compared without regard to case; SSI mixes its spellings."""

    def __init__(self, value: object, what: str) -> None:
        if not isinstance(value, Mapping):
            raise WrongField(f"{what} is {_kind(value)}, not an object")
        self._what = what
        self._values = {str(name).lower(): item for name, item in value.items()}

    def get(self, name: str) -> object:
        return self._values.get(name.lower())

    def is_empty(self, name: str) -> bool:
        """Whether the field is there and holds null or nothing but blanks."""
        value = self._values.get(name.lower(), name)
        return value is None or (isinstance(value, str) and not value.strip())

    def inner(self, name: str) -> "Fields":
        return Fields(self.get(name), f"{self._what}.{name}")

    def rows(self, name: str) -> list[object]:
        """The list under `name`; null counts as empty, a missing name does not."""
        value = self.get(name)
        if name.lower() not in self._values:
            raise WrongField(f"{self._what}.{name} is missing")
        if value is None:
            return []
        if not isinstance(value, list):
            raise WrongField(f"{self._what}.{name} is {_kind(value)}, not a list")
        return value

    def text(self, name: str) -> str:
        """Text without blanks around it; a number as written, but 7.0 as 7; anything else or nothing as empty text."""
        value = self.get(name)
        if isinstance(value, str):
            return storable(value).strip()
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return ""
        number = _number(value)
        is_whole = number is not None and number == number.to_integral_value()
        return f"{number:.0f}" if is_whole else str(value)

    def needed_text(self, name: str) -> str:
        text = self.text(name)
        if not text:
            raise WrongField(f"{self._what}.{name} is missing or empty")
        return text

    def decimal(self, name: str) -> Decimal:
        value = self.get(name)
        number = _number(value)
        if number is None:
            raise WrongField(f"{self._what}.{name} is {_kind(value)}, not a number")
        return number

    def whole(self, name: str) -> int:
        """A whole number; `2.0` and `"2"` count, `2.5` does not."""
        number = self.decimal(name)
        if number != number.to_integral_value():
            raise WrongField(f"{self._what}.{name} is {number}, not a whole number")
        return int(number)

    def count(self, name: str) -> int:
        """A whole number that cannot be negative."""
        value = self.whole(name)
        if value < 0:
            raise WrongField(f"{self._what}.{name} is {value}, below zero")
        return value

    def shares(self, name: str) -> int:
        """A number of shares, at most 1,000,000,000."""
        value = self.count(name)
        if value > _MOST_SHARES:
            raise WrongField(f"{self._what}.{name} is {value}, above {_MOST_SHARES} shares")
        return value

    def price(self, name: str) -> int:
        """A price in whole VND, at most 100,000,000."""
        self.average_price(name)
        return self.count(name)

    def average_price(self, name: str) -> Decimal:
        """A price in VND that need not be whole, at most 100,000,000."""
        value = self.decimal(name)
        if not 0 <= value <= _HIGHEST_PRICE:
            raise WrongField(f"{self._what}.{name} is {value}, not between 0 and {_HIGHEST_PRICE} VND")
        return value

    def instant(self, name: str) -> datetime:
        """Milliseconds since 1970 as an aware UTC time."""
        value = self.count(name)
        if not 0 < value <= _LAST_MILLISECOND:
            raise WrongField(f"{self._what}.{name} is {value}, not a time in milliseconds")
        return _EPOCH + timedelta(milliseconds=value)


def rounded(value: Decimal) -> int:
    """The nearest whole VND, halves up."""
    return int(value.to_integral_value(ROUND_HALF_UP))


def _number(value: object) -> Decimal | None:
    """The finite number in `value`, None where there is none or one too large to be money."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        number = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        return None
    if not number.is_finite() or number.adjusted() >= _MOST_DIGITS or number.adjusted() < -_MOST_DIGITS:
        return Decimal(0) if number.is_finite() and number.is_zero() else None
    return number


def _kind(value: object) -> str:
    return "missing" if value is None else type(value).__name__
