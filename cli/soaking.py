"""`soak`: the stack of this clone under random kills and faults, where it cannot reach anybody's broker."""

import os
import sys
from typing import NoReturn

from dotenv import dotenv_values

from cli.configuration import ENV_FILE, progress
from cli.preparing import provide_temporal
from cli.testing import pytest_environment
from local.failure import CannotRun
from settings import PROJECT_FOLDER

_FOREIGN = ("SSI_", "DATABASE_URL", "REDIS_", "TEMPORAL_")


def run_soak(minutes: float, seed: int) -> NoReturn:
    """Become the soak, so that its exit code is the command's. Raises `CannotRun` where `.env` names real systems."""
    refuse_real_systems()
    provide_temporal(progress())
    sys.stdout.flush()
    os.chdir(PROJECT_FOLDER)
    command = [sys.executable, "-m", "bench.soak", str(minutes), str(seed)]
    os.execve(sys.executable, command, pytest_environment())  # noqa: S606 no shell


def refuse_real_systems() -> None:
    """Every process of a stack reads `.env`, that of a soak or a test too: it must not trade on what stands there."""
    named = sorted(name for name, value in dotenv_values(ENV_FILE).items() if value and name.startswith(_FOREIGN))
    if named:
        raise CannotRun(
            f"{ENV_FILE} sets {', '.join(named)}: this starts a stack of its own, so move the file away first"
        )
