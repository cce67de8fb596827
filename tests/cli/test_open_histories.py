"""What a start says about the open orders that it finds."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from cli.open_histories import MOST_ORDERS, check_open_orders, summary, warning
from local.environment import bare_environment
from local.ports import free_port
from local.stack import Checked
from local.temporal_server import NAMESPACE, temporary_temporal
from local.waiting import StopFlag
from settings import PROJECT_FOLDER
from workflows import messages
from workflows.histories import Replayed, ReplayFailure
from workflows.messages import OrderStart
from workflows.payloads import DATA_CONVERTER

FAILURE = ReplayFailure("order-1", "NondeterminismError: [TMPRL1100] another activity")


@workflow.defn(name=messages.ORDER)
class OrderOfAnotherVersion:
    """Begins with a timer, which no order of this code does."""

    @workflow.run
    async def run(self, start: OrderStart) -> None:
        await workflow.sleep(timedelta(hours=1), summary=start.order_id)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with temporary_temporal(tmp_path_factory.mktemp("temporal"), ()) as running:
        yield running


@pytest.fixture
async def client(address: str) -> AsyncIterator[Client]:
    """Of a server whose open orders are ended after the test."""
    connected = await Client.connect(address, namespace=NAMESPACE, data_converter=DATA_CONVERTER)
    yield connected
    async for each in connected.list_workflows("ExecutionStatus = 'Running'"):
        await connected.get_workflow_handle(each.id).terminate()
    await until_open(connected, 0)


async def start_order(client: Client) -> str:
    order_id = str(uuid4())
    await client.start_workflow(messages.ORDER, OrderStart(order_id), id=order_id, task_queue=messages.ORDERS_QUEUE)
    return order_id


async def start_order_of_another_version(client: Client) -> str:
    async with Worker(
        client,
        task_queue=messages.ORDERS_QUEUE,
        workflows=[OrderOfAnotherVersion],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        order_id = await start_order(client)
        await until_its_timer_runs(client, order_id)
    await until_open(client, 1)
    return order_id


async def until_open(client: Client, count: int) -> None:
    """The server's list follows what happens with a short delay."""

    async def is_reached() -> bool:
        return (await client.count_workflows("ExecutionStatus = 'Running'")).count == count

    await until(is_reached)


async def until_its_timer_runs(client: Client, order_id: str) -> None:
    async def is_started() -> bool:
        return "timerStartedEventAttributes" in await _history(client, order_id)

    await until(is_started)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await holds():  # noqa: ASYNC110 - the server can only be asked
            await asyncio.sleep(0.05)


async def _history(client: Client, order_id: str) -> str:
    return (await client.get_workflow_handle(order_id).fetch_history()).to_json()


async def check(address: str) -> Checked:
    return await asyncio.to_thread(check_open_orders, address, NAMESPACE, StopFlag())


@pytest.mark.stack
async def test_nothing_open_is_said_at_once(address: str, client: Client) -> None:
    assert (await client.count_workflows("ExecutionStatus = 'Running'")).count == 0
    assert await check(address) == Checked("no open orders")


@pytest.mark.stack
async def test_open_orders_that_this_code_can_follow_replay(address: str, client: Client) -> None:
    await start_order(client)
    await start_order(client)
    await until_open(client, 2)
    assert await check(address) == Checked("2 open orders replay")


@pytest.mark.stack
async def test_an_order_of_another_version_is_named_with_the_reason_and_what_to_do(
    address: str, client: Client
) -> None:
    foreign = await start_order_of_another_version(client)
    await start_order(client)
    await until_open(client, 2)
    checked = await check(address)
    assert checked.summary == "2 open orders tried, 1 not replayed: see below"
    (named,) = [line for line in checked.warning if foreign in line]
    assert "TMPRL1100" in named
    assert any(f"terminate --address {address} --namespace {NAMESPACE}" in line for line in checked.warning)


@pytest.mark.stack
async def test_a_worker_that_is_served_alone_names_such_an_order_and_starts_all_the_same(
    address: str, client: Client, tmp_path: Path
) -> None:
    foreign = await start_order_of_another_version(client)
    addresses = {"TEMPORAL_ADDRESS": address, "DATABASE_URL": f"postgresql://oms@127.0.0.1:{free_port()}/oms"}
    environment = {**bare_environment(), "OMS_ENV_FILE": os.devnull, "OMS_HOME": str(tmp_path), **addresses}
    worker = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "cli.main", "serve", "worker"],
        cwd=PROJECT_FOLDER,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 open order tried, 1 not replayed: see below" in worker.stdout
    assert any(line.split()[:1] == [foreign] for line in worker.stdout.splitlines())
    assert worker.stdout.splitlines()[-1] == "SSI_API_KEY is not set: the worker needs a broker, SSI or the simulator"


async def test_a_server_that_does_not_answer_stops_no_start() -> None:
    checked = await check(f"127.0.0.1:{free_port()}")
    assert checked.summary.startswith("not looked at: ")
    assert checked.warning == ()


def test_more_orders_than_are_tried_are_said_with_the_limits() -> None:
    assert summary(1, Replayed(1, ())) == "1 open order replays"
    assert summary(1_000, Replayed(200, ())) == f"200 of 1,000 open orders replay (at most {MOST_ORDERS}, 10 s)"


def test_a_long_list_of_failures_is_cut() -> None:
    lines = warning(Replayed(30, (FAILURE,) * 30), "127.0.0.1:7233", "oms")
    assert sum("order-1" in line for line in lines) == 10
    assert "    and 20 more" in lines
    assert warning(Replayed(30, ()), "127.0.0.1:7233", "oms") == []
