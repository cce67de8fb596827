"""One trader's day at a stack of its own: orders with known prices, a market that does only what it is told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final, TypeVar

import httpx

from broker.market_clock import FRESH_SECONDS
from cli.own_stack import OwnStack
from local.failure import CannotRun
from local.waiting import wait_until

Json = dict[str, Any]
Seen = TypeVar("Seen")

_LOWER_BY = 500
"""VND, a multiple of every tick."""
QUANTITY: Final = 1_000
_API: Final = "/api/v1"
_PATIENCE_SECONDS: Final = 60.0


class Stage(IntEnum):
    """The parts of a trading day in their order."""

    MORNING = 1
    BREAK = 2
    AFTERNOON = 3
    AFTER_THE_CLOSE = 4


_STARTS: Final = {
    Stage.BREAK: "11:45:00",
    Stage.AFTERNOON: "13:00:01",
    Stage.AFTER_THE_CLOSE: "15:15:01",  # an answered book without an order proves its absence from here on
}


@dataclass(frozen=True, slots=True)
class TradingDay:
    """Every wait ends with what is wanted or raises `CannotRun` with what was seen last."""

    stack: OwnStack
    api: httpx.Client
    control: httpx.Client
    listed: dict[str, Json] = field(default_factory=dict)

    def begin(self) -> None:
        """The morning of a fresh day, with nobody else in the market."""
        self.control.put("/participants/enabled", json={"enabled": False}).raise_for_status()
        day = self.control.post("/clock/next-day").raise_for_status().json()["trading_date"]
        self.wait_for(self._readiness, lambda text: day in text)
        symbols = self.control.get("/symbols").raise_for_status().json()
        self.listed.update({each["symbol"]: each for each in symbols})

    def reach(self, stage: Stage) -> None:
        if stage in _STARTS:
            day = self.control.get("/clock").raise_for_status().json()["trading_date"]
            self.control.put("/clock", json={"now": f"{day}T{_STARTS[stage]}+07:00"}).raise_for_status()
            wait_until(lambda: False, 2 * FRESH_SECONDS, self.stack.stop)  # every process follows it within this

    def place(self, name: str, symbol: str, *, side: str = "BUY", quantity: int = QUANTITY) -> str:
        """An order at the reference price, which rests while nobody meets it; its id."""
        listed = self.listed[symbol]
        order = {
            "symbol": symbol,
            "side": side,
            "order_type": "LO",
            "quantity": quantity,
            "price": listed["reference"] / 1_000,
            "market": listed["exchange"],
            "client_order_id": name,
        }
        return str(self.api.post(f"{_API}/orders", json=order).json()["order_id"])

    def cancel(self, order_id: str) -> None:
        self.api.delete(f"{_API}/orders/{order_id}").raise_for_status()

    def amend(self, order_id: str, symbol: str) -> None:
        """Ask for a price below the reference price."""
        lower = (self.listed[symbol]["reference"] - _LOWER_BY) / 1_000
        self.api.put(f"{_API}/orders/{order_id}", json={"price": lower}).raise_for_status()

    def working(self, name: str, symbol: str) -> str:
        order_id = self.place(name, symbol)
        self.wait_for_status(order_id, "working")
        return order_id

    def sell_to(self, symbol: str, quantity: int = QUANTITY) -> None:
        """Another participant sells at the reference price."""
        sale = {"symbol": symbol, "side": "SELL", "price": self.listed[symbol]["reference"], "quantity": quantity}
        self.control.post("/participants", json=sale).raise_for_status()

    def fault(self, kind: str, path: str = "", times: int = 1) -> None:
        self.control.post("/faults", json={"kind": kind, "path": path, "times": times}).raise_for_status()

    def seen(self, order_id: str) -> Json:
        """The order as it is shown, or why it is not."""
        try:
            answer = self.api.get(f"{_API}/orders/{order_id}")
        except httpx.TransportError as error:
            return {"status": type(error).__name__}
        return dict(answer.json())

    def wait_for_status(self, order_id: str, status: str) -> None:
        self.wait_for(lambda: self.seen(order_id), lambda order: order["status"] == status)

    def wait_for_fill(self, order_id: str, quantity: int) -> None:
        self.wait_for(lambda: self.seen(order_id), lambda order: order.get("filled_quantity") == quantity)

    def wait_for(self, look: Callable[[], Seen], wanted: Callable[[Seen], bool]) -> None:
        """Look until what is seen is wanted. Raises `StopRequested` too."""
        if not wait_until(lambda: wanted(look()), _PATIENCE_SECONDS, self.stack.stop):
            raise CannotRun(f"the stack did not come to what was expected within a minute; seen now: {look()}")

    def _readiness(self) -> str:
        answer = self.api.get("/health/ready")
        return answer.text if answer.is_success else ""
