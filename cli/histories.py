"""`record-histories`: one history of each class of life, recorded from a real server, for the replay tests."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any, Final

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle

from cli.configuration import progress
from cli.lives import LIVES, SECOND_RUN, STILL_OPEN
from cli.own_stack import OwnStack, own_settings, own_stack
from cli.trading_day import Stage, TradingDay
from local.failure import CannotRun
from local.waiting import StopFlag
from settings import PROJECT_FOLDER
from workflows.payloads import DATA_CONVERTER

FOLDER: Final = PROJECT_FOLDER / "tests" / "replay" / "histories"

_END_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.2


def record_histories(folder: Path) -> None:
    """Drive every life at a stack of its own and write `<life>.json` to `folder`. Raises `CannotRun`."""
    shown = progress()
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="oms-histories-", ignore_cleanup_errors=True) as home,
        own_stack(own_settings(Path(home) / "home"), shown, StopFlag()) as stack,
        stack.api() as api,
        stack.control() as control,
        shown.step("Histories") as step,
    ):
        day = TradingDay(stack, api, control)
        day.begin()
        lives = {life.__name__: life(day) for life in LIVES}
        needed = {name: next(life) for name, life in lives.items()}
        for stage in Stage:
            day.reach(stage)
            for name in [name for name, wanted in needed.items() if wanted is stage]:
                step.now(name)
                try:
                    needed[name] = next(lives[name])
                except StopIteration as end:
                    text = asyncio.run(_history(stack, name, end.value))
                    (folder / f"{name}.json").write_text(text)
        step.detail = f"{len(lives)} lives in {folder}"


async def _history(stack: OwnStack, name: str, order_id: str) -> str:
    """The run that its life is about, once it has ended."""
    client = await Client.connect(
        stack.addresses.temporal_address,
        namespace=stack.settings.temporal_namespace,
        data_converter=DATA_CONVERTER,
    )
    run_id = None if name in SECOND_RUN else await _first_run(client, order_id)
    handle = client.get_workflow_handle(order_id, run_id=run_id)
    if name not in STILL_OPEN:
        await _ended(handle)
    return _as_text(json.loads((await handle.fetch_history()).to_json()))


async def _first_run(client: Client, order_id: str) -> str:
    """A restarted worker may begin a further run of an order that is just ending."""
    runs = [run async for run in client.list_workflows(f"WorkflowId = '{order_id}'")]
    if not runs:
        raise CannotRun(f"the server lists no run of order {order_id}")
    return min(runs, key=lambda run: run.start_time).run_id


async def _ended(handle: WorkflowHandle[Any, Any]) -> None:
    deadline = asyncio.get_running_loop().time() + _END_SECONDS
    while (status := (await handle.describe()).status) is WorkflowExecutionStatus.RUNNING:
        if asyncio.get_running_loop().time() > deadline:
            raise CannotRun(f"a run of order {handle.id} has not ended within {_END_SECONDS:.0f} s")
        await asyncio.sleep(_LOOK_SECONDS)
    if status is not WorkflowExecutionStatus.COMPLETED:
        raise CannotRun(f"a run of order {handle.id} ended with {status and status.name}")


def _as_text(history: dict[str, Any]) -> str:
    """One event a line, and nobody's machine: who polled a task means nothing to a replay."""
    events = ",\n".join(json.dumps(_anonymous(event), ensure_ascii=False) for event in history["events"])
    return f'{{"events": [\n{events}\n]}}\n'


def _anonymous(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "recorded" if key == "identity" else _anonymous(each) for key, each in value.items()}
    return [_anonymous(each) for each in value] if isinstance(value, list) else value
