"""What Temporal knows of the orders of a measurement: how many history events each took, and when it ended."""

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from temporalio.client import Client

from local.failure import CannotRun

_LOOK_SECONDS = 0.5
_DRAIN_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Ended:
    """One order over all its runs; a message after the end starts another run."""

    runs: int
    events: int
    at: datetime


async def ended_orders(
    client: Client, workflow_type: str, since: datetime, order_ids: Collection[str]
) -> dict[str, Ended]:
    """Wait until all these orders have ended; counting is the only question asked meanwhile. Raises `CannotRun`."""
    started = f"WorkflowType = '{workflow_type}' AND StartTime >= '{since.isoformat()}'"
    deadline = time.monotonic() + _DRAIN_SECONDS
    while True:
        running = await client.count_workflows(f"{started} AND ExecutionStatus = 'Running'")
        if running.count == 0:
            found = await _ended(client, started)
            missing = set(order_ids) - found.keys()
            if not missing:
                return {order_id: found[order_id] for order_id in order_ids}
        if time.monotonic() > deadline:
            raise CannotRun(f"{workflow_type}: orders have not ended within {_DRAIN_SECONDS:.0f} s")
        await asyncio.sleep(_LOOK_SECONDS)


async def _ended(client: Client, query: str) -> dict[str, Ended]:
    found: dict[str, Ended] = {}
    async for run in client.list_workflows(query):
        if run.close_time is None:
            continue
        before = found.get(run.id, Ended(0, 0, run.close_time))
        events = before.events + (run.history_length or 0)
        found[run.id] = Ended(before.runs + 1, events, max(before.at, run.close_time))
    return found
