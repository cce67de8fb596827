"""The simulator as a process of its own on a free port, for tests that speak to it over its wire and its `/control`."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx

START_SECONDS = 20.0
_PROJECT = Path(__file__).parents[2]


class Control(httpx.Client):
    """A client of `/control/`: any path by httpx's own methods, and what tests want again and again."""

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The answer as JSON, None where there is none; a refusal fails the test."""
        answer = self.request(method, path, json=body).raise_for_status()
        return answer.json() if answer.content else None

    @property
    def today(self) -> date:
        return date.fromisoformat(self.call("GET", "clock")["trading_date"])

    def set_time(self, time: str, *, rate: int | None = None) -> None:
        """Jump to `time` of the day, such as 14:30:00; with `rate` 0 time stands still then."""
        self.call("PUT", "clock", {"now": f"{self.today}T{time}+07:00", "rate": rate})

    def next_day(self, time: str = "10:00:00") -> Any:
        """Roll to `time` of the next trading day; the clock as it is then."""
        return self.call("POST", "clock/next-day", {"time": time})

    def other_order(self, symbol: str, side: str, price: int | None, quantity: int, order_type: str = "LO") -> None:
        """An order of another participant; `price` in VND, None where the type has none."""
        order = {"symbol": symbol, "side": side, "price": price, "quantity": quantity, "order_type": order_type}
        self.call("POST", "participants", order)


@dataclass
class SimulatorProcess:
    """`url` ends with a slash; `env` holds the lines of `ssi.env`; `control` is a client of `/control/`."""

    folder: Path
    port: int
    seed: int
    env: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    start_at: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def control(self) -> Control:
        return Control(base_url=f"{self.url}control/", timeout=10)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """One call of `/control/`: `Control.call`."""
        with self.control as control:
            return control.call(method, path, body)

    def start(self) -> None:
        """Start the process and wait until it is ready."""
        log = (self.folder / "simulator.log").open("ab")
        self.process = subprocess.Popen(  # noqa: S603 - our own module
            [
                *(sys.executable, "-m", "simulator"),
                *("--port", str(self.port), "--data", str(self.folder), "--seed", str(self.seed)),
                *(("--start", self.start_at) if self.start_at else ()),
            ],
            cwd=_PROJECT,
            stdout=log,
            stderr=log,
        )
        log.close()
        self._wait_until_ready(self.process)
        lines = (self.folder / "ssi.env").read_text().splitlines()
        self.env = dict(line.split("=", 1) for line in lines)

    def kill(self) -> None:
        """End it as a power failure would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        return self._end(signal.SIGTERM)

    def restart(self) -> None:
        """Start again on the same port and folder, after `kill` or `stop`."""
        self.start()

    def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        os.kill(self.process.pid, how)
        code = self.process.wait(timeout=20)
        self.process = None
        return code

    def _wait_until_ready(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}control/health", timeout=1).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        log = (self.folder / "simulator.log").read_text()
        raise AssertionError(f"the simulator did not start; its log ends:\n{log[-2000:]}")


@contextmanager
def seeded_simulator(folder: Path, *, seed: int, start_at: str) -> Iterator[SimulatorProcess]:
    """A simulator whose new market stands still at `start_at`, with the other participants; killed at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    simulator = SimulatorProcess(folder, _free_port(), seed, start_at=start_at)
    try:
        simulator.start()
        yield simulator
    finally:
        simulator.kill()


@contextmanager
def running_simulator(folder: Path, *, seed: int = 7, participants: bool = True) -> Iterator[SimulatorProcess]:
    """A started simulator at 10:00 of a day to come, whatever the hour on the wall; it is killed at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    simulator = SimulatorProcess(folder, _free_port(), seed)
    try:
        simulator.start()
        with simulator.control as control:
            if not participants:
                control.call("PUT", "participants/enabled", {"enabled": False})
            control.next_day()
        yield simulator
    finally:
        simulator.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
