"""A whole stack of its own, in a folder of its own and on free ports: it reads no configuration of the caller's.

So what runs against it can reach nobody's broker, database or Temporal.
"""

import io
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console

from api.tokens import issue
from cli.configuration import product_version
from ledger.demo import seed_demo
from ledger.migrations import upgrade
from local.environment import Addresses, signing_key
from local.home import Home, lock_home, open_home, read_json
from local.ports import LOOPBACK, free_ports
from local.progress import Progress
from local.stack import Database, Plan, Stack, default_programs
from local.supervisor import Supervisor
from local.waiting import StopFlag
from settings import Settings, load_settings
from workflows.search_attributes import NAMES

USER = "trader"
_TOKEN_MINUTES = 600
_HTTP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class OwnStack:
    """A running stack; whatever dies of it is started again, `stop` ends every wait of its user."""

    settings: Settings
    home: Home
    addresses: Addresses
    stop: StopFlag

    def api(self) -> httpx.Client:
        """A client of the API with the demo trader's token."""
        key, algorithm = signing_key(self.settings, self.home), self.settings.algorithm
        token = {"Authorization": f"Bearer {issue(USER, key, _TOKEN_MINUTES, algorithm)}"}
        return _client(f"http://{LOOPBACK}:{self.settings.port}", token)

    def control(self) -> httpx.Client:
        """A client of the simulator's control interface."""
        return _client(f"http://{LOOPBACK}:{self.settings.simulator_port}/control")

    def process_id(self, part: str) -> int:
        processes = (read_json(self.home.state) or {}).get("processes", [])
        return next(int(each["pid"]) for each in processes if each["name"] == part)

    def kill(self, part: str) -> None:
        os.kill(self.process_id(part), signal.SIGKILL)


@contextmanager
def own_stack(folder: Path, shown: Progress) -> Iterator[OwnStack]:
    """Start a stack in `folder` and end it with the block. Raises `CannotRun` or `StopRequested`."""
    settings, home, stop = _settings(folder), open_home(folder), StopFlag()
    supervisor = Supervisor(home, stop, lambda event: shown.say(f"  {event}"))
    lock = lock_home(home)
    watcher = threading.Thread(target=supervisor.watch)
    with stop.on_signals():
        try:
            with shown.step("Stack of its own") as step:
                addresses = Stack(_plan(settings, home), supervisor, _unseen(), stop).start()
                step.detail = f"in {folder}"
            watcher.start()
            yield OwnStack(settings, home, addresses, stop)
        finally:
            stop.set()
            if watcher.is_alive():
                watcher.join()
            supervisor.stop_all()
            lock.release()


def _settings(folder: Path) -> Settings:
    """Each variable given, so that neither the environment nor a `.env` file has a say."""
    port, temporal_port, temporal_ui_port, simulator_port = free_ports(4)
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    own = {
        "oms_home": folder,
        "host": LOOPBACK,
        "port": port,
        "temporal_port": temporal_port,
        "temporal_ui_port": temporal_ui_port,
        "simulator_port": simulator_port,
    }
    return load_settings(**{**defaults, **own})


def _plan(settings: Settings, home: Home) -> Plan:
    return Plan(
        settings=settings,
        home=home,
        version=product_version(),
        programs=default_programs(settings, home),
        database=Database(upgrade, seed_demo),
        search_attributes=tuple(NAMES),
    )


def _unseen() -> Progress:
    return Progress(Console(file=io.StringIO()))


def _client(url: str, headers: dict[str, str] | None = None) -> httpx.Client:
    return httpx.Client(base_url=url, headers=headers, timeout=_HTTP_SECONDS, trust_env=False)
