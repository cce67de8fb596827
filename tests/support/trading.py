"""A trader and the market around one stack: orders with known prices, the client's repeats, what the broker has."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from broker.market_clock import FRESH_SECONDS
from tests.support.reckoning import ACCOUNT, reckon
from tests.support.whole_stack import WholeStack, eventually, running_stack

OPEN = frozenset(
    {"received", "accepted", "pending", "working", "partially_filled", "pending_replace", "pending_cancel"}
)
ANSWERED = frozenset({200, 201, 202})
PATIENCE_SECONDS = 60.0
"""A dead worker is restarted within 12 s, its listener missed after 10 s and tried again within 2 s."""

Json = dict[str, Any]

# One after the other, so that no test's sale meets the resting order of a test before it.
_SYMBOLS = cycle(
    ("MBB", "HPG", "CTG", "BID", "TCB", "ACB", "VPB", "HDB", "SSI", "VND", "HCM", "PLX", "POW", "KDH", "HAG")
)


@dataclass(frozen=True, slots=True)
class Trading:
    """`armed` are the faults that were set, each with how many times it may happen."""

    stack: WholeStack
    api: httpx.Client
    control: httpx.Client
    armed: dict[str, int] = field(default_factory=dict)

    def order(self, symbol: str = "", quantity: int = 1_000, **changes: object) -> Json:
        """A buy at the reference price under a client order id of its own; it rests while nobody sells."""
        symbol = symbol or next(_SYMBOLS)
        listed = self.control.get(f"symbols/{symbol}").raise_for_status().json()
        price = {"price": listed["reference"] / 1_000, "market": listed["exchange"]}
        order = {"symbol": symbol, "side": "BUY", "order_type": "LO", "quantity": quantity, **price}
        return {**order, "client_order_id": uuid4().hex, **changes}

    def orders(self, count: int, symbol: str = "") -> list[Json]:
        """Alike but for their names, so that a sale meets no other test's orders."""
        order = self.order(symbol, quantity=100)
        return [{**order, "client_order_id": uuid4().hex} for _ in range(count)]

    def place(self, order: Json) -> str:
        answer = self.api.post("/orders", json=order)
        assert answer.status_code in ANSWERED, answer.text
        return str(answer.json()["order_id"])

    def place_with_repeats(self, order: Json) -> str:
        """What a client does that gets no answer, or a 503: it repeats the same request."""
        answer = eventually(lambda: self.attempt(order), lambda got: got is not None, PATIENCE_SECONDS)
        assert answer.status_code in ANSWERED, answer.text
        return str(answer.json()["order_id"])

    def attempt(self, order: Json) -> httpx.Response | None:
        try:
            answer = self.api.post("/orders", json=order)
        except httpx.TransportError:
            return None
        return None if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE else answer

    def working(self, order: Json) -> str:
        order_id = self.place(order)
        self.wait_for(order_id, "working")
        return order_id

    def cancel(self, order_id: str) -> Json:
        self.api.delete(f"/orders/{order_id}").raise_for_status()
        return self.wait_for(order_id, "canceled")

    def wait_for_stream(self) -> None:
        """Until the product hears this day's stream: its faults are used up by nobody else's messages."""

        def heard() -> bool:
            self.control.delete("faults").raise_for_status()
            order = self.order(quantity=100)
            order_id = self.working(order)
            self.fault("message_duplicated", symbol=order["symbol"])
            self.cancel(order_id)
            return not self.waiting_faults()

        eventually(heard, bool, PATIENCE_SECONDS)
        self.armed.clear()

    def seen(self, order_id: str) -> Json:
        """The order as it is shown; while nobody can answer, only why."""
        try:
            answer = self.api.get(f"/orders/{order_id}")
        except httpx.TransportError as error:
            return {"status": type(error).__name__}
        return dict(answer.json()) if answer.is_success else {"status": answer.text}

    def wait_for(self, order_id: str, *statuses: str) -> Json:
        return dict(eventually(lambda: self.seen(order_id), lambda it: it["status"] in statuses, PATIENCE_SECONDS))

    def verdict(self, order_id: str) -> list[str]:
        """The codes of the rules that the order breaks, once there is a verdict; none when it was accepted."""
        judged = eventually(
            lambda: self.seen(order_id), lambda it: "violations" in it and it["status"] != "received", PATIENCE_SECONDS
        )
        return [each["code"] for each in judged["violations"]]

    def wait_for_life(self, order_id: str, life: str) -> Json:
        """Until its life at the broker is proven that far."""
        return dict(
            eventually(lambda: self.seen(order_id), lambda it: it.get("broker_state") == life, PATIENCE_SECONDS)
        )

    def wait_for_source(self, order_id: str, source: str) -> None:
        eventually(lambda: self.seen(order_id), lambda it: it.get("source") == source, PATIENCE_SECONDS)

    def wait_for_fill(self, order_id: str, quantity: int) -> Json:
        """Until exactly so many shares are filled; one more is a failure at once."""

        def filled() -> Json:
            order = self.seen(order_id)
            assert order.get("filled_quantity", 0) <= quantity, order
            return order

        return dict(eventually(filled, lambda it: it.get("filled_quantity") == quantity, PATIENCE_SECONDS))

    def wait_for_last_price(self, symbol: str, price: float) -> Json:
        """Until a position in `symbol` is valued at `price`: the market's feed has been heard."""
        path = f"/positions/{symbol}"
        return dict(
            eventually(
                lambda: self.api.get(path).raise_for_status().json(),
                lambda it: it["last_price"] == price,
                PATIENCE_SECONDS,
            )
        )

    def wait_for_executions(self, order_id: str, *quantities: int) -> None:
        """Until these and no others stand: a cumulative word of the broker is replaced when its executions arrive."""
        eventually(lambda: self.executions(order_id), lambda found: found == sorted(quantities), PATIENCE_SECONDS)

    def executions(self, order_id: str) -> list[int] | str:
        """The quantities of the fills that count; while nobody can answer, only why."""
        answer = self.api.get(f"/orders/{order_id}/executions")
        if not answer.is_success:
            return answer.text
        return sorted(each["quantity"] for each in answer.json()["executions"] if not each["superseded"])

    def sell_to(self, order: Json, quantity: int) -> None:
        """Another participant sells at the order's price."""
        self.control.post("participants", json=sale(order, quantity)).raise_for_status()

    def at_broker(self) -> list[Json]:
        return list(self.control.get("orders", params={"account": ACCOUNT}).raise_for_status().json())

    def messages(self, path: str) -> int:
        """How many requests the simulator has received since it started."""
        return len(self.control.get("received", params={"path": path}).raise_for_status().json())

    def sent(self) -> tuple[int, int]:
        """Orders at the broker today, and NewOrder messages that it has received: neither may grow twice (I4)."""
        return len(self.at_broker()), self.messages("NewOrder")

    def fault(self, kind: str, path: str = "", times: int = 1, value: int = 0, symbol: str = "") -> None:
        fault = {"kind": kind, "path": path, "times": times, "value": value, "symbol": symbol}
        self.control.post("faults", json=fault).raise_for_status()
        self.armed[kind] = times

    def waiting_faults(self) -> dict[str, int]:
        """Faults that have still to happen, and how many times."""
        pending = self.control.get("faults").raise_for_status().json()
        return {fault["kind"]: fault["times"] for fault in pending}

    def wait_for_faults(self) -> None:
        """Until every armed fault has happened as often as it was armed for."""
        eventually(self.waiting_faults, lambda waiting: not waiting, PATIENCE_SECONDS)

    def close_by_hand(self, order_id: str) -> Json:
        """A person closes an order of which SSI says that it never came."""
        self.stack.oms("close-unknown", order_id, "--user", "minh", "--reason", "SSI says it never came")
        return self.wait_for(order_id, "canceled")

    def begin_quiet_day(self) -> None:
        """A new morning, on which nobody trades but who the test lets trade."""
        self.control.put("participants/enabled", json={"enabled": False}).raise_for_status()
        self.next_day()

    def next_day(self) -> str:
        """Roll the exchanges to their next morning and wait until the product is ready for it."""
        day = str(self.control.post("clock/next-day").raise_for_status().json()["trading_date"])
        self.wait_until_ready(day)
        return day

    def wait_until_ready(self, text: str = "") -> None:
        def ready() -> str:
            try:
                answer = httpx.get(f"http://127.0.0.1:{self.stack.environment['PORT']}/health/ready")
            except httpx.TransportError as error:
                return type(error).__name__
            return answer.text if not answer.is_success or text not in answer.text else ""

        eventually(ready, lambda missing: not missing, PATIENCE_SECONDS)

    def set_clock(self, time_of_day: str) -> None:
        """Move the exchanges' clock on within their day and wait as long as the product may take to follow it."""
        day = self.control.get("clock").raise_for_status().json()["trading_date"]
        self.control.put("clock", json={"now": f"{day}T{time_of_day}+07:00"}).raise_for_status()
        time.sleep(2 * FRESH_SECONDS)

    def reckon(self) -> None:
        reckon(self.stack, PATIENCE_SECONDS)


def sale(order: Json, quantity: int) -> Json:
    return {"symbol": order["symbol"], "side": "SELL", "price": round(order["price"] * 1_000), "quantity": quantity}


@contextmanager
def trading_on(stack: WholeStack) -> Iterator[Trading]:
    with stack.api as api, stack.control as control:
        yield Trading(stack, api, control)


@contextmanager
def trading_with(folder: Path, **variables: str) -> Iterator[Trading]:
    """A morning on which nobody else trades, on a stack of its own with `variables` in its environment."""
    with running_stack(folder / "home", **variables) as running, trading_on(running) as opened:
        opened.begin_quiet_day()
        yield opened


@pytest.fixture
def trading(stack: WholeStack, request: pytest.FixtureRequest) -> Iterator[Trading]:
    """A morning on which nobody trades but who the test lets trade.

    A test that is marked with a fault must have armed it, and it must have happened.
    """
    with trading_on(stack) as opened:
        opened.begin_quiet_day()
        yield opened
        waiting = opened.waiting_faults()
        opened.control.delete("faults").raise_for_status()
        opened.control.put("participants/enabled", json={"enabled": True}).raise_for_status()
        happened = {kind for kind, times in opened.armed.items() if waiting.get(kind) != times}
        assert {kind for mark in request.node.iter_markers("fault") for kind in mark.args} <= happened
