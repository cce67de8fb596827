"""The client of the bare orders, and the process that works on them."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy

from bench.bare_order import BARE_ORDER, FILL, FILLS, FLOOR_QUEUE, PLACE
from bench.floor_worker import READY
from bench.own_stack import OwnStack, measured_environment
from local.failure import CannotRun
from settings import PROJECT_FOLDER

_CALL = timedelta(seconds=30)
_STOP_SECONDS = 15.0


class Floor:
    """Places bare orders; the two signals follow each answer without delaying it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._numbers = count(1)
        self._signalling: set[asyncio.Task[None]] = set()

    async def place(self, _number: int) -> str:
        """Returns the order's id once it is accepted."""
        order_id = f"bare-{next(self._numbers)}"
        operation: WithStartWorkflowOperation[object, int] = WithStartWorkflowOperation(
            BARE_ORDER,
            order_id,
            id=order_id,
            task_queue=FLOOR_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
        )
        await self._client.execute_update_with_start_workflow(
            PLACE, start_workflow_operation=operation, id=PLACE, rpc_timeout=_CALL
        )
        task = asyncio.create_task(_fill(self._client.get_workflow_handle(order_id)))
        self._signalling.add(task)
        task.add_done_callback(self._signalling.discard)
        return order_id

    async def all_signalled(self) -> None:
        await asyncio.gather(*self._signalling)


async def _fill(order: WorkflowHandle[object, object]) -> None:
    for _ in range(FILLS):
        await order.signal(FILL, rpc_timeout=_CALL)


@contextmanager
def floor_worker(stack: OwnStack) -> Iterator[None]:
    """Run the bare orders' worker on the stack's own Temporal server."""
    command = [sys.executable, "-m", "bench.floor_worker", stack.temporal_address, stack.namespace]
    process = subprocess.Popen(  # noqa: S603 our own program
        command, cwd=PROJECT_FOLDER, env=measured_environment(), stdout=subprocess.PIPE, text=True
    )
    try:
        if process.stdout is None or process.stdout.readline().strip() != READY:
            raise CannotRun("the worker of the bare orders did not start; the reason stands above")
        yield
    finally:
        process.terminate()
        process.wait(_STOP_SECONDS)
