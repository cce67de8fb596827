"""A whole stack of its own, in a folder of its own and on free ports: it reads no configuration of the caller's.

So what runs against it can reach nobody's broker, database or Temporal.
"""

import io
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console

from api.tokens import issue
from cli.configuration import product_version
from ledger.demo import DEMO_TRADER, seed_demo
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

_TOKEN_MINUTES = 1_440
_HTTP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class OwnStack:
    """A running stack; whatever dies of it is started again, `stop` ends every wait of its user."""

    settings: Settings
    home: Home
    addresses: Addresses
    stop: StopFlag

    def token(self) -> str:
        """Of the demo's trader, for a day."""
        key, algorithm = signing_key(self.settings, self.home), self.settings.algorithm
        return issue(DEMO_TRADER, key, _TOKEN_MINUTES, algorithm)

    def api(self) -> httpx.Client:
        """A client of the API with the demo trader's token."""
        token = {"Authorization": f"Bearer {self.token()}"}
        return _client(f"http://{LOOPBACK}:{self.settings.port}", token)

    def control(self) -> httpx.Client:
        """A client of the simulator's control interface."""
        return _client(control_url(self.settings))

    def process_id(self, part: str) -> int:
        processes = (read_json(self.home.state) or {}).get("processes", [])
        return next(int(each["pid"]) for each in processes if each["name"] == part)

    def kill(self, part: str) -> None:
        os.kill(self.process_id(part), signal.SIGKILL)


@contextmanager
def own_stack(
    settings: Settings, shown: Progress, stop: StopFlag, seed: Callable[[str, str], None] = seed_demo
) -> Iterator[OwnStack]:
    """Start a stack in the settings' folder and end it with the block; `seed` gets database URL and demo account.

    Raises `CannotRun` or `StopRequested`.
    """
    home = open_home(settings.oms_home)
    supervisor = Supervisor(home, stop, lambda event: shown.say(f"  {event}"))
    lock = lock_home(home)
    watcher = threading.Thread(target=supervisor.watch)
    with stop.on_signals():
        try:
            with shown.step("Stack of its own") as step:
                addresses = Stack(_plan(settings, home, seed), supervisor, _unseen(), stop).start()
                step.detail = f"in {home.folder}"
            watcher.start()
            yield OwnStack(settings, home, addresses, stop)
        finally:
            stop.set()
            if watcher.is_alive():
                watcher.join()
            supervisor.stop_all()
            lock.release()


def own_settings(folder: Path) -> Settings:
    """Free ports, and each variable given, so that neither the environment nor a `.env` file has a say."""
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


def control_url(settings: Settings) -> str:
    return f"http://{LOOPBACK}:{settings.simulator_port}/control/"


def _plan(settings: Settings, home: Home, seed: Callable[[str, str], None]) -> Plan:
    return Plan(
        settings=settings,
        home=home,
        version=product_version(),
        programs=default_programs(settings, home),
        database=Database(upgrade, seed),
        search_attributes=tuple(NAMES),
    )


def _unseen() -> Progress:
    return Progress(Console(file=io.StringIO()))


def _client(url: str, headers: dict[str, str] | None = None) -> httpx.Client:
    return httpx.Client(base_url=url, headers=headers, timeout=_HTTP_SECONDS, trust_env=False)
