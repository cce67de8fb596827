"""Our client in front of a simulator process, and hands on its `/control`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from broker.fastconnect.connection import FastConnect
from broker.fastconnect.credentials import Credentials
from broker.fastconnect.unknowns import SsiBehaviour
from broker.port import BrokerMessage, SubmitRequest
from market.terms import OrderTerms
from market.vocabulary import Exchange, OrderType, Side
from orders.evidence import BrokerReport, BrokerState, Match, RequestFailed
from tests.support.simulator_process import SimulatorProcess

REFERENCE = 98_500
TERMS = OrderTerms("FPT", Exchange.HOSE, Side.BUY, OrderType.LO, 200, REFERENCE)
WAIT_SECONDS = 10.0

request_ids = count(10_000_000)


def new_account(simulator: SimulatorProcess) -> str:
    number = f"07{next(request_ids) % 100_000:05}"
    body = {"number": number, "cash": 100_000_000, "shares": {"FPT": 1_000}}
    simulator.call("POST", "accounts", body)
    return number


def others_trade(simulator: SimulatorProcess, side: Side, quantity: int) -> None:
    with simulator.control as control:
        control.other_order("FPT", side.value, REFERENCE, quantity)


def credentials(simulator: SimulatorProcess) -> Credentials:
    env = simulator.env
    return Credentials(
        trading_url=env["SSI_API_URL"],
        stream_url=env["SSI_STREAM_URL"],
        data_url=env["SSI_DATA_URL"],
        consumer_id=env["SSI_API_KEY"],
        consumer_secret=env["SSI_API_SECRET"],
        private_key=Path(env["SSI_PRIVATE_KEY_FILE"]).read_text(),
        code=env["SSI_PIN"],
        device_id="0A-1B-2C-3D-4E-5F",
    )


class Listener:
    """Collects what the stream says about one account."""

    def __init__(self, broker: FastConnect, account: str) -> None:
        self._broker = broker
        self._account = account
        self.messages: list[BrokerMessage] = []
        self._news = asyncio.Event()
        self.open = asyncio.Event()

    async def listen(self) -> None:
        async for raw in self._broker.stream(0):
            self.open.set()
            if not raw:
                continue
            reading = self._broker.read(raw)
            assert isinstance(reading, BrokerMessage), reading
            if reading.account == self._account:
                self.messages.append(reading)
                self._news.set()

    @property
    def reports(self) -> list[BrokerReport]:
        return [message.fact for message in self.messages if isinstance(message.fact, BrokerReport)]

    @property
    def matches(self) -> list[Match]:
        return [message.fact for message in self.messages if isinstance(message.fact, Match)]

    @property
    def failures(self) -> list[RequestFailed]:
        return [message.fact for message in self.messages if isinstance(message.fact, RequestFailed)]

    async def until(self, seen: Callable[["Listener"], bool]) -> None:
        async with asyncio.timeout(WAIT_SECONDS):
            while not seen(self):
                self._news.clear()
                await self._news.wait()

    async def until_state(self, state: BrokerState) -> BrokerReport:
        await self.until(lambda self: any(report.state is state for report in self.reports))
        return next(report for report in self.reports if report.state is state)


@asynccontextmanager
async def trading(
    simulator: SimulatorProcess, account: str, behaviour: SsiBehaviour | None = None
) -> AsyncIterator[tuple[FastConnect, Listener]]:
    async with FastConnect(credentials(simulator), behaviour=behaviour) as broker:
        listener = Listener(broker, account)
        listening = asyncio.create_task(listener.listen())
        try:
            await asyncio.wait_for(listener.open.wait(), WAIT_SECONDS)
            yield broker, listener
        finally:
            listening.cancel()
            await asyncio.wait({listening})


def submit_request(account: str, terms: OrderTerms = TERMS) -> SubmitRequest:
    return SubmitRequest(account, str(next(request_ids)), terms)
