"""Keeps the processes of a stack running: starts in order, restarts what dies, stops in reverse order."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from local.failure import CannotRun
from local.home import Home, write_json
from local.orphans import ProcessRecord, save_records
from local.process import Command, RunningProcess, describe_exit, launch, shorten_log
from local.waiting import StopFlag

TICK_SECONDS = 0.1
STABLE_SECONDS = 30.0
BACK_OFF_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
LOG_CHECK_SECONDS = 60.0


class State(StrEnum):
    STARTING = "starting"
    RUNNING = "running"
    WAITING = "waiting to restart"
    STOPPED = "stopped"


def nothing() -> None:
    """For parts that need no preparation."""


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the stack: how to start it and how to see that it is ready.

    `reloads`: restarted by `dev` when a source file changes.
    """

    name: str
    command: Command
    is_ready: Callable[[], bool]
    ready_seconds: float
    port: int | None = None
    url: str | None = None
    prepare: Callable[[], None] = nothing
    reloads: bool = False


@dataclass(slots=True)
class _Supervised:
    part: Part
    process: RunningProcess
    state: State
    restarts: int = 0
    failures: int = 0
    restart_at: float = 0.0


class Supervisor:
    """Owns the running processes of one home. `tell` gets one line per event worth a log line."""

    def __init__(self, home: Home, stop: StopFlag, tell: Callable[[str], None]) -> None:
        self._home = home
        self._stop = stop
        self._tell = tell
        self._supervised: list[_Supervised] = []
        self._since = time.time()
        self._logs_checked = time.monotonic()

    def start(self, part: Part) -> None:
        """Start one more part and wait until it is ready. Raises `CannotRun` or `StopRequested`."""
        part.prepare()
        process = launch(part.command, part.is_ready, part.ready_seconds, self._stop, self._record_start(part))
        self._supervised.append(_Supervised(part, process, State.RUNNING))
        self._save()

    def watch(self, on_tick: Callable[[], None] = nothing) -> None:
        """Restart what dies until the stop flag is set."""
        while not self._stop.is_set():
            for item in self._supervised:
                self._check(item)
            self._shorten_logs()
            on_tick()
            time.sleep(TICK_SECONDS)

    def reload(self) -> None:
        """Restart the parts that run our own code, in order."""
        for item in self._supervised:
            if item.part.reloads and item.state is not State.WAITING:
                item.process.stop()
                self._start_again(item)

    def stop_all(self) -> None:
        """Stop every process, last started first; each gets its grace, then SIGKILL."""
        for item in reversed(self._supervised):
            item.process.stop()
            item.state = State.STOPPED
        self._supervised.clear()
        self._home.processes.unlink(missing_ok=True)
        self._home.state.unlink(missing_ok=True)

    def _check(self, item: _Supervised) -> None:
        now = time.monotonic()
        if item.state is State.WAITING:
            if now >= item.restart_at:
                item.restarts += 1
                self._start_again(item)
            return
        code = item.process.exit_code
        if code is not None:
            self._plan_restart(item, code)
        elif item.state is State.STARTING and item.part.is_ready():
            item.state = State.RUNNING
            self._tell(f"{item.part.name} is ready again (process {item.process.identity.pid})")
            self._save()
        elif item.failures and time.time() - item.process.identity.started_at > STABLE_SECONDS:
            item.failures = 0

    def _plan_restart(self, item: _Supervised, code: int) -> None:
        item.process.stop()  # what the dead process left in its group
        pause = self._wait_before_restart(item)
        self._tell(f"{item.part.name} ended ({describe_exit(code)}), restarting in {pause:g} s")

    def _wait_before_restart(self, item: _Supervised) -> float:
        pause = BACK_OFF_SECONDS[min(item.failures, len(BACK_OFF_SECONDS) - 1)]
        item.failures += 1
        item.state = State.WAITING
        item.restart_at = time.monotonic() + pause
        self._save()
        return pause

    def _start_again(self, item: _Supervised) -> None:
        try:
            item.part.prepare()
            item.process = RunningProcess(item.part.command)
            item.state = State.STARTING
            self._save()
        except CannotRun as problem:
            self._tell(str(problem))
            self._wait_before_restart(item)

    def _record_start(self, part: Part) -> Callable[[RunningProcess], None]:
        def record(process: RunningProcess) -> None:
            save_records(self._home.processes, [*self._records(), _record(part, process)])

        return record

    def _records(self) -> list[ProcessRecord]:
        return [_record(item.part, item.process) for item in self._supervised]

    def _save(self) -> None:
        save_records(self._home.processes, self._records())
        write_json(self._home.state, {"since": self._since, "processes": [_view(i) for i in self._supervised]})

    def _shorten_logs(self) -> None:
        if time.monotonic() - self._logs_checked < LOG_CHECK_SECONDS:
            return
        self._logs_checked = time.monotonic()
        for item in self._supervised:
            shorten_log(item.part.command.log)


def _record(part: Part, process: RunningProcess) -> ProcessRecord:
    return ProcessRecord(part.name, process.identity, part.command.stop_signal)


def _view(item: _Supervised) -> dict[str, Any]:
    """What `oms status` shows of a process."""
    return {
        "name": item.part.name,
        "state": item.state,
        "pid": item.process.identity.pid,
        "started_at": item.process.identity.started_at,
        "restarts": item.restarts,
        "port": item.part.port,
        "url": item.part.url,
    }
