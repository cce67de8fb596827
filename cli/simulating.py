"""`oms simulator`: the stand-in for SSI alone, for whoever writes a client of SSI in whatever language."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path

from cli.configuration import ENV_FILE
from local.failure import CannotRun
from local.ports import PortClaim, require_ports
from settings import Settings, load_settings
from simulator.clock import read_start
from simulator.credentials import Credentials
from simulator.greeting import greeting
from simulator.serving import FolderInUse, Place, serve
from simulator.simulation import Simulation
from simulator.switches import Limit, read_limits

OWN_FOLDER = "simulator-alone"
"""Beside the stack's own simulator in OMS_HOME, so that both may run."""

READ = frozenset({"oms_home", "simulator_port", "simulator_limits"})


class Clock(StrEnum):
    OPEN = "open"
    LIVE = "live"


def run_simulator(data: Path | None, seed: int, clock: str, start: str = "") -> int:
    """Run until Ctrl-C or SIGTERM; the exit code. Raises `CannotRun` when its port or its folder cannot be had."""
    if clock not in set(Clock):
        raise CannotRun(f"--clock was {clock!r}: allowed are {', '.join(Clock)}")
    begins = _start(start, clock)
    settings = _settings()
    limits = _limits(settings.simulator_limits)
    require_ports([PortClaim("the simulator", "SIMULATOR_PORT", settings.simulator_port)])
    folder = data or settings.oms_home / OWN_FOLDER
    try:
        return serve(
            Place(settings.simulator_port, folder.expanduser().absolute()),
            seed,
            _announce,
            live_clock=clock == Clock.LIVE,
            start=begins,
            limits=limits,
        )
    except FolderInUse as problem:
        raise CannotRun(f"{problem} with --data") from problem
    except OSError as error:
        raise CannotRun(f"{folder} cannot be used ({error.strerror}): name another folder with --data") from error


def _start(text: str, clock: str) -> datetime | None:
    if text and clock == Clock.LIVE:
        raise CannotRun("--start was given with --clock live: a live market is where the wall's time is")
    try:
        return read_start(text) if text else None
    except ValueError as error:
        raise CannotRun(f"--start: {error}") from error


def _limits(text: str) -> tuple[Limit, ...]:
    try:
        return read_limits(text) if text else ()
    except ValueError as error:
        raise CannotRun(f"SIMULATOR_LIMITS: {error}") from error


def _settings() -> Settings:
    """Nothing else is read: SSI's real credentials in the environment are none of the simulator's business."""
    unread = {name: field.default for name, field in Settings.model_fields.items() if name not in READ}
    return load_settings(ENV_FILE, **unread)


def _announce(place: Place, credentials: Credentials, simulation: Simulation) -> None:
    print(greeting(place, credentials, simulation), flush=True)
