"""`test`: pytest in an environment that cannot reach anybody's broker, database or cache."""

import os
import sys
from typing import NoReturn

from cli.configuration import progress
from cli.preparing import provide_temporal
from local.environment import bare_environment
from settings import PROJECT_FOLDER

EVERYDAY_MARKERS = "not chaos and not browser and not fuzz and not fault and not languages"
FAST_MARKERS = f"not stack and {EVERYDAY_MARKERS}"

# A worker for each core, up to four, whatever starts a stack being large. Each has its own servers and ports; a file
# stays with one worker, which starts what the file shares.
PARALLEL = ("-n", "logical", "--maxprocesses", "4", "--dist", "loadfile")


def run_tests(arguments: list[str], *, fast: bool) -> NoReturn:
    """Prepare what the tests need, then become pytest, so that its last line is the last line."""
    if not fast:
        provide_temporal(progress())
    sys.stdout.flush()
    os.chdir(PROJECT_FOLDER)
    os.execve(sys.executable, pytest_command(arguments, fast=fast), pytest_environment())  # noqa: S606 no shell


def pytest_command(arguments: list[str], *, fast: bool) -> list[str]:
    """Long tests (chaos, browser, fuzz, fault, languages) run when asked for with `-m`; `-n 0` is one process."""
    markers = FAST_MARKERS if fast else EVERYDAY_MARKERS
    chosen = [] if "-m" in arguments else ["-m", markers]
    return [sys.executable, "-m", "pytest", *PARALLEL, *chosen, *arguments]


def pytest_environment() -> dict[str, str]:
    """The caller's environment without the product's variables: SSI_*, DATABASE_URL, REDIS_URL and the rest."""
    foreign = ("SSI_", "TEMPORAL_")
    return {name: value for name, value in bare_environment().items() if not name.startswith(foreign)}
