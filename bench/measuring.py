"""The measurements of orders under load, each of them bare and as the product makes it."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from temporalio.client import Client

from bench.accounts import trading_accounts
from bench.bare_order import BARE_ORDER
from bench.broker_side import BrokerSide
from bench.floor import Floor
from bench.latency import latency, percentile
from bench.load import Send, Sent, closed_loop, open_loop, send_times
from bench.plan import Plan
from bench.product import ACCEPTED, Buy, Placed, Product
from bench.results import Events, FloorLoad, ProductLoad, Saturation
from bench.runs import Ended, ended_orders
from bench.symbols import FILLING_SYMBOLS
from orders.status import Status
from workflows.messages import ORDER

ALONE = 0
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class FloorMeasuring:
    """`rate` 0 sends one order after the other."""

    plan: Plan
    floor: Floor
    client: Client

    async def load(self, rate: int) -> tuple[FloorLoad, Events]:
        sent = await _sent(self.plan, rate, self.floor.place)
        ended = await self._ended(sent)
        load = FloorLoad(rate, latency(each.seconds for each in sent), latency(each.late for each in sent))
        return load, events_of(ended.values())

    async def saturation(self, clients: int) -> Saturation:
        sent = await closed_loop(clients, self.plan.saturation_orders, self.floor.place)
        ended = await self._ended(sent)
        answered = latency(each.seconds for each in sent)
        return Saturation(clients, len(sent), _per_second(sent, ended), answered, 0)

    async def warm_up(self) -> None:
        await self._ended(await closed_loop(2, self.plan.warm_up, self.floor.place))

    async def _ended(self, sent: Sequence[Sent[str]]) -> dict[str, Ended]:
        await self.floor.all_signalled()
        return await ended_orders(self.client, BARE_ORDER, _since(sent), [each.answer for each in sent])


@dataclass(frozen=True, slots=True)
class ProductMeasuring:
    """Orders that fill whole and at once; `ceilings` are the prices to buy at, VND."""

    plan: Plan
    product: Product
    broker: BrokerSide
    client: Client
    ceilings: dict[str, int]

    async def load(self, rate: int) -> ProductLoad:
        sent = await _sent(self.plan, rate, self.place)
        ended = await self._ended(sent)
        shown = await self.product.orders([each.answer for each in sent])
        arrivals = await self.broker.arrivals({each.answer.account for each in sent})
        to_broker, booked = [], []
        for each in sent:
            order = shown.get(each.answer.order_id)
            if order is None or order.status != Status.FILLED:
                continue
            to_broker.append(_seconds(each.due, arrivals.received[order.broker_order_id]))
            booked.append(_seconds(arrivals.filled[order.broker_order_id], order.updated_at))
        return ProductLoad(
            rate=rate,
            post=latency(each.seconds for each in sent),
            to_broker=latency(to_broker),
            booked=latency(booked),
            events=events_of(ended.values()),
            client_late=latency(each.late for each in sent),
            other_answers=_other_answers(sent),
        )

    async def saturation(self, clients: int, *, one_account: bool = False) -> Saturation:
        send = self.place_in_one_account if one_account else self.place
        sent = await closed_loop(clients, self.plan.saturation_orders, send)
        ended = await self._ended(sent)
        answered = latency(each.seconds for each in sent)
        return Saturation(clients, len(sent), _per_second(sent, ended), answered, _other_answers(sent))

    async def warm_up(self) -> None:
        await self._ended(await closed_loop(2, self.plan.warm_up, self.place))

    async def place(self, number: int) -> Placed:
        accounts = trading_accounts(self.plan.accounts)
        return await self._place(number, accounts[number % len(accounts)])

    async def place_in_one_account(self, number: int) -> Placed:
        return await self._place(number, trading_accounts(1)[0])

    async def _place(self, number: int, account: str) -> Placed:
        symbol = FILLING_SYMBOLS[number % len(FILLING_SYMBOLS)]
        return await self.product.place(Buy(symbol, self.ceilings[symbol], account))

    async def _ended(self, sent: Sequence[Sent[Placed]]) -> dict[str, Ended]:
        named = [each.answer.order_id for each in sent if each.answer.order_id]
        return await ended_orders(self.client, ORDER, _since(sent), named)


def events_of(ended: Collection[Ended]) -> Events:
    ordered = sorted(each.events for each in ended)
    middle, high = (math.ceil(percentile(ordered, which)) for which in (50, 95))
    return Events(len(ordered), middle, high, ordered[-1], sum(each.runs > 1 for each in ended))


async def _sent(plan: Plan, rate: int, send: Send[_Answer]) -> list[Sent[_Answer]]:
    if rate == ALONE:
        return await closed_loop(1, plan.alone, send)
    return await open_loop(send_times(rate, plan.open_loop_seconds), send)


def _other_answers(sent: Sequence[Sent[Placed]]) -> int:
    return sum(each.answer.code != ACCEPTED for each in sent)


def _per_second(sent: Sequence[Sent[Any]], ended: dict[str, Ended]) -> float:
    """From the first order's start to the last order's end: what is only queued does not count as done."""
    began = min(each.due for each in sent)
    return round(len(ended) / _seconds(began, max(each.at for each in ended.values())), 1)


def _since(sent: Sequence[Sent[Any]]) -> datetime:
    # The server's clock is the client's, but it may round; the orders before these have all ended.
    return min(each.due for each in sent) - timedelta(milliseconds=5)


def _seconds(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds()
