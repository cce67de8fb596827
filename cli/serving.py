"""`serve`: one process of a server, when PostgreSQL, Temporal and the rest run elsewhere."""

import os
import sys
from collections.abc import Mapping
from typing import NoReturn

from cli.configuration import command_settings, progress
from ledger.demo import seed_demo
from ledger.migrations import upgrade
from local.environment import bare_environment, has_demo, signing_key, simulator_credentials
from local.failure import CannotRun
from local.home import Home, open_home
from local.ports import LOOPBACK
from local.waiting import StopFlag
from settings import PROJECT_FOLDER, Settings, TradingMode

PROCESSES = ("api", "worker")


def serve_process(process: str) -> NoReturn:
    """Do what `start` does before this process, then become it.

    Raises `CannotRun` for what is missing, and `StopRequested`.
    """
    if process not in PROCESSES:
        raise CannotRun(f"serve {process!r} is not possible: allowed are {', '.join(PROCESSES)}")
    settings = command_settings()
    if settings.database_url is None:
        raise CannotRun("DATABASE_URL is not set: a process that is served alone needs a PostgreSQL server")
    environment = served_environment(settings, open_home(settings.oms_home))
    if process == "api":
        prepare_database(settings, environment)
    else:
        look_at_open_orders(environment["TEMPORAL_ADDRESS"], settings.temporal_namespace)
    sys.stdout.flush()
    os.chdir(PROJECT_FOLDER)
    os.execve(sys.executable, [sys.executable, "-m", process], environment)  # noqa: S606 no shell


def prepare_database(settings: Settings, environment: Mapping[str, str]) -> None:
    """Bring the schema up to date, and add the demo users where a simulator stands in for SSI."""
    database_url = environment["DATABASE_URL"]
    upgrade(database_url)
    if has_demo(settings) and "SSI_ACCOUNT" in environment:
        seed_demo(database_url, environment["SSI_ACCOUNT"])


def look_at_open_orders(address: str, namespace: str) -> None:
    """Name the open orders that this code does not lead to; they stop nobody else's trading."""
    from cli.open_histories import check_open_orders  # noqa: PLC0415 - the API's process needs none of the SDK here

    shown, stop = progress(), StopFlag()
    with stop.on_signals(), shown.step("Histories") as step:
        checked = check_open_orders(address, namespace, stop)
        step.detail = checked.summary
    for line in checked.warning:
        shown.say(line)


def served_environment(settings: Settings, home: Home) -> dict[str, str]:
    """Our settings, with what a simulator left in this home when no SSI credentials are set."""
    environment = {
        **bare_environment(),
        **settings.environment_variables(),
        "SECRET_KEY": signing_key(settings, home),
    }
    # Without a Temporal the API still answers reads, and 503 to orders.
    environment.setdefault("TEMPORAL_ADDRESS", f"{LOOPBACK}:{settings.temporal_port}")
    if settings.trading_mode is TradingMode.NONE and home.ssi_environment.exists():
        environment |= simulator_credentials(home.ssi_environment)
        environment.setdefault("MARKET_CLOCK_URL", f"{environment['SSI_API_URL'].rstrip('/')}/control/clock")
    return environment
