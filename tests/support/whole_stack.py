"""The product as a user runs it: `oms start` in the background, in a folder and on ports of its own."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from local.environment import bare_environment
from local.home import Home
from tests.support.ports import free_ports

PROJECT = Path(__file__).resolve().parents[2]
OMS = Path(sys.executable).with_name("oms")
PATIENCE_SECONDS = 20.0
_TOKEN_SECONDS = 1_200.0
_PORTS = ("PORT", "TEMPORAL_PORT", "TEMPORAL_UI_PORT", "SIMULATOR_PORT")


@dataclass
class WholeStack:
    """A running stack; `api` carries a trader's token, `control` speaks to the simulator's control interface."""

    environment: Mapping[str, str]
    printed: str = ""
    _token: str = field(default="", repr=False)
    _token_until: float = 0.0

    def start(self) -> None:
        self.printed = self.oms("start", "-d").stdout

    def stop(self) -> None:
        self.oms("stop")

    def oms(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run one `oms` command of this stack; a failing one shows its output."""
        command = [str(OMS), *arguments]
        done = subprocess.run(  # noqa: S603 - our own program
            command, env=dict(self.environment), cwd=PROJECT, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, f"{arguments} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done

    def failing_oms(self, *arguments: str) -> str:
        """Run one `oms` command that must fail; what it prints."""
        command = [str(OMS), *arguments]
        done = subprocess.run(  # noqa: S603 - our own program
            command, env=dict(self.environment), cwd=PROJECT, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 1, f"{arguments} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    @property
    def api(self) -> httpx.Client:
        base = f"http://127.0.0.1:{self.environment['PORT']}/api/v1"
        return httpx.Client(base_url=base, headers={"Authorization": f"Bearer {self.token}"}, timeout=10)

    @property
    def token(self) -> str:
        """A trader's token; one `oms token` serves while it is valid."""
        if time.monotonic() >= self._token_until:
            self._token, self._token_until = self.oms("token").stdout.strip(), time.monotonic() + _TOKEN_SECONDS
        return self._token

    @property
    def home(self) -> Home:
        return Home(Path(self.environment["OMS_HOME"]))

    @property
    def control(self) -> httpx.Client:
        return httpx.Client(base_url=f"http://127.0.0.1:{self.environment['SIMULATOR_PORT']}/control/", timeout=10)

    @property
    def printed_curl(self) -> str:
        return next(line for line in self.printed.splitlines() if line.startswith("curl "))

    @property
    def database_url(self) -> str:
        found = re.search(r"postgresql://\S+", self.printed)
        assert found is not None, self.printed
        return found.group().replace("postgresql://", "postgresql+psycopg://")


def eventually(look: Callable[[], Any], wanted: Callable[[Any], bool], patience: float = PATIENCE_SECONDS) -> Any:
    """Look until what is seen is wanted, and return it; what was seen last is the message of a failure."""
    deadline = time.monotonic() + patience
    while not wanted(seen := look()):
        assert time.monotonic() < deadline, f"still {seen}"
        time.sleep(0.05)
    return seen


@contextmanager
def running_stack(folder: Path, **variables: str) -> Iterator[WholeStack]:
    """A stack with `variables` in its environment; whatever a test left of it is stopped at the end."""
    ports = dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))
    environment = {**bare_environment(), "OMS_HOME": str(folder), **ports, "PATH": os.environ["PATH"]}
    environment |= {"OMS_ENV_FILE": os.devnull, **variables}
    stack = WholeStack(environment)
    try:
        stack.start()
        yield stack
    finally:
        subprocess.run([str(OMS), "stop"], env=environment, cwd=PROJECT, check=False, timeout=60)  # noqa: S603 - ours
