"""`python -m bench.floor_worker ADDRESS NAMESPACE`: works on the bare orders, with the product's poller settings."""

import asyncio
import signal
import sys

import uvloop
from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, Worker

from bench.bare_order import FLOOR_QUEUE, BareOrder, nothing
from ending import leave

READY = "polling"


async def _serve(address: str, namespace: str) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    client = await Client.connect(address, namespace=namespace)
    worker = Worker(
        client,
        task_queue=FLOOR_QUEUE,
        workflows=[BareOrder],
        activities=[nothing],
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        max_cached_workflows=2_000,
    )
    async with worker:
        print(READY, flush=True)
        await stop.wait()


if __name__ == "__main__":
    uvloop.run(_serve(*sys.argv[1:3]))
    leave(0)
