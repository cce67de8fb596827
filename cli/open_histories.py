"""Before a worker starts: do the open orders' histories replay with the code it would run?

The count is taken in this process; the replay runs in one of its own, which can be ended whatever workflow code does.
"""

import asyncio
import json
import subprocess
import sys

from temporalio.client import Client
from temporalio.service import RPCError

from local.environment import bare_environment
from local.stack import Checked
from local.waiting import StopFlag, wait_until
from settings import PROJECT_FOLDER
from workflows.histories import OPEN_ORDERS, Replayed, ReplayFailure

MOST_ORDERS = 200
REPLAY_SECONDS = 10.0

_COUNT_SECONDS = 3.0
_START_SECONDS = 10.0
_MOST_NAMED = 10


def check_open_orders(address: str, namespace: str, stop: StopFlag) -> Checked:
    """Count the open orders at a Temporal server and replay some of them; a server that tells nothing stops nobody.

    Raises `StopRequested`.
    """
    try:
        count = asyncio.run(_count(address, namespace))
    except (RuntimeError, RPCError, TimeoutError) as problem:  # the SDK's bridge raises RuntimeError without a server
        return Checked(f"not looked at: {str(problem) or type(problem).__name__}")
    if not count:
        return Checked("no open orders")
    replayed = _replay(address, namespace, stop)
    if replayed is None:
        return Checked(f"{_orders(count)} open, not replayed within {REPLAY_SECONDS + _START_SECONDS:.0f} s")
    return Checked(summary(count, replayed), tuple(warning(replayed, address, namespace)))


def summary(count: int, replayed: Replayed) -> str:
    """`12 open orders replay`, or how many of them were tried and how many failed."""
    tried = _orders(count) if replayed.count >= count else f"{replayed.count:,} of {_orders(count)}"
    limits = "" if replayed.count >= count else f" (at most {MOST_ORDERS}, {REPLAY_SECONDS:.0f} s)"
    if not replayed.failures:
        return f"{tried} replay{'s' if count == 1 else ''}{limits}"
    return f"{tried} tried{limits}, {len(replayed.failures):,} not replayed: see below"


def warning(replayed: Replayed, address: str, namespace: str) -> list[str]:
    """Names the orders that would stand still, and what a person can do; empty when there are none."""
    if not replayed.failures:
        return []
    failed = replayed.failures[:_MOST_NAMED]
    more = len(replayed.failures) - len(failed)
    return [
        "",
        "! WARNING: this code does not lead to the histories of these orders. They stand still until it does:",
        "  nothing is sent for them and no cancel goes out, but what the broker says is stored and nothing is lost.",
        *(f"    {failure.workflow_id}  {failure.reason}" for failure in failed),
        *([f"    and {more:,} more"] if more > 0 else []),
        "  What to do: start the version that ran before until they are closed. Or let them go on from their rows:",
        f"    temporal workflow terminate --address {address} --namespace {namespace} --workflow-id <id>",
        "  and start again; the broker's feed then begins a new run of each open order that has none.",
        "",
    ]


def _orders(count: int) -> str:
    return f"{count:,} open order{'' if count == 1 else 's'}"


async def _count(address: str, namespace: str) -> int:
    async with asyncio.timeout(_COUNT_SECONDS):
        client = await Client.connect(address, namespace=namespace)
        return (await client.count_workflows(OPEN_ORDERS)).count


def _replay(address: str, namespace: str, stop: StopFlag) -> Replayed | None:
    """None when the process was too slow or died."""
    command = [sys.executable, "-m", "cli.replaying", address, namespace, str(MOST_ORDERS), str(REPLAY_SECONDS)]
    process = subprocess.Popen(  # noqa: S603 an argument list of ours, no shell
        command, cwd=PROJECT_FOLDER, env=bare_environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        ended = wait_until(lambda: process.poll() is not None, REPLAY_SECONDS + _START_SECONDS, stop)
    finally:
        process.kill()
        answer = process.communicate()[0]
    if not ended or process.returncode:
        return None
    found = json.loads(answer)
    return Replayed(found["count"], tuple(ReplayFailure(**each) for each in found["failures"]))
