"""The worker process: which workflows and activities run on which task queue, and how they end."""

import asyncio
import signal
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog
import uvloop
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import PollerBehaviorAutoscaling, Worker

import log_lines
from activities.access_calls import AccessCaller
from activities.announcing import OrderAnnouncer
from activities.broker import ConnectedBrokerActivities
from activities.broker_days import BrokerDays
from activities.day_end import DayEnd
from activities.feed import BrokerListener
from activities.intake import Intake
from activities.listeners import ListenerActivities
from activities.log_context import LogContext
from activities.market_listening import MarketListener
from activities.orders import LedgerOrderActivities
from activities.reference_data import ReferenceDataCaller, ReferenceDataLoader
from activities.trading_access import ConnectedAccessActivities
from activities.trading_day import MarketWatcher
from broker.fastconnect.connection import FastConnect
from broker.fastconnect.credentials import Credentials
from broker.fastconnect.data import FastConnectData
from broker.fastconnect.data_stream import FastConnectFeed
from broker.fastconnect.unknowns import LIVE, SIMULATED, SsiBehaviour, answered
from broker.market_clock import ClockSource, SimulatedClock, WallClock
from broker.market_data import MarketFeed
from broker.port import Broker, ReferenceData, TradingLogin
from ending import leave
from ledger.database import open_engine
from ledger.ledger import Ledger
from risk.checks import Limits, PreOpen
from settings import Settings, TradingMode, WrongSettings, load_settings, secret_text
from workflows import messages
from workflows.loading import schedule_reference_data
from workflows.payloads import DATA_CONVERTER
from workflows.running import WORKFLOWS, sandbox
from workflows.singletons import start_singletons

_log = structlog.get_logger(__name__)

CONNECTION_ID = "ssi"
"""The one connection that the environment configures."""

# Within the supervisor's patience: a request that is cut off here is unknown, and looked up after the restart.
_FINISH_SENDING = timedelta(seconds=3)
# Well within the heartbeat limits of the activities: a busy worker is not taken for a dead one.
_SIGN_OF_LIFE = timedelta(seconds=2)
_CONNECT_AGAIN_SECONDS = 1.0

_MARKET_CHANNELS = ("F", "X", "R")
"""Sessions, snapshots and foreign rooms; bars and indexes decide nothing here."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The connections that the activities work with."""

    ledger: Ledger
    broker: Broker
    login: TradingLogin
    reference: ReferenceData
    market: MarketFeed
    clock: ClockSource


def workers(client: Client, outside: Outside, limits: Limits) -> Sequence[Worker]:
    """One worker per task queue: orders with their transactions, requests to the broker, and the listeners."""
    days = BrokerDays(outside.ledger, outside.clock)
    announcer = OrderAnnouncer(client)
    intake = Intake(CONNECTION_ID, outside.ledger, announcer)
    listener = BrokerListener(outside.ledger, outside.broker, days, announcer, intake)
    day_end = DayEnd(outside.ledger, outside.broker, days, announcer, intake)
    caller = ReferenceDataCaller(client)
    watcher = MarketWatcher(outside.ledger, outside.broker, caller, days, announcer, day_end)
    loader = ReferenceDataLoader(outside.ledger, outside.reference, days)
    orders = LedgerOrderActivities(outside.ledger, outside.clock, limits)
    requests = ConnectedBrokerActivities(
        outside.ledger, outside.broker, days, AccessCaller(client, CONNECTION_ID).code_needed
    )
    access = ConnectedAccessActivities(outside.ledger, outside.login, announcer)
    listeners = ListenerActivities(listener, watcher)
    market = MarketListener(outside.ledger, outside.market, days)
    return (
        _orders_worker(client, orders),
        _broker_worker(client, requests, access),
        _feed_worker(client, listeners, market, loader),
    )


def _orders_worker(client: Client, orders: LedgerOrderActivities) -> Worker:
    return Worker(
        client,
        task_queue=messages.ORDERS_QUEUE,
        workflows=WORKFLOWS,
        activities=[
            orders.accept,
            orders.load,
            orders.book,
            orders.ask_cancel,
            orders.ask_amend,
            orders.close_unsent,
            orders.recheck,
        ],
        workflow_runner=sandbox(),
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        max_cached_workflows=2_000,
        max_concurrent_workflow_tasks=16,
        graceful_shutdown_timeout=_FINISH_SENDING,
        interceptors=[LogContext()],
    )


def _broker_worker(client: Client, requests: ConnectedBrokerActivities, access: ConnectedAccessActivities) -> Worker:
    return Worker(
        client,
        task_queue=messages.BROKER_QUEUE,
        activities=[
            requests.submit,
            requests.cancel,
            requests.amend,
            requests.resolve,
            requests.look_for_amend,
            access.look_at_access,
            access.request_code,
            access.raise_access_alert,
        ],
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        graceful_shutdown_timeout=_FINISH_SENDING,
        max_heartbeat_throttle_interval=_SIGN_OF_LIFE,
        interceptors=[LogContext()],
    )


def _feed_worker(
    client: Client, listeners: ListenerActivities, market: MarketListener, loader: ReferenceDataLoader
) -> Worker:
    return Worker(
        client,
        task_queue=messages.FEED_QUEUE,
        activities=[
            listeners.run_feed,
            listeners.watch_market,
            market.listen_to_market,
            loader.load_reference_data,
        ],
        max_concurrent_activities=10,
        max_heartbeat_throttle_interval=_SIGN_OF_LIFE,
        interceptors=[LogContext()],
    )


@asynccontextmanager
async def _outside(settings: Settings, stop: asyncio.Event) -> AsyncIterator[Outside]:
    if settings.database_url is None:
        raise WrongSettings(("DATABASE_URL is not set: the worker keeps its ledger there",))
    credentials = broker_credentials(settings)
    engine = open_engine(settings.database_url, echo=settings.database_echo)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(engine.dispose)
        behaviour = broker_behaviour(settings)
        broker = await stack.enter_async_context(FastConnect(credentials, behaviour=behaviour))
        await stack.enter_async_context(_running(broker.keep_limits(), stop))
        reference = await stack.enter_async_context(FastConnectData(credentials, behaviour=behaviour))
        feed = FastConnectFeed(credentials, behaviour=behaviour, channels=_MARKET_CHANNELS)
        market = await stack.enter_async_context(feed)
        clock = SimulatedClock(settings.market_clock_url) if settings.market_clock_url else WallClock()
        yield Outside(Ledger(engine), broker, broker, reference, market, clock)


@asynccontextmanager
async def _running(work: Coroutine[None, None, None], stop: asyncio.Event) -> AsyncIterator[None]:
    """Beside the queues; what nobody expected of it ends the process, which its supervisor starts anew."""

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            _log.error("background work has failed", exc_info=task.exception())
            stop.set()

    task = asyncio.create_task(work)
    task.add_done_callback(ended)
    try:
        yield
    finally:
        task.cancel()


def broker_credentials(settings: Settings) -> Credentials:
    secret = secret_text("SSI_API_SECRET", settings.ssi_api_secret, settings.ssi_api_secret_file)
    if settings.ssi_api_key is None or not secret:
        raise WrongSettings(("SSI_API_KEY is not set: the worker needs a broker, SSI or the simulator",))
    if settings.ssi_private_key is not None:
        private_key = settings.ssi_private_key.get_secret_value()
    else:
        private_key = settings.ssi_private_key_file.read_text() if settings.ssi_private_key_file else ""
    return Credentials(
        trading_url=settings.ssi_api_url or "",
        stream_url=settings.ssi_stream_url or "",
        data_url=settings.ssi_data_url or "",
        data_stream_url=settings.ssi_data_stream_url or "",
        consumer_id=settings.ssi_api_key.get_secret_value(),
        consumer_secret=secret,
        private_key=private_key,
        code=secret_text("SSI_PIN", settings.ssi_pin, settings.ssi_pin_file),
        two_factor_type=settings.ssi_two_factor_type,
        device_id=settings.ssi_device_id or "",
    )


def broker_behaviour(settings: Settings) -> SsiBehaviour:
    """What every client of SSI in this product is told of the unknowns (SSI-U..)."""
    known = LIVE if settings.trading_mode is TradingMode.LIVE else SIMULATED
    return answered(known, settings.ssi_answers())


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Run until `stop`; the ready file tells the supervisor that all queues are polled."""
    client = await _connect(settings, stop)
    if client is None:
        return
    limits = Limits(settings.max_order_size, settings.max_positions, PreOpen(settings.pre_open))
    async with _outside(settings, stop) as outside, AsyncExitStack() as stack:
        for each in workers(client, outside, limits):
            await stack.enter_async_context(each)
        await start_singletons(client, CONNECTION_ID)
        await schedule_reference_data(client)
        if settings.oms_ready_file is not None:
            settings.oms_ready_file.touch()
        _log.info("polling", queues=[messages.ORDERS_QUEUE, messages.BROKER_QUEUE, messages.FEED_QUEUE])
        await stop.wait()


async def _connect(settings: Settings, stop: asyncio.Event) -> Client | None:
    """The platform may come up after the worker, so the worker waits for it; None when it was told to stop."""
    address = settings.temporal_address or f"127.0.0.1:{settings.temporal_port}"
    while not stop.is_set():
        try:
            return await Client.connect(address, namespace=settings.temporal_namespace, data_converter=DATA_CONVERTER)
        except (RuntimeError, RPCError) as problem:  # the SDK's bridge raises RuntimeError while nothing answers
            _log.warning("Temporal does not answer yet", address=address, problem=str(problem))
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _CONNECT_AGAIN_SECONDS)
    return None


async def _main(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve(settings, stop)


def main() -> None:
    try:
        settings = load_settings()
        log_lines.configure("worker", settings.log_level)
        uvloop.run(_main(settings))
    except WrongSettings as wrong:
        for line in wrong.lines:
            print(line)  # noqa: T201 - the supervisor shows a process's last words
        leave(1)
    leave(0)


if __name__ == "__main__":
    main()
