"""One whole run: every measurement on one stack, the bare orders and the product's turn by turn at each rate."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from temporalio.client import Client

from bench.broker_side import BrokerSide
from bench.floor import Floor, floor_worker
from bench.machine import look_at_machine
from bench.measuring import ALONE, FloorMeasuring, ProductMeasuring
from bench.outage import Outage
from bench.own_stack import OwnStack, own_stack
from bench.parallel_buys import parallel_buys
from bench.plan import Plan
from bench.product import Product
from bench.results import FloorFigures, Parts, ProductFigures, Report
from bench.rules import validations_per_second
from bench.simulator_engine import engine_speed
from bench.simulator_http import simulator_over_http
from bench.symbols import FILLING_SYMBOLS, RESTING_SYMBOL

_TIMEOUT_SECONDS = 30.0
Tell = Callable[[str], None]
"""Takes one line about what is measured next."""


@dataclass(frozen=True, slots=True)
class _Connections:
    temporal: Client
    product: Product
    broker: BrokerSide


async def run(plan: Plan, tell: Tell) -> Report:
    """Measure the parts by themselves, then start a stack, measure all of `plan`, end it. Raises `CannotRun`."""
    load_before = os.getloadavg()[0]
    parts = await _parts(plan, tell)
    with own_stack(plan) as stack:
        async with _connections(stack, plan) as connections:
            machine = await look_at_machine(connections.temporal, stack.home.folder, load_before)
            floor, product = await _loads(plan, stack, connections, tell)
            tell(f"{plan.live_orders} live orders, the worker's death, all filled at once")
            floor_price, _, _ = await connections.broker.prices(RESTING_SYMBOL)
            outage = Outage(
                plan, stack, connections.product, connections.broker, connections.temporal, floor_price, _now()
            )
            memory, recovery = await outage.measure()
            tell(f"{plan.parallel_buys} parallel buys with cash for {plan.affordable_buys}")
            parallel = await parallel_buys(plan, connections.product, floor_price)
            return Report(machine, plan, floor, product, memory, recovery, parallel, parts)


async def _parts(plan: Plan, tell: Tell) -> Parts:
    tell("every rule of the exchanges, then the simulator's engine, on one core")
    validations, engine = validations_per_second(), engine_speed()
    tell(f"{plan.http_orders} orders to the simulator over HTTP, {plan.http_clients} clients")
    http = await simulator_over_http(plan)
    return Parts(round(validations, 1), round(engine.orders_per_second, 1), http)


@asynccontextmanager
async def _connections(stack: OwnStack, plan: Plan) -> AsyncIterator[_Connections]:
    temporal = await Client.connect(stack.temporal_address, namespace=stack.namespace)
    most = max(plan.parallel_buys, *plan.saturation_clients) * 2
    limits = httpx.Limits(max_connections=most, max_keepalive_connections=most)
    token = {"Authorization": f"Bearer {stack.token}"}
    async with (
        httpx.AsyncClient(
            base_url=stack.api_url, headers=token, limits=limits, timeout=_TIMEOUT_SECONDS, trust_env=False
        ) as api,
        httpx.AsyncClient(base_url=stack.control_url, timeout=_TIMEOUT_SECONDS, trust_env=False) as control,
    ):
        yield _Connections(temporal, Product(api), BrokerSide(control))


async def _loads(
    plan: Plan, stack: OwnStack, connections: _Connections, tell: Tell
) -> tuple[FloorFigures, ProductFigures]:
    ceilings = await _offer_without_end(connections.broker)
    product = ProductMeasuring(plan, connections.product, connections.broker, connections.temporal, ceilings)
    bare = FloorMeasuring(plan, Floor(connections.temporal), connections.temporal)
    with floor_worker(stack):
        tell("warm-up")
        await bare.warm_up()
        await product.warm_up()
        tell("one order after the other")
        (floor_alone, floor_events), product_alone = await bare.load(ALONE), await product.load(ALONE)
        floor_loads, product_loads = [], []
        for rate in plan.rates:
            tell(f"open loop, {rate} orders/s for {plan.open_loop_seconds} s each: floor, product")
            floor_loads.append((await bare.load(rate))[0])
            product_loads.append(await product.load(rate))
        floor_saturation, product_saturation = [], []
        for clients in plan.saturation_clients:
            tell(f"closed loop, {clients} clients: floor, product")
            floor_saturation.append(await bare.saturation(clients))
            product_saturation.append(await product.saturation(clients))
    best = max(product_saturation, key=lambda each: each.per_second)
    tell(f"closed loop in one account, {best.clients} clients")
    one_account = await product.saturation(best.clients, one_account=True)
    return (
        FloorFigures(floor_alone, tuple(floor_loads), tuple(floor_saturation), floor_events),
        ProductFigures(product_alone, tuple(product_loads), tuple(product_saturation), one_account),
    )


async def _offer_without_end(broker: BrokerSide) -> dict[str, int]:
    """Sellers at the reference price in every security that orders fill in; the prices to buy at."""
    ceilings = {}
    for symbol in FILLING_SYMBOLS:
        _, reference, ceilings[symbol] = await broker.prices(symbol)
        await broker.offer(symbol, reference)
    return ceilings


def _now() -> datetime:
    return datetime.now(UTC)
