"""The environment that the stack's own processes get: our settings, with the embedded parts filled in."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from local.failure import CannotRun
from local.home import Home, secret_key
from local.ports import LOOPBACK
from settings import Environment, Settings, TradingMode

SIMULATOR_VARIABLES = (
    "SSI_API_URL",
    "SSI_STREAM_URL",
    "SSI_DATA_URL",
    "SSI_DATA_STREAM_URL",
    "SSI_API_KEY",
    "SSI_API_SECRET",
    "SSI_PRIVATE_KEY_FILE",
    "SSI_PIN",
    "SSI_ACCOUNT",
)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the parts that worker and API talk to are, embedded or real."""

    database_url: str
    temporal_address: str


def process_environment(settings: Settings, home: Home, addresses: Addresses) -> dict[str, str]:
    """The whole environment of worker and API. In simulation the simulator must have written its credentials."""
    environment = {
        **bare_environment(),
        **settings.environment_variables(),
        "OMS_HOME": str(home.folder),
        "DATABASE_URL": addresses.database_url,
        "TEMPORAL_ADDRESS": addresses.temporal_address,
        "SECRET_KEY": signing_key(settings, home),
    }
    if runs_simulator(settings):
        environment |= simulator_credentials(home.ssi_environment)
        for name in ("SSI_API_SECRET_FILE", "SSI_PIN_FILE", *(("SSI_PIN",) if settings.ssi_two_factor_type else ())):
            environment.pop(name, None)  # what the simulator wrote counts, and a PIN is no one-time code
        environment["MARKET_CLOCK_URL"] = f"http://{LOOPBACK}:{settings.simulator_port}/control/clock"
    return environment


def bare_environment() -> dict[str, str]:
    """Our environment without the product's variables: what a process gets is then only what settings say."""
    # Without bytecode the workflow sandbox compiles the workflow's files anew for every order.
    own = {name.upper() for name in Settings.model_fields} | {"PYTHONDONTWRITEBYTECODE"}
    return {name: value for name, value in os.environ.items() if name.upper() not in own}


def runs_simulator(settings: Settings) -> bool:
    """Without SSI credentials the stack brings its own simulator."""
    return settings.trading_mode is TradingMode.NONE


def has_demo(settings: Settings) -> bool:
    """Demo users and accounts exist only where no real money and no real customers can be."""
    return runs_simulator(settings) and settings.environment is not Environment.PRODUCTION


def simulator_credentials(file: Path) -> Mapping[str, str]:
    """What the simulator wrote for its clients. Raises `CannotRun` when something is missing."""
    found = dotenv_values(file, interpolate=False)
    values = {name: value for name in SIMULATOR_VARIABLES if (value := found.get(name))}
    missing = [name for name in SIMULATOR_VARIABLES if name not in values]
    if missing:
        raise CannotRun(f"the simulator did not write {', '.join(missing)} to {file}")
    return values


def signing_key(settings: Settings, home: Home) -> str:
    """SECRET_KEY, or the one this home made for itself."""
    return settings.secret_key.get_secret_value() if settings.secret_key else secret_key(home)
