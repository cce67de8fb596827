"""What clients write to change an order, and what they read of a change's outcome."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.numbers import PriceIn, QuantityIn
from api.order_bodies import OrderBody

PRICE_EXAMPLE: dict[str, Any] = {"price": 85.6}
QUANTITY_EXAMPLE: dict[str, Any] = {"quantity": 300}


class AmendBody(BaseModel):
    """Another price or another whole quantity: one of them, never both."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"minProperties": 1, "maxProperties": 1, "examples": [PRICE_EXAMPLE, QUANTITY_EXAMPLE]},
    )

    price: Annotated[PriceIn, Field(description="The new limit in thousand VND: 85.6 is 85,600 VND.")] = None
    quantity: Annotated[
        QuantityIn | None, Field(description="The order's whole quantity, shares that have traded included.")
    ] = None


class ChangeOutcome(StrEnum):
    DONE = "done"
    TOO_LATE = "too_late"
    REFUSED = "refused"
    PENDING = "pending"


class ChangeBody(BaseModel):
    """What became of a request to cancel or to amend; `pending` is durable and goes on without the client."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    outcome: ChangeOutcome
    reason: str | None
    order: OrderBody | None
    """null while the database does not answer and only the order's existence is known."""
