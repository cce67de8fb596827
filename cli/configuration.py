"""The settings of a command: the environment first, then the `.env` file of the clone."""

import os
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from local.home import Home, open_home
from local.progress import Progress
from settings import PROJECT_FOLDER, Settings, load_settings

# Tests that run the command set this to nothing, so that no .env of the clone can lead them to real money.
ENV_FILE = Path(os.environ.get("OMS_ENV_FILE", PROJECT_FOLDER / ".env"))


def command_settings() -> Settings:
    """Raises `WrongSettings` with one line per wrong variable."""
    return load_settings(ENV_FILE)


def command_home() -> Home:
    return open_home(command_settings().oms_home)


def product_version() -> str:
    return version("order-management")


def progress() -> Progress:
    return Progress(Console())
