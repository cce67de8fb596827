"""How many orders a second the simulator takes over HTTP from the product's client: `python -m bench.simulator_http`.

Client and simulator share the machine, so the processor time of each is told beside the rate.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from itertools import count
from random import Random

import httpx
import psutil
import uvloop

from bench.accounts import trading_accounts
from bench.broker_side import BrokerSide
from bench.drawn_orders import SYMBOLS, drawn_terms
from bench.latency import latency
from bench.load import closed_loop
from bench.plan import FULL, Plan
from bench.results import Saturation, SimulatorHttp
from bench.simulator_alone import SimulatorAlone, simulator_alone
from broker.fastconnect.connection import FastConnect
from broker.fastconnect.unknowns import SIMULATED
from broker.port import Accepted, Outcome, SubmitRequest
from local.failure import CannotRun

_CASH = 10**13
_SHARES = 10**7
_PATIENCE_SECONDS = 15.0
_LOOK_SECONDS = 0.2


class DrawnOrders:
    """Draws an order for each send, from the same seed in each run, and sends it with a client that is free."""

    def __init__(self, clients: Sequence[FastConnect], accounts: Sequence[str], references: dict[str, int]) -> None:
        self._free = list(clients)
        self._accounts = accounts
        self._references = references
        self._chance = Random(1)
        self._request_ids = count(10_000_000)

    async def send(self, number: int) -> Outcome:
        account = self._accounts[number % len(self._accounts)]
        terms = drawn_terms(self._chance, self._references)
        client = self._free.pop()
        try:
            return await client.submit(SubmitRequest(account, str(next(self._request_ids)), terms))
        finally:
            self._free.append(client)


async def simulator_over_http(plan: Plan) -> SimulatorHttp:
    """Signed NewOrder requests of `plan.http_clients` at once. Raises `CannotRun` where one was taken and not done."""
    with simulator_alone() as alone:
        async with (
            httpx.AsyncClient(base_url=alone.control_url, timeout=_PATIENCE_SECONDS, trust_env=False) as control,
            AsyncExitStack() as connections,
        ):
            # httpx looks at every connection of a pool for each request: a pool for each costs the client much less.
            clients = [FastConnect(alone.credentials, behaviour=SIMULATED) for _ in range(plan.http_clients)]
            for each in clients:
                await connections.enter_async_context(each)
            accounts = trading_accounts(plan.accounts)
            references = await _prepared(control, accounts)
            return await _measured(plan, alone, control, DrawnOrders(clients, accounts, references))


async def _prepared(control: httpx.AsyncClient, accounts: Sequence[str]) -> dict[str, int]:
    """Add accounts with enough cash and shares for every order; today's reference prices."""
    for number in accounts:
        body = {"number": number, "cash": _CASH, "shares": dict.fromkeys(SYMBOLS, _SHARES)}
        (await control.post("accounts", json=body)).raise_for_status()
    broker = BrokerSide(control)
    return {symbol: (await broker.prices(symbol))[1] for symbol in SYMBOLS}


async def _measured(
    plan: Plan, alone: SimulatorAlone, control: httpx.AsyncClient, orders: DrawnOrders
) -> SimulatorHttp:
    warm = await closed_loop(plan.http_clients, plan.warm_up, orders.send)
    simulator, client = _processor_seconds(alone.process_id), _processor_seconds()
    began = time.perf_counter()
    sent = await closed_loop(plan.http_clients, plan.http_orders, orders.send)
    seconds = time.perf_counter() - began
    simulator, client = _processor_seconds(alone.process_id) - simulator, _processor_seconds() - client
    accepted = _accepted([each.answer for each in sent])
    await _wait_until_carried_out(control, accepted + _accepted([each.answer for each in warm]))
    fills = (await control.get("fills")).raise_for_status().json()
    answered = latency(each.seconds for each in sent)
    return SimulatorHttp(
        load=Saturation(plan.http_clients, len(sent), round(accepted / seconds, 1), answered, len(sent) - accepted),
        executions=len(fills),
        simulator_ms=round(simulator * 1_000 / len(sent), 2),
        client_ms=round(client * 1_000 / len(sent), 2),
    )


def _accepted(outcomes: Sequence[Outcome]) -> int:
    return sum(isinstance(each, Accepted) for each in outcomes)


async def _wait_until_carried_out(control: httpx.AsyncClient, accepted: int) -> None:
    """The answer only says that the request is stored: each order must then stand in the broker's book."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (found := len((await control.get("orders")).raise_for_status().json())) < accepted:
        if time.monotonic() > deadline:
            raise CannotRun(f"the simulator took {accepted} orders, and has {found} after {_PATIENCE_SECONDS:.0f} s")
        await asyncio.sleep(_LOOK_SECONDS)


def _processor_seconds(process_id: int | None = None) -> float:
    """Of all threads of the process (none named: this one), in the program and in the system."""
    times = psutil.Process(process_id).cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    found = uvloop.run(simulator_over_http(FULL))
    load = found.load
    print(
        f"{load.per_second:,.0f} orders a second over HTTP, {load.clients} at once; answered in p50"
        f" {load.answered.p50_ms} ms, p99 {load.answered.p99_ms} ms; {found.executions:,} executions,"
        f" {load.other_answers} not accepted; processor time of an order: simulator {found.simulator_ms} ms,"
        f" client {found.client_ms} ms"
    )
