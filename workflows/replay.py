"""Replaying histories with the workflow code of today: whoever cannot go on with it is named before a worker tries.

Works without a server on recorded histories, and on the open ones of a running server.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, suppress

from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer

from workflows.histories import OPEN_ORDERS, Replayed, ReplayFailure
from workflows.payloads import DATA_CONVERTER
from workflows.running import WORKFLOWS, sandbox

_LONGEST_REASON = 300


async def replay(histories: AsyncIterator[WorkflowHistory], workflows: Sequence[type] = WORKFLOWS) -> Replayed:
    """Replay all `histories` as the worker would run them."""
    results = [failure async for failure in _results(histories, workflows)]
    return Replayed(len(results), tuple(failure for failure in results if failure))


async def replay_open_orders(client: Client, limit: int, seconds: float) -> Replayed:
    """Replay at most `limit` open orders, newest first, for at most `seconds`; what is left out is not counted."""
    found: list[ReplayFailure | None] = []
    histories = client.list_workflows(OPEN_ORDERS, limit=limit).map_histories()
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds), aclosing(_results(histories, WORKFLOWS)) as results:
            async for failure in results:
                found.append(failure)  # noqa: PERF401 - what was found before the time ran out counts
    return Replayed(len(found), tuple(failure for failure in found if failure))


async def _results(
    histories: AsyncIterator[WorkflowHistory], workflows: Sequence[type]
) -> AsyncGenerator[ReplayFailure | None, None]:
    replayer = Replayer(workflows=workflows, data_converter=DATA_CONVERTER, workflow_runner=sandbox())
    async with replayer.workflow_replay_iterator(histories) as results:
        async for result in results:
            failure = result.replay_failure
            yield ReplayFailure(result.history.workflow_id, _reason(failure)) if failure else None


def _reason(failure: Exception) -> str:
    first_line = next(iter(str(failure).splitlines()), "")
    return f"{type(failure).__name__}: {first_line}"[:_LONGEST_REASON]
