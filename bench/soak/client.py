"""The soak's clients: each repeats its request until it is answered, as the API's contract lets it."""

import threading
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx

from bench.soak.schedule import Limit, Wish
from market.ticks import next_tick_down, next_tick_up
from market.vocabulary import Exchange, InstrumentKind

PATIENCE_SECONDS = 180.0
_AGAIN_SECONDS = 0.25
_PLACED = frozenset({200, 201, 202, 422})
_CANCELLED = frozenset({200, 202})
_AMENDED = frozenset({200, 202, 409, 422})
_LOT = 100

Json = dict[str, Any]


class Unanswered(Exception):  # noqa: N818 - a finding of the soak, told as one
    """A request that was repeated for minutes and never answered."""


@dataclass(slots=True)
class Answers:
    """What the clients were told; `ids` has every order that got an answer, by its client order id."""

    ids: dict[str, str] = field(default_factory=dict)
    codes: Counter[str] = field(default_factory=Counter)
    contradictions: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def placed(self, client_order_id: str, order_id: str, code: int) -> None:
        with self._lock:
            self.codes[f"POST {code}"] += 1
            known = self.ids.setdefault(client_order_id, order_id)
            if known != order_id:
                self.contradictions.append(f"{client_order_id} is both {known} and {order_id}")

    def count(self, what: str) -> None:
        with self._lock:
            self.codes[what] += 1


class Client:
    """Speaks to one API; `prices` are VND per symbol and limit."""

    def __init__(self, api: httpx.Client, prices: Mapping[tuple[str, str, Limit], Json]) -> None:
        self._api = api
        self._prices = prices
        self.answers = Answers()

    def carry_out(self, wish: Wish, pool: ThreadPoolExecutor) -> None:
        """Place the order, with its parallel repeats; amend and cancel it when that is wanted."""
        order = {
            "symbol": wish.symbol,
            "side": wish.side,
            "order_type": "LO",
            "quantity": wish.quantity,
            **self._prices[wish.symbol, wish.side, wish.limit],
            "client_order_id": f"soak-{wish.number}",
        }
        repeats = [pool.submit(self._place, order) for _ in range(wish.copies - 1)]
        order_id = self._place(order)
        if wish.amend_after is not None:
            time.sleep(wish.amend_after)
            self._amend(order_id, wish.quantity + _LOT)
        if wish.cancel_after is not None:
            time.sleep(wish.cancel_after)
            self.cancel(order_id)
        for each in repeats:
            each.result()

    def cancel(self, order_id: str) -> None:
        answer = self._repeat("DELETE", f"/orders/{order_id}", _CANCELLED, None)
        self.answers.count(f"DELETE {answer.status_code} {answer.json()['outcome']}")

    def _amend(self, order_id: str, quantity: int) -> None:
        answer = self._repeat("PUT", f"/orders/{order_id}", _AMENDED, {"quantity": quantity})
        told = answer.json()
        self.answers.count(f"PUT {answer.status_code} {told.get('outcome') or told.get('code', '')}")

    def _place(self, order: Json) -> str:
        answer = self._repeat("POST", "/orders", _PLACED, order)
        order_id = str(answer.json()["order_id"])
        self.answers.placed(str(order["client_order_id"]), order_id, answer.status_code)
        return order_id

    def _repeat(self, method: str, path: str, final: frozenset[int], body: Json | None) -> httpx.Response:
        ends = time.monotonic() + PATIENCE_SECONDS
        last = ""
        while time.monotonic() < ends:
            try:
                answer = self._api.request(method, path, json=body)
            except httpx.TransportError as error:
                last = type(error).__name__
            else:
                if answer.status_code in final:
                    return answer
                last = f"{answer.status_code} {answer.text}"
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    break
            self.answers.count(f"{method} {last.partition(' ')[0]}, repeated")
            time.sleep(_AGAIN_SECONDS)
        raise Unanswered(f"{method} {path} {body or ''}: {last}")


def prices_of(listed: list[Json]) -> dict[tuple[str, str, Limit], Json]:
    """A price of each kind for every symbol and side, and its market, as fields of an order."""
    found = {}
    for each in listed:
        for side, limit in ((side, limit) for side in ("BUY", "SELL") for limit in Limit):
            price = {"price": _price(each, side, limit) / 1_000, "market": each["exchange"]}
            found[each["symbol"], side, limit] = price
    return found


def _price(listed: Json, side: str, limit: Limit) -> int:
    buys = side == "BUY"
    match limit:
        case Limit.MARKETABLE:
            return int(listed["ceiling" if buys else "floor"])
        case Limit.RESTING:
            return int(listed["floor" if buys else "ceiling"])
        case Limit.NEAR:
            step = next_tick_down if buys else next_tick_up
            return step(Exchange(listed["exchange"]), InstrumentKind.STOCK, int(listed["reference"]))
