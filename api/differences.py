"""What two requests under one name say differently, told to whoever sent the second."""

from collections.abc import Iterator
from dataclasses import dataclass

from api.order_gateway import OrderRun
from api.problems import ProblemViolation
from market.code_meanings import Unit
from market.terms import OrderTerms
from orders.commands import PlaceOrder
from orders.stored import StoredOrder

_Value = int | str | None


@dataclass(frozen=True, slots=True)
class _Request:
    """What is known of a request; None for what is not."""

    account_id: str
    client_order_id: str
    terms: OrderTerms | None
    max_delay_seconds: int | None


def differences(command: PlaceOrder, first: StoredOrder | OrderRun) -> list[ProblemViolation]:
    """One line for each field that differs, in the words and units of problems (prices in VND)."""
    request = _first(first)
    return [
        ProblemViolation(
            code="differs",
            field=field,
            message=f"{field} was {_words(before)} in the first request and is {_words(now)} in this one",
            given=now,
            allowed=before,
            unit=Unit.VND if field == "price" else None,
        )
        for field, before, now in _compared(request, command)
        if before != now
    ] or [_untold(request)]


def _untold(first: _Request) -> ProblemViolation:
    """What nobody keeps of a request but its digest."""
    names = "queue_next_day" if first.max_delay_seconds is not None else "queue_next_day or max_delay_seconds"
    return ProblemViolation(
        code="differs", field="queue_next_day", message=f"{names} was not the same in the first request"
    )


def _first(first: StoredOrder | OrderRun) -> _Request:
    if isinstance(first, OrderRun):
        return _Request(first.account_id, first.client_order_id, first.terms, None)
    order = first.order
    return _Request(order.account_id, order.client_order_id, order.as_placed.terms, first.max_delay_seconds)


def _compared(first: _Request, command: PlaceOrder) -> Iterator[tuple[str, _Value, _Value]]:
    yield "account_id", first.account_id, command.account_id
    yield "client_order_id", first.client_order_id, command.client_order_id
    if first.terms is not None:
        old, new = first.terms, command.terms
        yield "symbol", old.symbol, new.symbol
        yield "market", old.exchange.value, new.exchange.value
        yield "side", old.side.value, new.side.value
        yield "order_type", old.order_type.value, new.order_type.value
        yield "quantity", old.quantity, new.quantity
        yield "price", old.price, new.price
    if first.max_delay_seconds is not None:
        yield "max_delay_seconds", first.max_delay_seconds, command.max_delay_seconds


def _words(value: _Value) -> str:
    return "left out" if value is None else f"{value:,}" if isinstance(value, int) else value
