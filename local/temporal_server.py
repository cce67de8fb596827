"""An embedded Temporal: the dev server on a file database, with the settings that make it fast and durable.

The measurements behind the settings: one history shard polls its queues 20 times a second by default, which adds
40-50 ms to every task; the write-ahead log with `synchronous=full` survives a power cut and costs 10 %.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.failure import CannotRun
from local.ports import LOOPBACK, free_ports
from local.process import Command, RunningProcess, last_line, launch
from local.temporal_program import SilentReport, TemporalProgram, provide_program
from local.waiting import StopFlag

NAMESPACE = "oms"
RETENTION = "90d"  # the dispute window in which an order's history can be replayed
READY_SECONDS = 60.0
COMMAND_SECONDS = 5.0
DYNAMIC_CONFIG = (
    "history.transferProcessorMaxPollRPS=5000",
    "history.timerProcessorMaxPollRPS=5000",
    "history.visibilityProcessorMaxPollRPS=5000",
)
PRAGMAS = ("journal_mode=wal", "synchronous=full")


@dataclass(frozen=True, slots=True)
class TemporalServer:
    """A dev server to be run on `database`. Two servers would open one file: the caller holds the folder's lock."""

    program: TemporalProgram
    database: Path
    port: int
    ui_port: int
    search_attributes: tuple[str, ...]
    namespace: str = NAMESPACE

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    def command(self, log: Path) -> Command:
        options = [
            *(("--dynamic-config-value", value) for value in DYNAMIC_CONFIG),
            *(("--sqlite-pragma", value) for value in PRAGMAS),
        ]
        return Command(
            name="temporal",
            arguments=(
                *(str(self.program.path), "server", "start-dev", "--namespace", self.namespace),
                *("--ip", LOOPBACK, "--port", str(self.port), "--ui-port", str(self.ui_port)),
                *("--db-filename", str(self.database), "--log-level", "warn"),
                *(part for option in options for part in option),
            ),
            folder=self.database.parent,
            log=log,
            environment=_environment(),
            grace_seconds=2.5,
        )

    def set_retention(self) -> bool:
        """Set the namespace's retention; True once the server has done it, so this is the readiness probe as well."""
        return self._operator("namespace", "update", "--namespace", self.namespace, "--retention", RETENTION)

    def register_search_attributes(self) -> bool:
        """Add what is missing; `start-dev --search-attribute` would do so for a new database file only."""
        names = [part for name in self.search_attributes for part in ("--name", name, "--type", "Keyword")]
        return not names or self._operator("search-attribute", "create", "--namespace", self.namespace, *names)

    def _operator(self, *arguments: str) -> bool:
        command = [str(self.program.path), "operator", *arguments, "--address", self.address]
        try:
            answer = subprocess.run(  # noqa: S603 an argument list of ours, no shell
                command, env=_environment(), capture_output=True, check=False, timeout=COMMAND_SECONDS
            )
        except subprocess.TimeoutExpired:
            return False
        return answer.returncode == 0


def start_server(server: TemporalServer, log: Path, stop: StopFlag | None = None) -> RunningProcess:
    """Start the server and wait until its namespace answers. Raises `CannotRun` with its last log line."""
    server.database.parent.mkdir(parents=True, exist_ok=True)
    process = launch(server.command(log), server.set_retention, READY_SECONDS, stop)
    if server.register_search_attributes():
        return process
    process.stop()
    raise CannotRun(f"Temporal did not take the search attributes: {last_line(log)} (log: {log})")


@contextmanager
def temporary_temporal(folder: Path, search_attributes: tuple[str, ...]) -> Iterator[str]:
    """Run a dev server with its data in `folder`; yields its `host:port`, namespace `oms`."""
    program = provide_program(SilentReport(), StopFlag())
    port, ui_port = free_ports(2)
    server = TemporalServer(program, folder / "temporal.db", port, ui_port, search_attributes)
    process = start_server(server, folder / "temporal.log")
    try:
        yield server.address
    finally:
        process.stop()


def _environment() -> dict[str, str]:
    """Our environment without the variables that would point the program to another server or profile."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
