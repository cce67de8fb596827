"""The stack as a whole, with stand-ins for the simulator, the worker and the API."""

import http.client
import io
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local.failure import CannotRun, StopRequested
from local.home import open_home, read_json
from local.orphans import end_orphans, load_records
from local.ports import can_bind, free_ports
from local.process import is_running
from local.progress import Progress
from local.stack import Checked, Database, Plan, Programs, Stack
from local.supervisor import Supervisor
from local.waiting import StopFlag, wait_until
from settings import Settings, load_settings

pytestmark = pytest.mark.stack
STAND_IN = str(Path(__file__).with_name("stand_in.py"))


class Trial:
    """A stack on free ports in a folder with a space; `shown` is what a person would read."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.home = open_home(folder / "oms home")
        self.settings = settings
        self.stop = StopFlag()
        self.told: list[str] = []
        self.migrated: list[str] = []
        self.on_migrate: Callable[[], None] = lambda: None
        self.seeded: list[tuple[str, str]] = []
        self._screen = io.StringIO()
        python = sys.executable
        simulator = ("--port", str(settings.simulator_port), "--data", str(self.home.simulator))
        self.plan = Plan(
            settings=settings,
            home=self.home,
            version="0.1.0",
            programs=Programs(
                (python, STAND_IN, "simulator", *simulator), (python, STAND_IN, "worker"), (python, STAND_IN, "api")
            ),
            database=Database(self._migrate, self._seed),
            search_attributes=("Account",),
        )
        self.supervisor = Supervisor(self.home, self.stop, self.told.append)

    @property
    def shown(self) -> str:
        return self._screen.getvalue()

    def start(self) -> None:
        console = Console(file=self._screen, width=200)
        Stack(self.plan, self.supervisor, Progress(console), self.stop).start()

    def state(self) -> dict[str, dict[str, Any]]:
        return {process["name"]: process for process in read_json(self.home.state)["processes"]}

    def api_environment(self) -> dict[str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.settings.port, timeout=5)
        connection.request("GET", "/environment")
        answer: dict[str, str] = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    def _seed(self, database_url: str, account: str) -> None:
        self.seeded.append((database_url, account))

    def _migrate(self, database_url: str) -> str:
        self.migrated.append(database_url)
        self.on_migrate()
        return "0001"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    port, temporal_port, temporal_ui_port, simulator_port = free_ports(4)
    return load_settings(
        port=port, temporal_port=temporal_port, temporal_ui_port=temporal_ui_port, simulator_port=simulator_port
    )


@pytest.fixture
def trial(tmp_path: Path, settings: Settings) -> Iterator[Trial]:
    trial = Trial(tmp_path, settings)
    yield trial
    trial.supervisor.stop_all()


def test_the_parts_come_up_in_order_with_a_line_each_and_end_within_15_seconds(trial: Trial) -> None:
    trial.start()
    assert list(trial.state()) == ["postgres", "temporal", "simulator", "worker", "api"]
    titles = [line.split("  ")[0].lstrip("✓ ") for line in trial.shown.splitlines()]
    assert titles == ["PostgreSQL", "Database schema", "Temporal", "Simulator", "Worker", "API"]
    environment = trial.api_environment()
    assert trial.migrated == [environment["DATABASE_URL"]]
    assert trial.seeded == [(environment["DATABASE_URL"], environment["SSI_ACCOUNT"])]
    assert trial.api_environment()["TEMPORAL_ADDRESS"] == f"127.0.0.1:{trial.settings.temporal_port}"
    records = load_records(trial.home.processes)
    started = time.monotonic()
    trial.supervisor.stop_all()
    assert time.monotonic() - started < 15
    assert not any(is_running(record.identity) for record in records)
    assert can_bind(trial.settings.port)


def test_every_part_that_is_killed_comes_back(trial: Trial) -> None:
    trial.start()
    before = trial.state()
    watcher = threading.Thread(target=trial.supervisor.watch)
    watcher.start()
    try:
        for name, process in before.items():
            os.kill(process["pid"], signal.SIGKILL)
            assert wait_until(lambda name=name: f"{name} is ready again" in " ".join(trial.told), 20)  # type: ignore[misc] # bound at once
    finally:
        trial.stop.set()
        watcher.join()
    assert all(process["restarts"] == 1 for process in trial.state().values())


def test_after_a_supervisor_was_lost_the_next_start_ends_its_orphans_and_carries_on(trial: Trial) -> None:
    trial.start()
    orphans = load_records(trial.home.processes)
    again = Trial(trial.home.folder.parent, trial.settings)
    assert end_orphans(again.home.processes) == ["api", "worker", "simulator", "temporal", "postgres"]
    assert not any(is_running(orphan.identity) for orphan in orphans)
    again.start()
    again.supervisor.stop_all()


def test_a_worker_that_does_not_start_is_one_clear_line_and_nothing_is_left(trial: Trial) -> None:
    broken = (sys.executable, "-c", "raise SystemExit('no queue to poll')")
    trial.plan = replace(trial.plan, programs=replace(trial.plan.programs, worker=broken))
    with pytest.raises(CannotRun, match=r"^worker ended at once \(exit code 1\): no queue to poll \(log: .*\)$"):
        trial.start()
    records = load_records(trial.home.processes)
    trial.supervisor.stop_all()
    assert not any(is_running(record.identity) for record in records)


def test_open_orders_that_do_not_replay_are_warned_of_before_the_worker_and_stop_nobody(trial: Trial) -> None:
    def check(address: str, namespace: str, _: StopFlag) -> Checked:
        return Checked(f"looked at {address} {namespace}", ("! WARNING: order-1",))

    trial.plan = replace(trial.plan, check_open_orders=check)
    trial.start()
    assert f"looked at 127.0.0.1:{trial.settings.temporal_port} oms\n! WARNING: order-1\n✓ Simulator" in trial.shown


def test_a_stop_request_while_starting_ends_what_was_started(trial: Trial) -> None:
    trial.on_migrate = trial.stop.set
    with pytest.raises(StopRequested):
        trial.start()
    records = load_records(trial.home.processes)
    trial.supervisor.stop_all()
    assert [record.name for record in records] == ["postgres"]
    assert not is_running(records[0].identity)


def test_a_database_of_ones_own_replaces_the_embedded_one(trial: Trial, tmp_path: Path) -> None:
    trial.start()
    url = trial.api_environment()["DATABASE_URL"]
    port, simulator_port = free_ports(2)
    temporal = f"127.0.0.1:{trial.settings.temporal_port}"
    settings = load_settings(database_url=url, temporal_address=temporal, port=port, simulator_port=simulator_port)
    other = Trial(tmp_path / "other", settings)
    other.start()
    assert list(other.state()) == ["simulator", "worker", "api"]
    assert "yours (DATABASE_URL)" in other.shown
    assert f"yours (TEMPORAL_ADDRESS), {temporal}" in other.shown
    assert other.api_environment()["DATABASE_URL"] == url
    other.supervisor.stop_all()
