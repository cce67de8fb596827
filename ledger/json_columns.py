"""JSONB columns that hold our frozen values: pydantic writes and reads their text, so JSON is parsed only once."""

from typing import TypeVar

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Text, cast
from sqlalchemy.types import UserDefinedType

from market.violations import Violation
from orders.order import Order
from orders.stored import Verdict

ORDER: TypeAdapter[Order] = TypeAdapter(Order)
VERDICT: TypeAdapter[Verdict] = TypeAdapter(Verdict)
VIOLATIONS: TypeAdapter[tuple[Violation, ...]] = TypeAdapter(tuple[Violation, ...])

Value = TypeVar("Value")


class JsonText(UserDefinedType[str]):
    """A JSONB column that takes and gives JSON as text."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "JSONB"

    def column_expression(self, column: ColumnElement[str]) -> ColumnElement[str]:
        return cast(column, Text)


def to_json(adapter: TypeAdapter[Value], value: Value) -> str:
    return adapter.dump_json(value).decode()
