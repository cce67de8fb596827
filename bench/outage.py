"""Live orders in number: their memory, the worker's death over them, and all of them filled at once."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.client import Client, RPCError, WorkflowQueryFailedError

from bench.accounts import trading_accounts
from bench.broker_side import BrokerSide
from bench.load import closed_loop
from bench.own_stack import Memory, OwnStack
from bench.plan import Plan
from bench.product import Buy, Placed, Product
from bench.results import Recovery
from bench.runs import ended_orders
from bench.symbols import RESTING_SYMBOL, SHARES
from local.failure import CannotRun
from orders.status import Status
from workflows.messages import ORDER, VIEW
from workflows.search_attributes import ORDER_STATUS

_PATIENCE_SECONDS = 300.0
_LOOK_SECONDS = 0.5
_SETTLE_SECONDS = 3.0
_ASK = timedelta(seconds=5)
_ASK_AGAIN_SECONDS = 0.1
_ASKED_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Outage:
    plan: Plan
    stack: OwnStack
    product: Product
    broker: BrokerSide
    client: Client
    floor_price: int
    since: datetime

    async def measure(self) -> tuple[tuple[Memory, ...], Recovery]:
        orders = await self._live_orders()
        await asyncio.sleep(_SETTLE_SECONDS)
        memory = self.stack.memory()
        killed_at = datetime.now(UTC)
        first, last = await self._kill_and_ask(orders)
        filled = await self._fill_all(orders)
        at_broker = await self.broker.order_count(self._accounts, RESTING_SYMBOL)
        sent_again = await self.broker.requests_since(killed_at)
        return memory, Recovery(len(orders), first, last, sent_again, at_broker, filled)

    @property
    def _accounts(self) -> tuple[str, ...]:
        return trading_accounts(self.plan.accounts)

    async def _live_orders(self) -> list[Placed]:
        """Orders that rest in the exchange's book, all known to do so."""
        accounts = self._accounts

        async def place(number: int) -> Placed:
            return await self.product.place(Buy(RESTING_SYMBOL, self.floor_price, accounts[number % len(accounts)]))

        sent = await closed_loop(self.plan.live_clients, self.plan.live_orders, place)
        orders = [each.answer for each in sent if each.answer.order_id]  # one without a verdict in time gets it later
        await self._all_rest(len(orders))
        return orders

    async def _kill_and_ask(self, orders: list[Placed]) -> tuple[float, float]:
        """Seconds until the first and the last order answered."""
        killed = time.monotonic()
        self.stack.kill("worker")
        limit = asyncio.Semaphore(_ASKED_AT_ONCE)

        async def answered(order: Placed) -> float:
            async with limit:
                await self._ask(order.order_id, killed + _PATIENCE_SECONDS)
            return time.monotonic() - killed

        seconds = await asyncio.gather(*(answered(order) for order in orders))
        return round(min(seconds), 1), round(max(seconds), 1)

    async def _ask(self, order_id: str, deadline: float) -> None:
        handle = self.client.get_workflow_handle(order_id)
        while True:
            try:
                await handle.query(VIEW, rpc_timeout=_ASK)
            except (RPCError, WorkflowQueryFailedError):  # no worker yet, or one that is busy replaying
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(_ASK_AGAIN_SECONDS)
            else:
                return

    async def _fill_all(self, orders: list[Placed]) -> float:
        """Seconds from the offer that fills every order to the end of the last one; all must be filled then."""
        began = datetime.now(UTC)
        await self.broker.offer(RESTING_SYMBOL, self.floor_price, SHARES * len(orders))
        ended = await ended_orders(self.client, ORDER, self.since, [order.order_id for order in orders])
        shown = await self.product.orders(orders)
        unfilled = sum(order.status != Status.FILLED for order in shown.values())
        if unfilled:
            raise CannotRun(f"{unfilled} of {len(orders)} orders are not filled after the worker's death")
        return round((max(each.at for each in ended.values()) - began).total_seconds(), 1)

    async def _all_rest(self, wanted: int) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        query = f"WorkflowType = '{ORDER}' AND {ORDER_STATUS.name} = '{Status.WORKING}' AND ExecutionStatus = 'Running'"
        while (found := (await self.client.count_workflows(query)).count) != wanted:
            if time.monotonic() > deadline:
                raise CannotRun(f"{found} of {wanted} orders rest at the exchange after {_PATIENCE_SECONDS:.0f} s")
            await asyncio.sleep(_LOOK_SECONDS)
