"""The simulated broker and exchange as a measurement sees them: offers to trade with, and when what arrived."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from bench.symbols import LARGEST_ORDER, OFFERED_SHARES
from broker.fastconnect.orders import CANCEL_ORDER, NEW_ORDER


@dataclass(frozen=True, slots=True)
class Arrivals:
    """By broker order id, wall time: when the request for the order came in, and when its last fill was made."""

    received: dict[str, datetime]
    filled: dict[str, datetime]


class BrokerSide:
    def __init__(self, control: httpx.AsyncClient) -> None:
        self._control = control

    async def prices(self, symbol: str) -> tuple[int, int, int]:
        """Floor, reference and ceiling of today, VND."""
        day = await self._get(f"symbols/{symbol}")
        return day["floor"], day["reference"], day["ceiling"]

    async def offer(self, symbol: str, price: int, quantity: int = OFFERED_SHARES) -> None:
        """A participant sells at `price` (VND) until the offer is used up."""
        for offered in range(0, quantity, LARGEST_ORDER):
            shares = min(LARGEST_ORDER, quantity - offered)
            body = {"symbol": symbol, "side": "SELL", "price": price, "quantity": shares}
            (await self._control.post("participants", json=body)).raise_for_status()

    async def requests_since(self, instant: datetime) -> int:
        """How many orders and cancels came in after `instant`, repeats included."""
        sent = [each for path in (NEW_ORDER, CANCEL_ORDER) for each in await self._get("received", path=path)]
        return sum(datetime.fromisoformat(each["wall"]) > instant for each in sent)

    async def order_count(self, accounts: Collection[str], symbol: str) -> int:
        """How many orders in `symbol` the broker has from these accounts."""
        orders = [order for account in accounts for order in await self._get("orders", account=account)]
        return sum(order["symbol"] == symbol for order in orders)

    async def arrivals(self, accounts: Collection[str]) -> Arrivals:
        requests = {
            each["body"]["requestID"]: datetime.fromisoformat(each["wall"])
            for each in await self._get("received", path=NEW_ORDER)
        }
        clock = await self._get("clock")
        received: dict[str, datetime] = {}
        filled: dict[str, datetime] = {}
        for account in accounts:
            for order in await self._get("orders", account=account):
                if order["request_id"] in requests:
                    received[order["order_id"]] = requests[order["request_id"]]
            for fill in await self._get("fills", account=account):
                made = _wall(clock, datetime.fromisoformat(fill["matched_at"]))
                filled[fill["order_id"]] = max(made, filled.get(fill["order_id"], made))
        return Arrivals(received, filled)

    async def _get(self, resource: str, **parameters: str) -> Any:
        return (await self._control.get(resource, params=parameters)).raise_for_status().json()


def _wall(clock: dict[str, Any], market: datetime) -> datetime:
    """The market's clock turned back into the wall's; the rate of a measured market is 1."""
    anchor_wall, anchor_market = (datetime.fromisoformat(clock[name]) for name in ("anchor_wall", "anchor_market"))
    return (anchor_wall + (market - anchor_market)).astimezone(UTC)
