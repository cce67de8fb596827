"""The stack that a run measures: started for it, with the processes it consists of."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.plan import Plan
from local.environment import bare_environment
from local.failure import CannotRun
from local.home import Home, read_json
from settings import PROJECT_FOLDER

_MIB = 1_048_576
_STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Memory:
    """Of one part with its child processes, in MiB; `proportional` divides shared pages among those who share them."""

    part: str
    processes: int
    resident: int
    proportional: int


@dataclass(frozen=True, slots=True)
class OwnStack:
    home: Home
    api_url: str
    control_url: str
    temporal_address: str
    namespace: str
    token: str

    def process_id(self, part: str) -> int:
        """Of the part's main process right now. Raises `CannotRun` when there is none."""
        found = self._process_ids().get(part)
        if found is None:
            raise CannotRun(f"the stack under measurement has no process {part}")
        return found

    def kill(self, part: str) -> None:
        """SIGKILL to every process of the part at once, without a chance to finish anything."""
        os.killpg(self.process_id(part), signal.SIGKILL)

    def memory(self) -> tuple[Memory, ...]:
        return tuple(_memory(part, process_id) for part, process_id in self._process_ids().items())

    def _process_ids(self) -> dict[str, int]:
        state = read_json(self.home.state) or {"processes": []}
        return {each["name"]: each["pid"] for each in state["processes"]}


def measured_environment() -> dict[str, str]:
    """Nothing of the product's variables, and bytecode is kept: without it the sandbox compiles for each order."""
    return {name: value for name, value in bare_environment().items() if name != "PYTHONDONTWRITEBYTECODE"}


@contextmanager
def own_stack(plan: Plan) -> Iterator[OwnStack]:
    """Start a stack in a temporary folder and end it. Raises `CannotRun` when it does not come up."""
    with tempfile.TemporaryDirectory(prefix="oms-bench-", ignore_cleanup_errors=True) as folder:
        home = Home(Path(folder) / "home")
        command = [sys.executable, "-m", "bench.stack_process", str(home.folder), plan.name]
        process = subprocess.Popen(  # noqa: S603 our own program
            command,
            cwd=PROJECT_FOLDER,
            env=measured_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            ready = process.stdout.readline() if process.stdout else ""
            if not ready:
                raise CannotRun("the stack to be measured did not start; the reason stands above")
            yield OwnStack(home, **json.loads(ready))
        finally:
            if process.stdin is not None:
                process.stdin.close()
            process.wait(_STOP_SECONDS)


def _memory(part: str, process_id: int) -> Memory:
    main = psutil.Process(process_id)
    usages = [each.memory_full_info() for each in (main, *main.children(recursive=True))]
    resident = sum(usage.rss for usage in usages) // _MIB
    return Memory(part, len(usages), resident, sum(usage.pss for usage in usages) // _MIB)
