"""The product's client: orders over HTTP on kept connections, and what the product says of them afterwards."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

import httpx

from bench.symbols import SHARES

ACCEPTED, DENIED = 201, 422
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Placed:
    """The HTTP answer; `order_id` is empty when it names none."""

    code: int
    order_id: str
    account: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One order as listed; `updated_at` is the wall time of its last booking, by PostgreSQL's clock."""

    status: str
    broker_order_id: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Buy:
    symbol: str
    price: int
    account: str


class Product:
    def __init__(self, api: httpx.AsyncClient) -> None:
        self._api = api
        self._numbers = count(1)

    async def place(self, buy: Buy) -> Placed:
        body = {
            "symbol": buy.symbol,
            "side": "BUY",
            "order_type": "LO",
            "quantity": SHARES,
            "price": buy.price / 1_000,
            "market": "HOSE",
            "account_id": buy.account,
            "client_order_id": f"bench-{next(self._numbers)}",
        }
        answer = await self._api.post("orders", json=body)
        return Placed(answer.status_code, answer.json().get("order_id", ""), buy.account)

    async def orders(self, placed: Collection[Placed]) -> dict[str, Shown]:
        """What the list, newest first, shows of these orders."""
        found: dict[str, Shown] = {}
        for account in sorted({each.account for each in placed}):
            missing = {each.order_id for each in placed if each.account == account}
            cursor: str | None = ""
            while missing and cursor is not None:
                page = await self._page(account, cursor)
                for order in page["orders"]:
                    if order["order_id"] in missing:
                        missing.remove(order["order_id"])
                        found[order["order_id"]] = _shown(order)
                cursor = page["next_cursor"]
        return found

    async def cash(self, account: str) -> int:
        answer = await self._api.get("accounts/balance", params={"account_id": account})
        available: int = answer.raise_for_status().json()["available_vnd"]
        return available

    async def _page(self, account: str, cursor: str) -> dict[str, Any]:
        chosen = {"account_id": account, "limit": str(_PAGE), "cursor": cursor}
        answer = await self._api.get("orders", params={name: value for name, value in chosen.items() if value})
        page: dict[str, Any] = answer.raise_for_status().json()
        return page


def _shown(order: dict[str, Any]) -> Shown:
    return Shown(order["status"], order["broker_order_id"] or "", datetime.fromisoformat(order["updated_at"]))
